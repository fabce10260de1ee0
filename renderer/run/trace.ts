export interface TracePoint {
  readonly x: number;
  readonly y: number;
}

/** A line that grows while it is drawn, its points evenly thinned out along x so that they stay few. */
export interface Trace {
  readonly points: readonly TracePoint[];
  /** The least distance along x; the newest point alone may lie closer. */
  readonly spacing: number;
}

/** More points than a curve has pixels only cost time. */
export const MOST_POINTS = 600;

export const emptyTrace: Trace = { points: [], spacing: 0 };

/** The trace with one more point; one that goes back along x, or is not finite, is left out. */
export function traced(trace: Trace, point: TracePoint): Trace {
  const { points, spacing } = trace;
  const last = points.at(-1);
  if (!Number.isFinite(point.x) || !Number.isFinite(point.y) || (last && point.x <= last.x)) return trace;
  const before = points.at(-2);
  const close = before !== undefined && last !== undefined && last.x - before.x < spacing;
  const next = [...(close ? points.slice(0, -1) : points), point];
  return next.length > MOST_POINTS ? thinned(next) : { points: next, spacing };
}

function thinned(points: readonly TracePoint[]): Trace {
  const [first, last] = [points[0]!, points.at(-1)!];
  const spacing = (2 * (last.x - first.x)) / MOST_POINTS;
  const kept: TracePoint[] = [];
  for (const point of points) {
    const previous = kept.at(-1);
    if (!previous || point.x - previous.x >= spacing || point === last) kept.push(point);
  }
  return { points: kept, spacing };
}
