import { evenings, scoreKinds, type ScoreKind } from '../../domain/inspection/scores.ts';
import { tileGrid } from '../../domain/inspection/tile-places.ts';
import type { Breathe } from '../inference.ts';
import { evened } from './evening.ts';
import { AT_ONCE } from './few-pictures.ts';
import { scorePictures } from './inspect-pictures.ts';
import { combine, mappedBy, type Normality } from './learn-normal.ts';
import type { Plane } from './planes.ts';
import { judge, ofPicturesAlone, sizeOf, type Seen, type SingleKind } from './score-picture.ts';
import type { Through } from './through.ts';

/** A tile of a large picture, in the picture's pixels. */
export interface Tile {
  readonly left: number;
  readonly top: number;
  readonly score: number;
}

export interface Tiled {
  readonly tiles: readonly Tile[];
  /** Where the picture is odd, all tiles put together; nothing for scores that do not say. */
  readonly map?: Plane;
  /** What the model makes of it, tiles put together likewise: a plane a channel; where it is wanted. */
  readonly rebuilt?: readonly Plane[];
}

/** A picture of 0 to 1 at the scale of the model's images: [height × width × channels]. */
export interface LargePicture {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/**
 * Judges a picture larger than the model's images by overlapping tiles. In the map each tile counts the less the nearer to its edge, so
 * that no seams show.
 * @param picture at least as large as the model's images
 * @param rebuilds whether what the model makes of it is wanted too
 */
export async function inspectTiles(
  normality: Normality,
  kind: ScoreKind,
  picture: LargePicture,
  through: (pictures: Float32Array) => Promise<Through>,
  breathe: Breathe,
  rebuilds = false,
): Promise<Tiled> {
  const [height, width, channels] = normality.shape;
  const places = placesOn(picture, normality);
  const tiles: Tile[] = [];
  const stitched = new Stitched(picture.width, picture.height, width, height);
  const rebuilt = Array.from(
    { length: rebuilds ? channels : 0 },
    () => new Stitched(picture.width, picture.height, width, height),
  );
  for (let first = 0; first < places.length; first += AT_ONCE) {
    const own = places.slice(first, first + AT_ONCE);
    const pictures = cutOut(picture, own, normality);
    const judged = await judgeAll(normality, kind, pictures, through);
    const outputs = rebuilds ? (await through(pictures)).outputs : undefined;
    own.forEach((place, at) => {
      rebuilt.forEach((plane, channel) => {
        const first = at * sizeOf(normality.shape) + channel;
        const values = Float32Array.from({ length: width * height }, (_, pixel) => outputs![first + pixel * channels]!);
        plane.add({ width, height, values }, place);
      });
      tiles.push({ ...place, score: judged[at]!.score });
      const { map } = judged[at]!;
      if (map !== undefined) stitched.add(map, place);
    });
    await breathe();
  }
  const map = stitched.whole();
  const planes = rebuilds ? { rebuilt: rebuilt.map((plane) => plane.whole()!) } : {};
  return { tiles, ...planes, ...(map === undefined ? {} : { map }) };
}

const placesOn = (picture: LargePicture, { shape: [height, width] }: Normality) => tileGrid(picture, { width, height });

/** By every score, that of the worst tile; and how many tiles there are. @param picture as of `inspectTiles` */
export async function scoreTiles(
  normality: Normality,
  picture: LargePicture,
  through: (pictures: Float32Array) => Promise<Through>,
  breathe: Breathe,
): Promise<{ readonly tiles: number; readonly scores: Readonly<Record<ScoreKind, number>> }> {
  const places = placesOn(picture, normality);
  const scores = Object.fromEntries(scoreKinds.map((kind) => [kind, -Infinity])) as Record<ScoreKind, number>;
  for (let first = 0; first < places.length; first += AT_ONCE) {
    const own = places.slice(first, first + AT_ONCE);
    const columns = await scorePictures(normality, cutOut(picture, own, normality), through);
    for (const kind of scoreKinds) scores[kind] = columns[kind].reduce((a, b) => Math.max(a, b), scores[kind]);
    await breathe();
  }
  return { tiles: places.length, scores };
}

function cutOut(
  picture: LargePicture,
  places: readonly { readonly left: number; readonly top: number }[],
  { shape }: Normality,
): Float32Array {
  const [height, width, channels] = shape;
  const out = new Float32Array(places.length * sizeOf(shape));
  places.forEach(({ left, top }, at) => {
    for (let y = 0; y < height; y += 1) {
      const from = ((top + y) * picture.width + left) * channels;
      out.set(picture.values.subarray(from, from + width * channels), at * sizeOf(shape) + y * width * channels);
    }
  });
  return out;
}

/** What scores of the pictures alone need of the model. */
const NOTHING: Through = { outputs: new Float32Array(0), codes: new Float32Array(0) };

/** One score, and its map, of pictures of 0 to 1. */
async function judgeAll(
  { shape, level, statistics, parts }: Normality,
  kind: ScoreKind,
  pictures: Float32Array,
  through: (pictures: Float32Array) => Promise<Through>,
): Promise<{ readonly score: number; readonly map?: Plane }[]> {
  const kinds = kind === 'combined' ? parts.map((part) => part.kind) : [kind];
  const count = pictures.length / sizeOf(shape);
  const scores = Array.from({ length: count }, () => new Map<SingleKind, number>());
  const maps: Plane[] = [];
  for (const evening of evenings) {
    const own = statistics.filter((one) => one.evening === evening && kinds.includes(one.kind));
    if (own.length === 0) continue;
    const even = evened(pictures, sizeOf(shape), evening, level);
    const looksThrough = own.some(({ kind: each }) => !ofPicturesAlone.includes(each));
    const seen: Seen = { shape, pictures: even, ...(looksThrough ? await through(even) : NOTHING) };
    for (const one of own) {
      for (let at = 0; at < count; at += 1) {
        const { score, map } = judge(one, seen, at);
        scores[at]!.set(one.kind, score);
        if (map !== undefined && one.kind === mappedBy(kind)) maps[at] = map;
      }
    }
  }
  return scores.map((of, at) => ({
    score: kind === 'combined' ? combine(parts, (part) => of.get(part)!) : of.get(kind)!,
    ...(maps[at] === undefined ? {} : { map: maps[at] }),
  }));
}

/** Maps of tiles put together. */
class Stitched {
  private readonly sums: Float32Array;
  private readonly weights: Float32Array;
  private readonly across: Float32Array;
  private readonly down: Float32Array;
  private readonly width: number;
  private readonly height: number;
  private isEmpty = true;

  constructor(width: number, height: number, tileWidth: number, tileHeight: number) {
    this.width = width;
    this.height = height;
    this.sums = new Float32Array(width * height);
    this.weights = new Float32Array(width * height);
    [this.across, this.down] = [tent(tileWidth), tent(tileHeight)];
  }

  add({ width, height, values }: Plane, { left, top }: { readonly left: number; readonly top: number }): void {
    this.isEmpty = false;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const weight = this.across[x]! * this.down[y]!;
        const to = (top + y) * this.width + left + x;
        this.sums[to]! += weight * values[y * width + x]!;
        this.weights[to]! += weight;
      }
    }
  }

  whole(): Plane | undefined {
    if (this.isEmpty) return undefined;
    const { width, height, sums, weights } = this;
    return { width, height, values: sums.map((sum, at) => sum / weights[at]!) };
  }
}

/** 1 in the middle, falling to almost nothing at both ends. */
const tent = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => (Math.min(at, length - 1 - at) + 0.5) / (length / 2));
