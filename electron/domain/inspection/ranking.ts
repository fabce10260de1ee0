/** How well scores tell odd pictures from normal ones, whatever the threshold. Higher scores are odder; a score that is NaN is left out. */
type Scores = ArrayLike<number>;

/** The different scores, falling, and how many normal and odd pictures have each. */
export interface Levels {
  readonly values: Float64Array;
  readonly normal: Float64Array;
  readonly odd: Float64Array;
}

export function levelsOf(normal: Scores, odd: Scores): Levels {
  const [normals, odds] = [falling(normal), falling(odd)];
  const most = normals.length + odds.length;
  const values = new Float64Array(most);
  const [normalCounts, oddCounts] = [new Float64Array(most), new Float64Array(most)];
  let [count, atNormal, atOdd] = [0, 0, 0];
  while (atNormal < normals.length || atOdd < odds.length) {
    const value = Math.max(normals[atNormal] ?? -Infinity, odds[atOdd] ?? -Infinity);
    values[count] = value;
    for (; normals[atNormal] === value; atNormal += 1) normalCounts[count]! += 1;
    for (; odds[atOdd] === value; atOdd += 1) oddCounts[count]! += 1;
    count += 1;
  }
  return {
    values: values.slice(0, count),
    normal: normalCounts.slice(0, count),
    odd: oddCounts.slice(0, count),
  };
}

/** Falling, without those that are NaN. */
function falling(scores: Scores): Float64Array {
  return Float64Array.from(scores)
    .filter((score) => !Number.isNaN(score))
    .sort()
    .reverse();
}

/**
 * Area under the receiver operating characteristic: the share of pairs of an odd and a normal picture in which the odd one scores
 * higher, ties counting half (as scikit-learn's roc_auc_score). NaN where there are no pictures of one kind.
 */
export function auroc(normal: Scores, odd: Scores): number {
  return areaOf(levelsOf(normal, odd));
}

/** The standard error of an AUROC between two times so many pictures that do not differ (Mann & Whitney 1947). */
export const chanceError = (count: number): number => Math.sqrt((2 * count + 1) / (12 * count * count));

function areaOf({ normal, odd }: Pick<Levels, 'normal' | 'odd'>): number {
  let [above, area, normals] = [0, 0, 0];
  for (let level = 0; level < normal.length; level += 1) {
    area += normal[level]! * (above + odd[level]! / 2);
    above += odd[level]!;
    normals += normal[level]!;
  }
  return area / (normals * above);
}

/**
 * Average precision: the sum over falling thresholds of the precision there times the gain in recall (as scikit-learn's
 * average_precision_score: not interpolated). NaN without odd pictures.
 */
export function averagePrecision(normal: Scores, odd: Scores): number {
  const levels = levelsOf(normal, odd);
  let [caught, alarms, sum] = [0, 0, 0];
  for (let level = 0; level < levels.values.length; level += 1) {
    caught += levels.odd[level]!;
    alarms += levels.odd[level]! + levels.normal[level]!;
    sum += (levels.odd[level]! * caught) / alarms;
  }
  return sum / caught;
}

export interface BestF1 {
  /** Harmonic mean of precision and recall, 0-1; NaN without odd pictures. */
  readonly f1: number;
  /** Between the lowest score that is called odd and the next below it. */
  readonly threshold: number;
}

/** The threshold at which F1 is largest; of several the highest. */
export function bestF1(normal: Scores, odd: Scores): BestF1 {
  const { values, normal: normals, odd: odds } = levelsOf(normal, odd);
  const total = odds.reduce((sum, count) => sum + count, 0);
  let best: BestF1 = { f1: Number.NaN, threshold: Number.NaN };
  let [caught, alarms] = [0, 0];
  for (let level = 0; level < values.length && total > 0; level += 1) {
    caught += odds[level]!;
    alarms += odds[level]! + normals[level]!;
    const f1 = (2 * caught) / (alarms + total);
    if (!(f1 <= best.f1)) best = { f1, threshold: below(values, level) };
  }
  return best;
}

/** A threshold that the scores down to this level exceed, and no lower one. */
export function below(values: Float64Array, level: number): number {
  const value = values[level]!;
  const next = values[level + 1];
  if (next === undefined) return value - (Math.abs(value) * 1e-6 || 1e-6);
  const middle = next + (value - next) / 2;
  // Neighbouring numbers have none between them.
  return middle < value ? middle : next;
}

export interface Interval {
  readonly value: number;
  /** Ends of the middle 95 of a hundred resamplings. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLINGS = 2_000;

/**
 * AUROC with its 95 % interval: percentiles of 2,000 bootstrap samples, normal and odd pictures drawn each among themselves (Efron &
 * Tibshirani 1993). The same for the same scores. Ends are NaN where the value is.
 */
export function aurocInterval(normal: Scores, odd: Scores, resamplings = RESAMPLINGS): Interval {
  const levels = levelsOf(normal, odd);
  const value = areaOf(levels);
  if (Number.isNaN(value)) return { value, low: value, high: value };
  const random = splitmix(1);
  const draw = drawer(random);
  const areas = Float64Array.from({ length: resamplings }, () =>
    areaOf({ normal: draw(levels.normal), odd: draw(levels.odd) }),
  ).sort();
  return { value, low: quantile(areas, 0.025), high: quantile(areas, 0.975) };
}

/** Draws as many as there are, with replacement, from counted levels. */
function drawer(random: () => number): (counts: Float64Array) => Float64Array {
  const members = new Map<Float64Array, Uint32Array>();
  return (counts) => {
    const known = members.get(counts);
    const list = known ?? Uint32Array.from([...counts].flatMap((count, level) => Array<number>(count).fill(level)));
    if (known === undefined) members.set(counts, list);
    const drawn = new Float64Array(counts.length);
    for (let at = 0; at < list.length; at += 1) drawn[list[Math.floor(random() * list.length)]!]! += 1;
    return drawn;
  };
}

/** Of ascending numbers, between neighbours linearly (numpy's default). */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const place = share * (ascending.length - 1);
  const low = Math.floor(place);
  const value = ascending[low] ?? Number.NaN;
  const next = ascending[low + 1];
  return next === undefined ? value : value + (place - low) * (next - value);
}

/** Uniform numbers in [0, 1), the same for the same seed (splitmix32). */
export function splitmix(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
