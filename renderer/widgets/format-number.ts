const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A cost or an MSE per pixel, to four significant digits; very small ones in powers of ten. */
export function formatMse(value: number): string {
  if (!Number.isFinite(value)) return 'not finite';
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(2);
  return value.toPrecision(4);
}

/** Squared errors of large images have digits enough without decimals. */
const LARGE_ERROR = 10_000;

/** A squared error per image, to two decimals, as it is published. */
export function formatSquaredError(value: number): string {
  if (value >= LARGE_ERROR && Number.isFinite(value)) return grouped.format(Math.round(value));
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
  return perSecond >= 100 ? formatCount(perSecond) : perSecond.toFixed(1);
}

/** How many times `reference` is `value`, for a sentence: "36 ×", "1.3 ×". */
export function formatTimes(reference: number, value: number): string {
  const times = reference / value;
  return `${times >= 10 ? formatCount(times) : times.toFixed(1)} ×`;
}

/** "13.8 MB"; units of 1,000. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1_000 ** power).toFixed(1)} ${units[power]}`;
}

/** A count and its noun: "1 image", "60,000 images". */
export function formatCounted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
