import type { Evening, ScoreKind } from '../../domain/inspection/scores.ts';
import { distanceFrom, type Gaussian } from './gaussian.ts';
import { AT_ONCE } from './few-pictures.ts';
import { lineDistances, lineMap, WORST_LINES, type LineStatistics } from './lines.ts';
import { meanDistance } from './nearest.ts';
import { pieceMaps, type PieceStatistics, type Shape } from './pieces.ts';
import { blurred, meanOfWorst, resized, type Plane } from './planes.ts';
import { dissimilarity } from './ssim.ts';
import type { Through } from './through.ts';
import { judgeVariations, variationsOf, type Variation, type VariationStatistics } from './variations.ts';

/** Every kind but the combination of others. */
export type SingleKind = Exclude<ScoreKind, 'combined'>;

/** Scores that look at pictures alone, not at what the model makes of them. */
export const ofPicturesAlone: readonly SingleKind[] = ['variations', 'pieces', 'lines'];

/** What is normal for one score. */
export interface Statistics {
  readonly kind: SingleKind;
  readonly evening: Evening;
  /** By pixel, the square root of the mean squared error on held-out normal pictures: [height × width]. */
  readonly spread?: Float32Array;
  readonly code?: Gaussian;
  /** Codes of normal pictures: [known × code size]. */
  readonly known?: Float32Array;
  readonly pieces?: PieceStatistics;
  readonly lines?: LineStatistics;
  readonly variations?: VariationStatistics;
}

/** Pictures as a score sees them (evened, 0-1, one after another), and what the model makes of them. */
export interface Seen extends Through {
  readonly shape: Shape;
  readonly pictures: Float32Array;
}

/** The part of a picture that counts, in pixels of the model's images. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const NEIGHBOURS = 3;
/** Share of the pixels that a score of structure looks at: the worst. */
const WORST = 0.01;

/** Where a picture is odd by a score: [height × width] of the model's images; nothing for a score of the code. */
export function mapOf(statistics: Statistics, seen: Seen, picture: number): Plane | undefined {
  const { kind } = statistics;
  if (kind === 'code-distance' || kind === 'code-neighbours') return undefined;
  const [height, width, channels] = seen.shape;
  if (kind === 'pieces') {
    return resized(pieceMapOf(statistics.pieces!, seen, picture), width, height);
  }
  if (kind === 'lines') return lineMap(statistics.lines!, lineDistancesOf(statistics.lines!, seen, picture));
  if (kind === 'variations') return judge(statistics, seen, picture).map;
  if (kind === 'structure') return structureMap(seen, picture);
  const errors = squaredErrors(seen, picture);
  const plane = { width, height, values: errors };
  if (kind === 'squared-error') return plane;
  const { spread } = statistics;
  const inSpreads = { width, height, values: errors.map((error, at) => error / spread![at]! ** 2) };
  return kind === 'spread-error' ? inSpreads : blurred(inSpreads, spotDeviation(seen.shape));

  function squaredErrors({ pictures, outputs }: Seen, at: number): Float32Array {
    const first = at * height * width * channels;
    const errors = new Float32Array(height * width);
    for (let pixel = 0; pixel < errors.length; pixel += 1) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel += 1) {
        const place = first + pixel * channels + channel;
        sum += (pictures[place]! - outputs[place]!) ** 2;
      }
      errors[pixel] = sum / channels;
    }
    return errors;
  }
}

/** Pixels that a spot is smoothed by. */
const spotDeviation = ([height, width]: Shape): number => Math.max(1, Math.min(height, width) / 48);

function structureMap({ pictures, outputs, shape: [height, width, channels] }: Seen, picture: number): Plane {
  const first = picture * height * width * channels;
  const sum = new Float32Array(height * width);
  for (let channel = 0; channel < channels; channel += 1) {
    const of = (values: Float32Array): Plane => ({
      width,
      height,
      values: sum.map((_, pixel) => values[first + pixel * channels + channel]!),
    });
    const { values } = dissimilarity(of(pictures), of(outputs));
    values.forEach((value, pixel) => (sum[pixel]! += value / channels));
  }
  return { width, height, values: sum };
}

/** How odd a picture is. @param window the part of it that counts; scores of the code look at all of it */
export const scoreOf = (statistics: Statistics, seen: Seen, picture: number, window?: Window): number =>
  judge(statistics, seen, picture, window).score;

