import { tf, valuesOf } from '../tensorflow.ts';
import { evenedAround } from './evening.ts';
import { fewAtATime } from './few-pictures.ts';
import { lineDistances, lineMap, WORST_LINES, type FittedLines, type LineStatistics } from './lines.ts';
import { meanDistance } from './nearest.ts';
import type { Shape } from './pieces.ts';
import { meanOfWorst, type Plane } from './planes.ts';
import { principalOf, projected, type Principal } from './principal.ts';
import { smoothed } from './smooth-planes.ts';
import { UsualPlanes } from './usual-planes.ts';

/** How normal pictures differ from each other: evened as a whole, and evened around each pixel. */
export interface VariationStatistics {
  readonly whole: Principal;
  readonly around: Principal;
  /** Leading coordinates of normal pictures, evened as a whole: [known × at most `CODE`]. */
  readonly known: Float32Array;
  /** By pixel, what the components leave of held-out normal pictures, squared and smoothed, in the mean: [height × width] each. */
  readonly usual: readonly [whole: Float32Array, around: Float32Array];
  readonly lines: LineStatistics;
  /** Logarithms of the five parts over held-out normal pictures: [5] each. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Gives what counts of a map: `cutBy` of score-picture.ts. */
type Cut = (map: Plane) => Float32Array;

/** Components at most, at most one for so many pictures, and numbers in them all (16 MB). */
const MOST_COMPONENTS = 128;
const PICTURES_EACH = 3;
const MOST_NUMBERS = 2 ** 22;
/** Pictures that components are fitted to. */
const MOST_FITTED = 800;
/** Coordinates in which nearest pictures are looked for, and in whose spreads the distance from the middle is measured. */
export const CODE = 16;
const SPREADS = 8;
const NEIGHBOURS = 3;
const WORST = 0.01;
/** Deviations below usual from which a part counts. */
const FROM = 2;
const PARTS = 5;

/** What is learnt, and the same without each fold of the held-out pictures, by which those of the fold are scored. */
export interface FittedVariations {
  readonly all: VariationStatistics;
  readonly without: readonly VariationStatistics[];
}

/**
 * Learns by principal components how normal pictures differ. A picture is judged by five parts, four as in the monitoring of processes
 * (Jackson & Mudholkar 1979): its place among normal ones in the leading components (distance to the three nearest, and from the
 * middle in units of spread, Hotelling's T²), and what the components do not explain of it (squared prediction error), where that is
 * worst, evened as a whole and around each pixel; and the strengths of lines in it.
 * @param training evened pictures, one after another
 * @param heldOut evened normal pictures that are not among them
 * @param lines learnt of the same
 */
export function fitVariations(
  training: Float32Array,
  heldOut: Float32Array,
  shape: Shape,
  cut: Cut,
  lines: FittedLines,
): FittedVariations {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const fitted = training.subarray(0, size * Math.min(MOST_FITTED, training.length / size));
  const count = fitted.length / size;
  const most = Math.max(
    1,
    Math.min(MOST_COMPONENTS, Math.floor(count / PICTURES_EACH), Math.floor(MOST_NUMBERS / size)),
  );
  const whole = principalOf(fitted, size, most);
  const around = principalOf(evenedAround(fitted, shape), size, most);
  const codeSize = Math.min(CODE, whole.variances.length);
  const known = projected(firstOf(whole, codeSize), fitted).coordinates;
  const tests = heldOut.length / size;
  const usual = [0, 1].map(() => new UsualPlanes(width, height, tests)) as [UsualPlanes, UsualPlanes];
  const plain = { whole, around, known };
  for (const [first, few] of fewAtATime(heldOut, size)) {
    variationsOf(plain, few, shape).forEach(({ left }, at) =>
      left.forEach((values, view) => usual[view]!.add(first + at, values)),
    );
  }
  const distances = lineDistances(lines.all, heldOut, channels);
  const [{ folds }] = usual;
  const usualWithout = (fold: number): VariationStatistics['usual'] => [usual[0].without(fold), usual[1].without(fold)];
  const unscaled = Array.from({ length: folds }, (_, fold) => {
    return { ...plain, usual: usualWithout(fold), lines: lines.without[fold]! };
  });
  const places = distances.length / tests;
  const logs = [...fewAtATime(heldOut, size)].flatMap(([first, few]) =>
    variationsOf(plain, few, shape).map((variation, at) => {
      const row = first + at;
      const own = distances.subarray(row * places, (row + 1) * places);
      return partsOf(unscaled[row % folds]!, variation, own, shape, cut).logs;
    }),
  );
  const usualOfAll = [usual[0].all(), usual[1].all()] as const;
  return {
    all: { ...plain, usual: usualOfAll, lines: lines.all, ...scalesOf(logs) },
    without: unscaled.map((one, fold) => {
      const others = logs.filter((_, row) => row % folds !== fold);
      return { ...one, ...scalesOf(others.length > 1 ? others : logs) };
    }),
  };
}

/** Mean and deviation of each part over pictures. */
function scalesOf(logs: readonly (readonly number[])[]): Pick<VariationStatistics, 'mean' | 'deviation'> {
  const overAll = (value: (own: readonly number[]) => number): number =>
    logs.reduce((sum, own) => sum + value(own), 0) / logs.length;
  const mean = Float32Array.from({ length: PARTS }, (_, part) => overAll((own) => own[part]!));
  const deviation = mean.map((middle, part) => Math.max(1e-3, Math.sqrt(overAll((own) => (own[part]! - middle) ** 2))));
  return { mean, deviation };
}

/** How a picture differs from normal ones, before it is told how much is usual. */
export interface Variation {
  /** Distance to the three nearest in the leading components. */
  readonly nearest: number;
  /** From the middle, in units of spread, squared. */
  readonly distance: number;
  /** What the components leave, squared, in the mean over channels, smoothed: [height × width], evened as a whole and around each pixel. */
  readonly left: readonly [whole: Float32Array, around: Float32Array];
}

/** @param pictures evened, one after another, not many */
export function variationsOf(
  { whole, around, known }: Pick<VariationStatistics, 'whole' | 'around' | 'known'>,
  pictures: Float32Array,
  shape: Shape,
): Variation[] {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const count = pictures.length / size;
  const codeSize = Math.min(CODE, whole.variances.length);
  const spreads = Math.min(SPREADS, codeSize);
  const { coordinates, left } = projected(whole, pictures);
  const leftAround = projected(around, evenedAround(pictures, shape)).left;
  const kept = coordinates.length / count;
  const [smooth, smoothAround] = [smoothSquares(left, shape), smoothSquares(leftAround, shape)];
  return Array.from({ length: count }, (_, row) => {
    const code = coordinates.subarray(row * kept, row * kept + codeSize);
    let distance = 0;
    for (let at = 0; at < spreads; at += 1) distance += code[at]! ** 2 / whole.variances[at]! / spreads;
    return {
      nearest: meanDistance(known, codeSize, code, NEIGHBOURS),
      distance,
      left: [pictureAt(smooth, row, height * width), pictureAt(smoothAround, row, height * width)],
    };
  });
}

/** What is left of pictures, squared, in the mean over channels, smoothed: [pictures × height × width]. */
function smoothSquares(left: Float32Array, [height, width, channels]: Shape): Float32Array {
  return valuesOf(() => {
    const pictures = tf.reshape(tf.tensor1d(left), [-1, height, width, channels]);
    return smoothed(tf.mean(tf.square(pictures), 3) as tf.Tensor3D, Math.max(1, Math.min(height, width) / 25));
  });
}

/**
 * How odd a picture is: the root of its parts' mean square, each in deviations above where two below usual are; about 2 is usual, always
 * above 0. And where it is unlike what normal ones can be made of, or its lines unlike theirs; there 1 is usual.
 * @param distances of its lines: of `lineDistances`
 */
export function judgeVariations(
  statistics: VariationStatistics,
  variation: Variation,
  distances: Float32Array,
  shape: Shape,
  cut: Cut,
): { readonly score: number; readonly map: Plane } {
  const { mean, deviation } = statistics;
  const { logs, maps } = partsOf(statistics, variation, distances, shape, cut);
  const squares = logs.map((log, part) => Math.max(0, FROM + (log - mean[part]!) / deviation[part]!) ** 2);
  const score = Math.max(0.05, Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length));
  const [whole, around, lines] = maps;
  const values = whole.values.map((value, at) => (value + around.values[at]! + lines.values[at]! ** 2) / 3);
  return { score, map: { ...whole, values } };
}

/** Logarithms of the five parts, and the maps of the last three. */
function partsOf(
  { usual, lines: usualLines }: Pick<VariationStatistics, 'usual' | 'lines'>,
  { nearest, distance, left }: Variation,
  distances: Float32Array,
  [height, width]: Shape,
  cut: Cut,
) {
  const inUsual = (view: 0 | 1): Plane => {
    const own = usual[view];
    return { width, height, values: left[view].map((value, at) => value / own[at]!) };
  };
  const [whole, around, lines] = [inUsual(0), inUsual(1), lineMap(usualLines, distances)];
  const parts = [
    nearest,
    distance,
    meanOfWorst(cut(whole), WORST),
    meanOfWorst(cut(around), WORST),
    meanOfWorst(cut(lines), WORST_LINES),
  ];
  return { logs: parts.map((part) => Math.log(Math.max(part, 1e-12))), maps: [whole, around, lines] as const };
}

const pictureAt = (pictures: Float32Array, row: number, size: number): Float32Array =>
  pictures.subarray(row * size, (row + 1) * size);

const firstOf = ({ mean, components, variances }: Principal, count: number): Principal => ({
  mean,
  components: components.subarray(0, count * mean.length),
  variances: variances.subarray(0, count),
});
