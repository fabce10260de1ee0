export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The most epochs a mean is taken over. */
export const MOST_SMOOTHED = 51;

/**
 * Each value as the mean of itself and its neighbours on both sides, `window` of them in all (an odd number). Near the ends
 * there are fewer, as many on either side, so that a straight line stays as it is; the first and the last value are kept.
 */
export function smoothed(points: readonly Point[], window: number): readonly Point[] {
  const half = Math.floor(window / 2);
  if (half < 1) return points;
  return points.map(({ x }, at) => {
    const reach = Math.min(half, at, points.length - 1 - at);
    const near = points.slice(at - reach, at + reach + 1);
    return { x, y: near.reduce((sum, { y }) => sum + y, 0) / near.length };
  });
}

export const smoothingWords = (window: number): string =>
  window > 1 ? `smoothed: mean of ${window} epochs` : 'not smoothed';