/** How odd a picture is, and where, if the score says so. */
export function judge(
  statistics: Statistics,
  seen: Seen,
  picture: number,
  window?: Window,
): { readonly score: number; readonly map?: Plane } {
  const { kind, code, known, variations } = statistics;
  if (kind === 'code-distance') return { score: distanceFrom(code!, seen.codes, picture * code!.size) };
  if (kind === 'code-neighbours') {
    const size = seen.codes.length / (seen.pictures.length / sizeOf(seen.shape));
    const own = seen.codes.subarray(picture * size, (picture + 1) * size);
    return { score: meanDistance(known!, size, own, NEIGHBOURS) };
  }
  if (kind === 'variations') {
    const distances = lineDistancesOf(variations!.lines, seen, picture);
    return judgeVariations(variations!, variationOf(variations!, seen, picture), distances, seen.shape, cutBy(window));
  }
  const map = mapOf(statistics, seen, picture)!;
  return { score: scoreOfMap(kind, map, window), map };
}

/** What counts of a map. */
export const cutBy =
  (window: Window | undefined) =>
  (map: Plane): Float32Array =>
    window === undefined ? map.values : cut(map, window);

/** Distances of lines that were worked out: two scores ask for them, and each fold of what is usual. */
const distancesOf = new WeakMap<Seen, Pick<LineStatistics, 'known'> & { readonly all: Float32Array }>();

function lineDistancesOf(lines: LineStatistics, seen: Seen, picture: number): Float32Array {
  let found = distancesOf.get(seen);
  if (found?.known !== lines.known) {
    found = { known: lines.known, all: lineDistances(lines, seen.pictures, seen.shape[2]) };
    distancesOf.set(seen, found);
  }
  const places = lines.usual.length;
  return found.all.subarray(picture * places, (picture + 1) * places);
}

/** Works out something of a few pictures at once, and keeps it of the last few: of all it would be larger than they are. */
function ofFew<S extends { readonly known: Float32Array }, T>(
  workOut: (statistics: S, few: Float32Array, shape: Shape) => readonly T[],
): (statistics: S, seen: Seen, picture: number) => T {
  const last = new WeakMap<
    Seen,
    { readonly known: Float32Array; readonly first: number; readonly few: readonly T[] }
  >();
  return (statistics, seen, picture) => {
    const first = picture - (picture % AT_ONCE);
    let found = last.get(seen);
    // What is known tells statistics apart: those of folds know the same.
    if (found?.known !== statistics.known || found.first !== first) {
      const size = sizeOf(seen.shape);
      const few = seen.pictures.subarray(first * size, (first + AT_ONCE) * size);
      found = { known: statistics.known, first, few: workOut(statistics, few, seen.shape) };
      last.set(seen, found);
    }
    return found.few[picture - first]!;
  };
}

const variationOf = ofFew<VariationStatistics, Variation>(variationsOf);
const pieceMapOf = ofFew<PieceStatistics, Plane>(pieceMaps);

export const sizeOf = ([height, width, channels]: Shape): number => height * width * channels;

/** One number for a map: its mean, the mean of its worst share, or its worst spot. */
export function scoreOfMap(kind: SingleKind, map: Plane, window?: Window): number {
  const values = cutBy(window)(map);
  if (kind === 'squared-error' || kind === 'spread-error')
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  if (kind === 'structure') return meanOfWorst(values, WORST);
  if (kind === 'lines') return meanOfWorst(values, WORST_LINES);
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}

function cut({ width, values }: Plane, window: Window): Float32Array {
  const out = new Float32Array(window.width * window.height);
  for (let y = 0; y < window.height; y += 1) {
    const from = (window.top + y) * width + window.left;
    out.set(values.subarray(from, from + window.width), y * window.width);
  }
  return out;
}

/** The spread of errors by pixel over pictures, those of a fold left out, smoothed a little: few pictures say little of one pixel. */
export function spreadOf(seen: Seen, pictures: readonly number[]): Float32Array {
  const [height, width] = seen.shape;
  const sum = new Float32Array(height * width);
  const plain: Statistics = { kind: 'squared-error', evening: 'none' };
  for (const picture of pictures) {
    mapOf(plain, seen, picture)!.values.forEach((error, at) => (sum[at]! += error / pictures.length));
  }
  const smooth = blurred({ width, height, values: sum }, 1).values;
  const mean = smooth.reduce((total, value) => total + value, 0) / smooth.length;
  // Where normal pictures never differ (a black edge), the least error would be endless.
  return smooth.map((value) => Math.sqrt(Math.max(value, 0.01 * mean, 1e-7)));
}
