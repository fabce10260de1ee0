import type { MapColumns } from '../../electron/domain/words.ts';

/** The part of the plane that is drawn, in the map's units. */
export interface Limits {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** A drawing surface's size and the margin kept free around the points, in pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly margin: number;
}

export interface Centroid {
  readonly label: number;
  readonly x: number;
  readonly y: number;
}

/** The smallest box around all finite points; a side without extent, but for rounding, gets one, so that it can be divided by. */
export function limitsOf({ x, y }: MapColumns): Limits {
  const [left, right] = extent(x);
  const [bottom, top] = extent(y);
  return { left, right, bottom, top };
}

/** Of the points along each axis, what may lie beyond the limits that a map is drawn to: half of them on either side. */
const OUTER_SHARE = 0.01;
/** Of its own extent the inner part is given on either side, which takes in whatever is not far out. */
const ROOM = 0.05;

/** The box around the inner 99 % of the finite points along each axis, and around all where none lies far out. */
export function innerLimits({ x, y }: MapColumns): Limits {
  const [left, right] = innerExtent(x);
  const [bottom, top] = innerExtent(y);
  return { left, right, bottom, top };
}

function innerExtent(column: Float32Array): readonly [number, number] {
  const [least, most] = extent(column);
  const sorted = column.filter(Number.isFinite).sort();
  const last = sorted.length - 1;
  const out = Math.floor(OUTER_SHARE * sorted.length);
  if (out === 0) return [least, most];
  // Of an odd number the one that is left goes on the side that reaches further.
  const half = Math.floor(out / 2);
  const [below, above] = [sorted[half + 1]! - sorted[half]!, sorted[last - half]! - sorted[last - half - 1]!];
  const odd = out % 2;
  const low = sorted[below > above ? half + odd : half]!;
  const high = sorted[below > above ? last - half : last - half - odd]!;
  if (low === high) return [least, most];
  const room = ROOM * (high - low);
  return [Math.max(least, low - room), Math.min(most, high + room)];
}

/** The points of two maps of one plane as one. */
export function withPoints(points: MapColumns, others: MapColumns): MapColumns {
  const joined = (a: Float32Array, b: Float32Array): Float32Array => {
    const both = new Float32Array(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  };
  return { x: joined(points.x, others.x), y: joined(points.y, others.y) };
}

/** Of their size, by how much numbers differ that are the same but for the rounding of float32. */
const EVEN = 1e-6;

function extent(column: Float32Array): readonly [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (const value of column) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) return [-1, 1];
  return most - least <= EVEN * Math.max(Math.abs(least), Math.abs(most)) ? [least - 0.5, most + 0.5] : [least, most];
}

/** Points in pixels, x to the right and y down; a point that is not finite stays so. */
export function project({ x, y }: MapColumns, limits: Limits, frame: Frame): MapColumns {
  const { width, height, margin } = frame;
  const across = (width - 2 * margin) / (limits.right - limits.left);
  const up = (height - 2 * margin) / (limits.top - limits.bottom);
  return {
    x: x.map((value) => margin + (value - limits.left) * across),
    y: y.map((value) => height - margin - (value - limits.bottom) * up),
  };
}

/** The mean of each class's points, for the classes that have any. */
export function centroidsOf({ x, y }: MapColumns, labels: Uint8Array): Centroid[] {
  const sums = new Map<number, { x: number; y: number; count: number }>();
  labels.forEach((label, index) => {
    const px = x[index] ?? Number.NaN;
    const py = y[index] ?? Number.NaN;
    if (!Number.isFinite(px) || !Number.isFinite(py)) return;
    const sum = sums.get(label) ?? { x: 0, y: 0, count: 0 };
    sums.set(label, { x: sum.x + px, y: sum.y + py, count: sum.count + 1 });
  });
  return [...sums]
    .map(([label, sum]) => ({ label, x: sum.x / sum.count, y: sum.y / sum.count }))
    .sort((a, b) => a.label - b.label);
}

/** Cells a side in which a class's points are counted. */
const CELLS = 24;

/** Where each class's points lie thickest, for the classes that have any: the mean of those in the fullest 3 × 3 cells. */
export function densestPlaces(points: MapColumns, labels: Uint8Array): Centroid[] {
  const limits = innerLimits(points);
  const across = CELLS / (limits.right - limits.left);
  const up = CELLS / (limits.top - limits.bottom);
  const cellOf = (index: number): number | undefined => {
    const column = Math.floor(((points.x[index] ?? Number.NaN) - limits.left) * across);
    const row = Math.floor(((points.y[index] ?? Number.NaN) - limits.bottom) * up);
    // NaN is inside nothing; on the far border is inside the last cell.
    if (!(column >= 0 && column <= CELLS && row >= 0 && row <= CELLS)) return undefined;
    return Math.min(row, CELLS - 1) * CELLS + Math.min(column, CELLS - 1);
  };
  const counts = new Map<number, Uint32Array>();
  labels.forEach((label, index) => {
    const cell = cellOf(index);
    if (cell === undefined) return;
    const own = counts.get(label) ?? new Uint32Array(CELLS * CELLS);
    own[cell] = own[cell]! + 1;
    counts.set(label, own);
  });
  const fullest = new Map([...counts].map(([label, own]) => [label, fullestBlock(own)]));
  const inside = labels.map((label, index) => {
    const [cell, block] = [cellOf(index), fullest.get(label)];
    return cell !== undefined && block !== undefined && isNextTo(cell, block) ? 1 : 0;
  });
  const near = { x: points.x.map((x, index) => (inside[index] === 1 ? x : Number.NaN)), y: points.y };
  const thick = new Map(centroidsOf(near, labels).map((place) => [place.label, place]));
  // A class that lies beyond the limits altogether has no cell.
  return centroidsOf(points, labels).map((mean) => thick.get(mean.label) ?? mean);
}

function fullestBlock(counts: Uint32Array): number {
  let most = -1;
  let fullest = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    // Of blocks as full as each other the one whose middle is fuller.
    const sum = counts[cell]! / 2 + blockSum(counts, cell);
    if (sum > most) [most, fullest] = [sum, cell];
  }
  return fullest;
}

function blockSum(counts: Uint32Array, cell: number): number {
  const [row, column] = [Math.floor(cell / CELLS), cell % CELLS];
  let sum = 0;
  for (let y = Math.max(0, row - 1); y <= Math.min(CELLS - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(CELLS - 1, column + 1); x++) sum += counts[y * CELLS + x]!;
  }
  return sum;
}

const isNextTo = (cell: number, other: number) =>
  Math.abs(Math.floor(cell / CELLS) - Math.floor(other / CELLS)) <= 1 &&
  Math.abs((cell % CELLS) - (other % CELLS)) <= 1;

/** Whether two columns hold the same numbers, NaN where the other has NaN. */
export function isSameColumn(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
