import type { MapColumns } from '../../electron/domain/words.ts';

/** A turn (and, where `mirrored`, a reflection) about a middle: x' = to + R (x − from). */
export interface Alignment {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** R, row by row. */
  readonly turn: readonly [number, number, number, number];
}

/**
 * The turn and reflection that bring points nearest to others of the same order (orthogonal Procrustes, without scaling).
 * Pairs with a place that is not finite have no say; of fewer than two pairs only the middles are matched.
 */
export function alignment(points: MapColumns, reference: MapColumns): Alignment {
  const pairs = finitePairs(points, reference);
  const from = middleOf(points, pairs);
  const to = middleOf(reference, pairs);
  let [xx, xy, yx, yy] = [0, 0, 0, 0];
  for (const index of pairs) {
    const [px, py] = [points.x[index]! - from[0], points.y[index]! - from[1]];
    const [qx, qy] = [reference.x[index]! - to[0], reference.y[index]! - to[1]];
    xx += qx * px;
    xy += qx * py;
    yx += qy * px;
    yy += qy * py;
  }
  // In the plane the best turn and the best reflection each have one angle; the better of the two is taken.
  const turned = Math.hypot(xx + yy, yx - xy);
  const mirrored = Math.hypot(xx - yy, xy + yx);
  if (turned === 0 && mirrored === 0) return { from, to, turn: [1, 0, 0, 1] };
  if (turned >= mirrored) {
    const [cos, sin] = [(xx + yy) / turned, (yx - xy) / turned];
    return { from, to, turn: [cos, -sin, sin, cos] };
  }
  const [cos, sin] = [(xx - yy) / mirrored, (xy + yx) / mirrored];
  return { from, to, turn: [cos, sin, sin, -cos] };
}

export function aligned({ x, y }: MapColumns, { from, to, turn }: Alignment): MapColumns {
  const place = (row: 0 | 2, shift: number) =>
    x.map((value, index) => shift + turn[row] * (value - from[0]) + turn[row === 0 ? 1 : 3] * (y[index]! - from[1]));
  return { x: place(0, to[0]), y: place(2, to[1]) };
}

function finitePairs(a: MapColumns, b: MapColumns): number[] {
  const count = Math.min(a.x.length, b.x.length);
  const pairs: number[] = [];
  for (let index = 0; index < count; index++) {
    if (Number.isFinite(a.x[index]! + a.y[index]! + b.x[index]! + b.y[index]!)) pairs.push(index);
  }
  return pairs;
}

function middleOf({ x, y }: MapColumns, indices: readonly number[]): readonly [number, number] {
  if (indices.length === 0) return [0, 0];
  let [sumX, sumY] = [0, 0];
  for (const index of indices) {
    sumX += x[index]!;
    sumY += y[index]!;
  }
  return [sumX / indices.length, sumY / indices.length];
}

/** Points a share (0-1) of the way from one place to another. */
export function between(a: MapColumns, b: MapColumns, share: number): MapColumns {
  if (share <= 0) return a;
  if (share >= 1) return b;
  const mix = (from: Float32Array, to: Float32Array) =>
    from.map((value, index) => value + share * (to[index]! - value));
  return { x: mix(a.x, b.x), y: mix(a.y, b.y) };
}

/** Points of a subset at their places among all: NaN, which is not drawn, for the others. */
export function scattered({ x, y }: MapColumns, indices: Uint32Array, count: number): MapColumns {
  const all = { x: new Float32Array(count).fill(Number.NaN), y: new Float32Array(count).fill(Number.NaN) };
  indices.forEach((index, at) => {
    all.x[index] = x[at] ?? Number.NaN;
    all.y[index] = y[at] ?? Number.NaN;
  });
  return all;
}

/** The columns' entries at these places. */
export function gathered({ x, y }: MapColumns, indices: Uint32Array): MapColumns {
  const pick = (column: Float32Array) => Float32Array.from(indices, (index) => column[index] ?? Number.NaN);
  return { x: pick(x), y: pick(y) };
}
