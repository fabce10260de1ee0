export { formatBytes } from '../../electron/domain/number-words.ts';

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** From here on errors have digits enough without decimals. */
const LARGE_ERROR = 10_000;

/** Rounding must not carry a number beyond the limit that its form was chosen by: 9.96 in one decimal is 10. */
const below = (value: number, limit: number, digits: number): boolean => Number(value.toFixed(digits)) < limit;

/** A cost or an MSE per pixel, to four significant digits; very small ones in powers of ten, large ones whole. */
export function formatMse(value: number): string {
  if (!Number.isFinite(value)) return 'not finite';
  if (!below(Math.abs(value), LARGE_ERROR, 0)) return grouped.format(value);
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(2);
  return value.toPrecision(4);
}

/** A squared error per image, to two decimals, as it is published. */
export function formatSquaredError(value: number): string {
  if (Number.isFinite(value) && !below(value, LARGE_ERROR, 2)) return grouped.format(value);
  return Number.isFinite(value) ? value.toFixed(2) : 'not finite';
}

export function formatCount(value: number): string {
  return grouped.format(value);
}

/** A share in 0-1 as a percentage with one decimal. */
export function formatShare(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

export function formatRate(perSecond: number): string {
  return below(perSecond, 100, 1) ? perSecond.toFixed(1) : formatCount(perSecond);
}

/** Beyond it nobody tells factors apart, and what is compared with is next to nothing. */
const MANY_TIMES = 1_000;

/** How many times `reference` is `value`, for a sentence: "36 ×", "1.3 ×"; near to equal, to a hundredth: "1.04 ×"; "more than 1,000 ×". */
export function formatTimes(reference: number, value: number): string {
  const times = reference / value;
  if (Math.abs(times - 1) < 0.095) return `${times.toFixed(2)} ×`;
  if (times > MANY_TIMES) return `more than ${formatCount(MANY_TIMES)} ×`;
  return `${below(times, 10, 1) ? times.toFixed(1) : formatCount(times)} ×`;
}

/** A number on an axis or beside one: "0.02", "1500"; in powers of ten where noughts would have to be counted: "1e9", "2.5e-5". */
export function formatOnAxis(value: number, digits = 3): string {
  const rounded = Number(value.toPrecision(digits));
  const isPlain = rounded === 0 || (Math.abs(rounded) >= 1e-4 && Math.abs(rounded) < 1e6);
  return isPlain ? String(rounded) : rounded.toExponential().replace('e+', 'e');
}

/** A count and its noun: "1 image", "60,000 images". */
export function formatCounted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** A count of millions: "1.3 million", "13 million". */
export function formatMillions(value: number): string {
  const millions = value / 1e6;
  return `${below(millions, 10, 1) ? millions.toFixed(1) : formatCount(millions)} million`;
}
