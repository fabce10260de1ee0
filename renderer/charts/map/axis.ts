import { tickIncrement, ticks } from 'd3-array';
import { format, precisionFixed, precisionRound } from 'd3-format';

/** An axis' numbers: round ones, and as many of them as fit. */
export interface Tick {
  /** In the plane's units. */
  readonly at: number;
  readonly text: string;
}

/** Doubles hold no more after the first. */
const MOST_DIGITS = 15;

/** Round numbers (1, 2 or 5 times a power of ten) from `from` to `to`, about `wanted` of them, in digits that tell them apart. */
export function ticksBetween(from: number, to: number, wanted: number): Tick[] {
  if (!(to > from) || !Number.isFinite(to - from) || wanted < 1) return [];
  const increment = tickIncrement(from, to, wanted);
  // Steps of less than one are given as what they are the reciprocal of.
  const step = increment < 0 ? -1 / increment : increment;
  const plain = format(`.${Math.min(MOST_DIGITS, precisionFixed(step))}f`);
  return ticks(from, to, wanted).map((at) => ({ at, text: at === 0 ? '0' : (extreme(at, step) ?? plain(at)) }));
}

/** A number that is long when it is written out, in powers of ten. */
function extreme(value: number, step: number): string | undefined {
  const size = Math.abs(value);
  if (size < 1e6 && size >= 1e-5) return undefined;
  const digits = Math.min(MOST_DIGITS, Math.max(1, precisionRound(step, size + step) - 1));
  return format(`.${digits}e`)(value);
}
