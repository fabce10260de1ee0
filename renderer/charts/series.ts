export interface Point {
  readonly x: number;
  readonly y: number;
}

export type SeriesRole = 'batch' | 'training' | 'validation' | 'article' | 'pca' | 'mean-image';

/** One line of the loss curve; x is in epochs, steps or seconds. */
export interface Series {
  readonly role: SeriesRole;
  /** Stands at the line's end. */
  readonly name: string;
  readonly points: readonly Point[];
  /** Its unit is not that of the cost. */
  readonly axis?: 'right';
  /** Index of its best point. */
  readonly best?: number;
}

/** What the axes of a loss curve must hold. */
export type ValueLimits = readonly [least: number, most: number];

/** How far below PCA, and above the mean image, an axis reaches before there is anything to draw: factors. */
const BELOW = 1.5;
const ABOVE = 1.2;

/**
 * The values that an axis shows: of everything on it but the batches, whose first would stretch it a hundredfold for one point;
 * they leave the picture at its top. Undefined where there is nothing to show.
 */
export function valueLimits(all: readonly Series[], axis: Series['axis']): ValueLimits | undefined {
  const own = all.filter((series) => series.axis === axis);
  const calm = own.filter(({ role, points }) => role !== 'batch' && points.length > 0);
  const values = (calm.length > 0 ? calm : own)
    .flatMap(({ points }) => points.map(({ y }) => y))
    .filter((value) => Number.isFinite(value) && value > 0);
  if (values.length === 0) return undefined;
  let [least, most] = [Infinity, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const at = (wanted: SeriesRole) => own.find(({ role }) => role === wanted)?.points[0]?.y;
  const [pca, mean] = [at('pca'), at('mean-image')];
  return [
    pca !== undefined && pca > 0 ? Math.min(least, pca / BELOW) : least,
    mean === undefined ? most : Math.max(most, mean * ABOVE),
  ];
}

/** What stands at a place on the x axis: of each line with a course its nearest point, of the fixed ones their value. */
export function readAt(all: readonly Series[], x: number): readonly (Point & Pick<Series, 'role' | 'name'>)[] {
  return all.flatMap(({ role, name, points }) => {
    const nearest = nearestPoint(points, x);
    return nearest === undefined ? [] : [{ role, name, ...nearest }];
  });
}

/** By halving: points ascend in x. */
function nearestPoint(points: readonly Point[], x: number): Point | undefined {
  let [low, high] = [0, points.length - 1];
  if (high < 0) return undefined;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x < x) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [points[low - 1], points[low]!];
  return before !== undefined && x - before.x < after.x - x ? before : after;
}
