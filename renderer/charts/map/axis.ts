/** An axis' numbers: round ones, and as many of them as fit. */
export interface Tick {
  /** In the plane's units. */
  readonly at: number;
  readonly text: string;
}

/** Doubles hold no more after the first. */
const MOST_DIGITS = 15;

/** Round numbers (1, 2 or 5 times a power of ten) from `from` to `to`, about `wanted` of them. */
export function ticksBetween(from: number, to: number, wanted: number): Tick[] {
  if (!(to > from) || !Number.isFinite(to - from) || wanted < 1) return [];
  const step = roundStep((to - from) / wanted);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const at = (first + index) * step;
    return { at, text: textOf(at, digits, step) };
  });
}

function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  // A hair less, so that rounding does not take a step for the next one.
  const share = (atLeast / power) * (1 - 1e-9);
  return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
}

/** In as many digits as tell it from its neighbours, a step away. */
function textOf(value: number, digits: number, step: number): string {
  // Sums of steps are nought but for their rounding.
  if (Math.abs(value) < step / 2) return '0';
  const size = Math.abs(value);
  const text =
    size >= 1e6 || size < 1e-5 ? value.toExponential(steps(size, step)) : value.toFixed(Math.min(MOST_DIGITS, digits));
  return text.replace(/^-/, '−');
}

/** Digits after the first, down to those of the step. */
const steps = (size: number, step: number): number =>
  Math.min(MOST_DIGITS, Math.max(1, Math.floor(Math.log10(size)) - Math.floor(Math.log10(step) + 1e-9)));
