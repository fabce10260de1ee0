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

/** The smallest box around all finite points; a side without extent gets one, so that it can be divided by. */
export function limitsOf({ x, y }: MapColumns): Limits {
  const [left, right] = extent(x);
  const [bottom, top] = extent(y);
  return { left, right, bottom, top };
}

function extent(column: Float32Array): readonly [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (const value of column) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) return [-1, 1];
  return least === most ? [least - 0.5, most + 0.5] : [least, most];
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

/** Moves letters that would cover each other apart, a little at a time, until each is `distance` pixels from the next. */
export function spread(centroids: readonly Centroid[], distance: number): Centroid[] {
  let letters = [...centroids];
  for (let round = 0; round < 30; round++) {
    letters = letters.map((letter) => letters.reduce((moved, other) => pushed(moved, other, distance), letter));
  }
  return letters;
}

function pushed(letter: Centroid, other: Centroid, distance: number): Centroid {
  if (letter.label === other.label) return letter;
  // Two letters at one point part along a direction of their own.
  const dx = letter.x - other.x || (letter.label - other.label) * 1e-3;
  const dy = letter.y - other.y;
  const apart = Math.hypot(dx, dy);
  if (apart >= distance) return letter;
  const step = (distance - apart) / 4 / apart;
  return { ...letter, x: letter.x + dx * step, y: letter.y + dy * step };
}
