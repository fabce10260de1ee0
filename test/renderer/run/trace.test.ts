import { describe, expect, it } from 'vitest';
import { emptyTrace, MOST_POINTS, traced } from '../../../renderer/run/trace.ts';

function grown(count: number) {
  let trace = emptyTrace;
  for (let x = 1; x <= count; x++) trace = traced(trace, { x, y: 2 * x });
  return trace;
}

describe('a growing line', () => {
  it('keeps every point while they are few', () => {
    expect(grown(MOST_POINTS).points).toHaveLength(MOST_POINTS);
  });

  it('stays short and evenly spaced however long it grows, with both its ends', () => {
    const { points } = grown(20_000);
    expect(points.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(points.length).toBeGreaterThan(MOST_POINTS / 4);
    expect(points[0]).toEqual({ x: 1, y: 2 });
    expect(points.at(-1)).toEqual({ x: 20_000, y: 40_000 });
    const gaps = points.slice(1, -1).map(({ x }, index) => x - points[index]!.x);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(4 * Math.min(...gaps));
  });

  it('goes only forwards, and leaves out what is not finite', () => {
    const trace = grown(3);
    expect(traced(trace, { x: 3, y: 0 })).toBe(trace);
    expect(traced(trace, { x: 2, y: 0 })).toBe(trace);
    expect(traced(trace, { x: 4, y: Number.NaN })).toBe(trace);
  });
});
