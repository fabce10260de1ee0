import { limitsOf, type Limits } from './scatter-geometry.ts';

interface Columns {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Training codes on a plane, sorted into square cells of one radius: those near a place lie in its cell or the eight around. */
export interface Nearness {
  readonly points: Columns;
  readonly limits: Limits;
  /** "Near" is within this, in the plane's units. */
  readonly radius: number;
  readonly columns: number;
  readonly rows: number;
  /** Cell c's codes are those at [starts[c], starts[c + 1]) of `codes`. */
  readonly starts: Uint32Array;
  readonly codes: Uint32Array;
}

/** Codes that the radius is judged by, and which share of them has another one within half of it. */
const JUDGED = 500;
const SHARE = 0.95;
/** Of the plane's longer side, the least and the most radius. */
const LEAST_RADIUS = 0.004;
const MOST_RADIUS = 0.05;

/** Makes the places of training codes searchable; those that are not finite are left out. */
export function nearnessOf(points: Columns): Nearness {
  const limits = limitsOf(points);
  const extent = Math.max(limits.right - limits.left, limits.top - limits.bottom);
  const gap = usualGap(sorted(points, limits, (extent * MOST_RADIUS) / 2));
  return sorted(points, limits, Math.max(extent * LEAST_RADIUS, 2 * gap));
}

/** Training codes within the radius of a place. */
export function countNear(nearness: Nearness, x: number, y: number): number {
  let count = 0;
  const { points, radius } = nearness;
  forEachAround(nearness, x, y, (code) => {
    if (Math.hypot(points.x[code]! - x, points.y[code]! - y) <= radius) count++;
  });
  return count;
}

function sorted(points: Columns, limits: Limits, radius: number): Nearness {
  const columns = Math.floor((limits.right - limits.left) / radius) + 1;
  const rows = Math.floor((limits.top - limits.bottom) / radius) + 1;
  const cellOf = (code: number) => {
    const column = Math.floor((points.x[code]! - limits.left) / radius);
    const row = Math.floor((points.y[code]! - limits.bottom) / radius);
    return column >= 0 && column < columns && row >= 0 && row < rows ? row * columns + column : -1;
  };
  const cells = new Int32Array(points.x.length).map((_, code) => cellOf(code));
  const starts = new Uint32Array(columns * rows + 1);
  for (const cell of cells) if (cell >= 0) starts[cell + 1]!++;
  for (let cell = 0; cell < columns * rows; cell++) starts[cell + 1]! += starts[cell]!;
  const next = starts.slice();
  const codes = new Uint32Array(starts.at(-1)!);
  cells.forEach((cell, code) => {
    if (cell >= 0) codes[next[cell]!++] = code;
  });
  return { points, limits, radius, columns, rows, starts, codes };
}

/** The distance within which most codes have a neighbour; at most the radius. */
function usualGap(nearness: Nearness): number {
  const { points, codes, radius } = nearness;
  const stride = Math.max(1, Math.floor(codes.length / JUDGED));
  const gaps: number[] = [];
  for (let at = 0; at < codes.length; at += stride) {
    let least = radius;
    const code = codes[at]!;
    const [x, y] = [points.x[code]!, points.y[code]!];
    forEachAround(nearness, x, y, (other) => {
      const gap = Math.hypot(points.x[other]! - x, points.y[other]! - y);
      if (other !== code && gap < least) least = gap;
    });
    gaps.push(least);
  }
  return gaps.sort((a, b) => a - b)[Math.floor(SHARE * (gaps.length - 1))] ?? 0;
}

function forEachAround(nearness: Nearness, x: number, y: number, visit: (code: number) => void): void {
  const { limits, radius, columns, rows, starts, codes } = nearness;
  const column = Math.floor((x - limits.left) / radius);
  const row = Math.floor((y - limits.bottom) / radius);
  for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
    for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
      const cell = r * columns + c;
      for (let at = starts[cell]!; at < starts[cell + 1]!; at++) visit(codes[at]!);
    }
  }
}
