import { splitmix } from '../../domain/inspection/ranking.ts';
import { leadingOf } from './leading.ts';
import { distancesAtPlaces } from './nearest.ts';
import { blurred, type Plane } from './planes.ts';

/** Square pieces of a picture, described by their leading principal components. */
export interface PieceFilters {
  /** Pixels a side, and from one to the next. */
  readonly side: number;
  readonly stride: number;
  readonly size: number;
  /** Of pieces: [side × side × channels]. */
  readonly mean: Float32Array;
  /** [size × values of a piece] */
  readonly filters: Float32Array;
  /** Each piece is evened by itself first. */
  readonly local: boolean;
}

/** What normal pictures show at each place: the descriptions of their pieces there, and how far normal ones are from each other. */
export interface PieceStatistics {
  readonly filters: PieceFilters;
  readonly columns: number;
  readonly rows: number;
  /** Normal pieces: [places × known × size]. */
  readonly known: Float32Array;
  /** Mean and deviation of the distance of a normal piece to its nearest others, by place: [places] each. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** [height, width, channels] */
export type Shape = readonly [height: number, width: number, channels: number];

/** Pieces from which filters are learnt. */
const MOST_LEARNT = 8_000;
const FILTERS = 12;
const NEIGHBOURS = 3;
/** Numbers that are kept of normal pieces: 32 MB. */
const MOST_KNOWN = 2 ** 23;
/** Normal pieces of each place by which is told how far is usual. */
const MOST_ASKED = 200;
/** Contrast below which an evened piece is not blown up. */
const FLOOR = 0.02;

const sideFor = ([height, width]: Shape): number => {
  const least = Math.min(height, width);
  return Math.min(least, Math.max(4, Math.min(16, 2 * Math.round(least / 16))));
};

const places = (length: number, side: number, stride: number): number => Math.floor((length - side) / stride) + 1;

/**
 * Learns what pieces of normal pictures look like, place by place (as PatchCore, Roth et al. 2022, but at each place by itself, and
 * with principal components of the pieces in place of a foreign network's features).
 * @param pictures of 0 to 1, one after another
 */
export function fitPieces(pictures: Float32Array, shape: Shape, local: boolean): PieceStatistics {
  const [height, width, channels] = shape;
  const side = sideFor(shape);
  const stride = Math.max(1, Math.floor(side / 2));
  const [columns, rows] = [places(width, side, stride), places(height, side, stride)];
  const values = side * side * channels;
  const all = pictures.length / (height * width * channels);
  const count = Math.min(all, Math.max(1, Math.floor(MOST_KNOWN / (columns * rows * FILTERS))));
  const plain = { side, stride, size: values, mean: new Float32Array(values), filters: new Float32Array(0), local };
  const inAll = count * columns * rows;
  const random = splitmix(11);
  const learnt = Array.from({ length: Math.min(inAll, MOST_LEARNT) }, (_, at) => {
    // Not every so many: that could be the same column of every picture.
    const place = inAll <= MOST_LEARNT ? at : Math.floor(random() * inAll);
    const [picture, inside] = [Math.floor(place / (columns * rows)), place % (columns * rows)];
    return pieceAt(pictures, picture, inside % columns, Math.floor(inside / columns), shape, plain);
  });
  const { mean, components, variances } = leadingOf(learnt, FILTERS);
  // In units of their own spread: the slow shading of a piece would drown its edges.
  const white = components.map((value, at) => value / Math.sqrt(variances[Math.floor(at / values)]!));
  const filters: PieceFilters = { ...plain, size: components.length / values, mean, filters: white };
  const known = new Float32Array(columns * rows * count * filters.size);
  for (let picture = 0; picture < count; picture += 1) {
    const features = featuresOf(pictures, picture, shape, filters);
    for (let place = 0; place < columns * rows; place += 1) {
      const piece = features.subarray(place * filters.size, (place + 1) * filters.size);
      known.set(piece, (place * count + picture) * filters.size);
    }
  }
  return { filters, columns, rows, known, ...usualDistances(known, columns * rows, count, filters.size) };
}

/** How far a normal piece is from the others of its place, itself left out. */
function usualDistances(known: Float32Array, placeCount: number, count: number, size: number) {
  const mean = new Float32Array(placeCount);
  const deviation = new Float32Array(placeCount);
  const asked = Math.min(count, MOST_ASKED);
  const rows = new Float32Array(asked * placeCount * size);
  for (let row = 0; row < asked; row += 1) {
    for (let place = 0; place < placeCount; place += 1) {
      const from = (place * count + row) * size;
      rows.set(known.subarray(from, from + size), (row * placeCount + place) * size);
    }
  }
  const distances =
    count < 2
      ? new Float32Array(placeCount).fill(1)
      : distancesAtPlaces({ known, places: placeCount, size }, rows, NEIGHBOURS, true);
  for (let place = 0; place < placeCount; place += 1) {
    const own = Array.from({ length: asked }, (_, row) => distances[row * placeCount + place]!);
    const middle = own.reduce((sum, distance) => sum + distance, 0) / asked;
    const variance = own.reduce((sum, distance) => sum + (distance - middle) ** 2, 0) / asked;
    mean[place] = middle;
    deviation[place] = Math.max(Math.sqrt(variance), 0.05 * middle, 1e-6);
  }
  return { mean, deviation };
}

/**
 * How unusual the piece at each place is: its distance to the nearest normal pieces there, smoothed over neighbouring pieces. 1 is
 * what is usual at a place, each deviation from it adds a quarter; always above 0.
 * @param pictures one after another, not many
 */
export function pieceMaps(statistics: PieceStatistics, pictures: Float32Array, shape: Shape): Plane[] {
  const { filters, columns, rows, known, mean, deviation } = statistics;
  const { size } = filters;
  const places = columns * rows;
  const count = pictures.length / (shape[0] * shape[1] * shape[2]);
  const features = new Float32Array(count * places * size);
  for (let at = 0; at < count; at += 1) features.set(featuresOf(pictures, at, shape, filters), at * places * size);
  const distances = distancesAtPlaces({ known, places, size }, features, NEIGHBOURS);
  return Array.from({ length: count }, (_, at) => {
    const values = Float32Array.from({ length: places }, (_, place) => {
      const off = (distances[at * places + place]! - mean[place]!) / deviation[place]!;
      return Math.max(0.01, 1 + off / 4);
    });
    return blurred({ width: columns, height: rows, values }, 1);
  });
}

/** Descriptions of the pieces of one picture: [places × size]. */
function featuresOf(pictures: Float32Array, picture: number, shape: Shape, filters: PieceFilters): Float32Array {
  const [height, width] = shape;
  const { side, stride, size, mean } = filters;
  const [columns, rows] = [places(width, side, stride), places(height, side, stride)];
  const out = new Float32Array(columns * rows * size);
  for (let place = 0; place < columns * rows; place += 1) {
    const piece = pieceAt(pictures, picture, place % columns, Math.floor(place / columns), shape, filters);
    for (let filter = 0; filter < size; filter += 1) {
      let sum = 0;
      for (let at = 0; at < piece.length; at += 1)
        sum += filters.filters[filter * piece.length + at]! * (piece[at]! - mean[at]!);
      out[place * size + filter] = sum;
    }
  }
  return out;
}

function pieceAt(
  pictures: Float32Array,
  picture: number,
  column: number,
  row: number,
  [height, width, channels]: Shape,
  { side, stride, local }: Pick<PieceFilters, 'side' | 'stride' | 'local'>,
): Float32Array {
  const piece = new Float32Array(side * side * channels);
  const first = picture * height * width * channels;
  for (let y = 0; y < side; y += 1) {
    const from = first + ((row * stride + y) * width + column * stride) * channels;
    piece.set(pictures.subarray(from, from + side * channels), y * side * channels);
  }
  if (!local) return piece;
  let [sum, squares] = [0, 0];
  for (const value of piece) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / piece.length;
  const deviation = Math.sqrt(Math.max(0, squares / piece.length - mean * mean));
  return piece.map((value) => (value - mean) / (deviation + FLOOR));
}
