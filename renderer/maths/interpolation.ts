export type Way = 'straight' | 'spherical';

/** Sines of angles smaller than this are lost in rounding: the straight line is then the same. */
const LEAST_SINE = 1e-6;

/** The code a share `t` (0-1) along the straight line from `a` to `b`; at 0 and 1 exactly these. */
export function straight(a: Float32Array, b: Float32Array, t: number): Float32Array<ArrayBuffer> {
  if (t <= 0) return a.slice();
  if (t >= 1) return b.slice();
  return a.map((value, unit) => (1 - t) * value + t * b[unit]!);
}

/**
 * The code a share `t` (0-1) along the great circle from `a` to `b` (Shoemake 1985), its length going evenly from one's
 * to the other's; at 0 and 1 exactly these. Straight where there is no one great circle (see `hasArc`).
 */
export function spherical(a: Float32Array, b: Float32Array, t: number): Float32Array<ArrayBuffer> {
  if (t <= 0 || t >= 1 || !hasArc(a, b)) return straight(a, b, t);
  const [lengthA, lengthB] = [lengthOf(a), lengthOf(b)];
  const angle = angleBetween(a, b);
  const length = (1 - t) * lengthA + t * lengthB;
  const shareA = (length * Math.sin((1 - t) * angle)) / Math.sin(angle) / lengthA;
  const shareB = (length * Math.sin(t * angle)) / Math.sin(angle) / lengthB;
  return a.map((value, unit) => shareA * value + shareB * b[unit]!);
}

/** Whether exactly one great circle joins two codes: neither is zero, and they point neither the same way nor opposite ways. */
export function hasArc(a: Float32Array, b: Float32Array): boolean {
  const lengths = lengthOf(a) * lengthOf(b);
  return Number.isFinite(lengths) && lengths > 0 && Math.sin(angleBetween(a, b)) > LEAST_SINE;
}

/** `count` codes (at least two) from `a` to `b`, evenly along the way; [count × code size]. */
export function between(a: Float32Array, b: Float32Array, count: number, way: Way): Float32Array<ArrayBuffer> {
  const at = way === 'spherical' ? spherical : straight;
  const codes = new Float32Array(count * a.length);
  for (let step = 0; step < count; step++) codes.set(at(a, b, step / (count - 1)), step * a.length);
  return codes;
}

/** In radians, 0 to π; both codes must have a length. */
function angleBetween(a: Float32Array, b: Float32Array): number {
  // Kahan's formula: an arc cosine would lose half the digits of small angles.
  const [lengthA, lengthB] = [lengthOf(a), lengthOf(b)];
  let apart = 0;
  let along = 0;
  for (let unit = 0; unit < a.length; unit++) {
    const [u, v] = [a[unit]! / lengthA, b[unit]! / lengthB];
    apart += (u - v) ** 2;
    along += (u + v) ** 2;
  }
  return 2 * Math.atan2(Math.sqrt(apart), Math.sqrt(along));
}

export const lengthOf = (code: Float32Array) => Math.sqrt(code.reduce((sum, value) => sum + value * value, 0));
