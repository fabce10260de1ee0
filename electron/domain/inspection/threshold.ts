import {
  drawFrom,
  families,
  fitFamily,
  likelihood,
  numberAbove,
  shareAbove,
  type Family,
  type Fitted,
} from './distributions.ts';
import { quantile, splitmix } from './ranking.ts';

/** False alarms that a threshold allows, as a share of the normal pictures, where nobody says otherwise. */
export const USUAL_RATE = 0.02;

/** A threshold from scores of normal pictures alone, and how sure it is. */
export interface ThresholdFit {
  /** A picture is odd whose score is above it. */
  readonly threshold: number;
  /** The share of normal pictures that is meant to lie above it. */
  readonly rate: number;
  /** Scores that it was fitted to. */
  readonly count: number;
  /** The distribution that fits them best; `none` where they are too few or all alike, and the threshold is above the highest. */
  readonly family: Family | 'exponential tail' | 'none';
  /** The share that lies above it may really be anything between these: 95 of 100 sets of so many pictures say so. */
  readonly low: number;
  readonly high: number;
  /** Scores far beyond all others, which had no say: perhaps odd ones among the normal. */
  readonly outliers: number;
}

/** Fewer scores say nothing of a distribution. */
const LEAST = 5;
const REPETITIONS = 400;
/** Quartiles' distance times this beyond the upper quartile: "far out" in Tukey's (1977) words. */
const FAR_OUT = 3;

/**
 * The threshold that a share `rate` of normal pictures exceeds, from the distribution (normal, log-normal or Gumbel) under which
 * their scores are likeliest. How far the true share may be off is found by drawing as many scores from that distribution, fitting
 * them anew, and looking where such thresholds lie in it (parametric bootstrap). The same for the same scores; NaN are left out.
 * @param scores of normal pictures that nothing was fitted to
 */
export function fitThreshold(scores: ArrayLike<number>, rate: number = USUAL_RATE): ThresholdFit {
  const numbers = Array.from(scores).filter(Number.isFinite);
  const most = numbers.reduce((top, number) => Math.max(top, number), -Infinity);
  const least = numbers.reduce((bottom, number) => Math.min(bottom, number), Infinity);
  if (numbers.length < LEAST || most === least) {
    const threshold = numbers.length === 0 ? Number.NaN : most;
    // None of n above it: up to 1 - 0.025^(1/n) would not surprise (Clopper & Pearson 1934).
    const high = numbers.length === 0 ? 1 : 1 - 0.025 ** (1 / numbers.length);
    return { threshold, rate, count: numbers.length, family: 'none', low: 0, high, outliers: 0 };
  }
  const fitted = likeliest(numbers);
  const kept = withoutFarOut(fitted.family, numbers);
  const random = splitmix(1);
  const shares = Float64Array.from({ length: REPETITIONS }, () => {
    const drawn = Array.from({ length: kept.length }, () => drawFrom(fitted, random));
    const again = fitFamily(fitted.family, drawn);
    return shareAbove(fitted, numberAbove(again, rate));
  }).sort();
  return {
    threshold: numberAbove(fitted, rate),
    rate,
    count: numbers.length,
    family: fitted.family,
    low: quantile(shares, 0.025),
    high: quantile(shares, 0.975),
    outliers: numbers.length - kept.length,
  };
}

function likeliest(numbers: readonly number[]): Fitted {
  const usable = families.filter((family) => family !== 'log-normal' || numbers.every((number) => number > 0));
  const fits = usable.map((family) => {
    const kept = withoutFarOut(family, numbers);
    const fitted = fitFamily(family, kept);
    // A family may not win by calling more of them outliers.
    const lost = (numbers.length - kept.length) / numbers.length;
    return { fitted, likelihood: likelihood(fitted, kept) - 10 * lost };
  });
  return fits.reduce((best, fit) => (fit.likelihood > best.likelihood ? fit : best)).fitted;
}

function withoutFarOut(family: Family, numbers: readonly number[]): readonly number[] {
  const seen = (number: number): number => (family === 'log-normal' ? Math.log(number) : number);
  const ascending = numbers.map(seen).sort((a, b) => a - b);
  const [low, high] = [quantile(ascending, 0.25), quantile(ascending, 0.75)];
  const kept = numbers.filter((number) => seen(number) <= high + FAR_OUT * (high - low));
  return kept.length >= LEAST && high > low ? kept : numbers;
}

/**
 * "37 pictures: between 1 and 8 in a hundred normal ones would be called odd."
 * @param of whose scores it was fitted to; of single tiles where pictures are judged by many
 */
export function thresholdWords(
  { count, low, high }: Pick<ThresholdFit, 'count' | 'low' | 'high'>,
  of: 'picture' | 'tile' = 'picture',
): string {
  if (count === 0) return 'No held-out normal pictures: nothing says where the threshold belongs.';
  const all = `${count.toLocaleString('en')} ${of}${count === 1 ? '' : 's'}`;
  return `${all}: ${rateWords(low, high)} normal ${of === 'picture' ? 'ones' : 'pictures'} would be called odd.`;
}

/** Two shares as people say them: "between 1 and 8 in a hundred", "at most 3 in a thousand". */
export function rateWords(low: number, high: number): string {
  const [of, word] = high >= 0.03 ? [100, 'hundred'] : high >= 0.003 ? [1_000, 'thousand'] : [10_000, 'ten thousand'];
  const from = Math.floor(low * of + 1e-9);
  const to = Math.ceil(high * of - 1e-9);
  if (from === to) return `${to} in a ${word}`;
  return from === 0 ? `at most ${to} in a ${word}` : `between ${from} and ${to} in a ${word}`;
}
