/**
 * IEEE 754 binary16, in which what ships with the app stores its weights: 11 significant bits, from 6e-8 to 65,504.
 * Written out because Node knows its own only from version 24 on.
 */

/** Larger ones become infinite, smaller ones round to nothing or to a subnormal number. */
const LEAST_EXPONENT = -14;
const MOST_EXPONENT = 15;
const MANTISSA_BITS = 10;

/** The nearest half-precision numbers, ties to even: uint16 bit patterns. */
export function toHalf(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  values.forEach((value, at) => (halves[at] = halfOf(value)));
  return halves;
}

function halfOf(value: number): number {
  const sign = Object.is(value, -0) || value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  if (size === 0) return sign;
  const exponent = Math.min(MOST_EXPONENT, Math.max(LEAST_EXPONENT, Math.floor(Math.log2(size))));
  // In units of the last place; rounding up may carry into the exponent, which is just where the bits then go.
  const units = roundedToEven(size / 2 ** (exponent - MANTISSA_BITS));
  const bits = units + ((exponent - LEAST_EXPONENT) << MANTISSA_BITS);
  return sign | Math.min(0x7c00, bits);
}

function roundedToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** The values of such bit patterns, exactly. */
export function fromHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  halves.forEach((half, at) => (values[at] = valueOf(half)));
  return values;
}

function valueOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> MANTISSA_BITS) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** (LEAST_EXPONENT - MANTISSA_BITS);
  return sign * (mantissa + 0x400) * 2 ** (exponent + LEAST_EXPONENT - 1 - MANTISSA_BITS);
}
