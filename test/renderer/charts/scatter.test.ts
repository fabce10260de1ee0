import { describe, expect, it } from 'vitest';
import { labelColour } from '../../../renderer/charts/palette.ts';
import {
  centroidsOf,
  densestPlaces,
  innerLimits,
  limitsOf,
  project,
} from '../../../renderer/maths/scatter-geometry.ts';
import { coprimeStride } from '../../../renderer/charts/map/point-cloud.ts';

const columns = (...points: readonly (readonly [number, number])[]) => ({
  x: Float32Array.from(points, ([x]) => x),
  y: Float32Array.from(points, ([, y]) => y),
});

describe('limits', () => {
  it('hold all finite points', () => {
    expect(limitsOf(columns([-2, 5], [3, -1], [Number.NaN, 900]))).toEqual({
      left: -2,
      right: 3,
      bottom: -1,
      top: 900,
    });
  });

  it('give a side without extent some room, so that a 1-D code can be drawn', () => {
    expect(limitsOf(columns([1, 0], [4, 0]))).toEqual({ left: 1, right: 4, bottom: -0.5, top: 0.5 });
    // Nor has one where numbers differ by rounding alone.
    const rounded = limitsOf(columns([-1.4363, 0], [-1.4363001, 2]));
    expect(rounded.right - rounded.left).toBeCloseTo(1, 5);
    expect(limitsOf(columns())).toEqual({ left: -1, right: 1, bottom: -1, top: 1 });
  });
});

describe('projection', () => {
  it('puts the extremes on the margin, y upwards', () => {
    const points = columns([0, 0], [10, 20], [5, 10]);
    const placed = project(points, limitsOf(points), { width: 120, height: 70, margin: 10 });
    expect([...placed.x]).toEqual([10, 110, 60]);
    expect([...placed.y]).toEqual([60, 10, 35]);
  });
});

describe('centroids', () => {
  it('are the means of the classes that have points', () => {
    const points = columns([0, 0], [2, 4], [10, 10], [Number.NaN, 1]);
    expect(centroidsOf(points, Uint8Array.of(3, 3, 1, 1))).toEqual([
      { label: 1, x: 10, y: 10 },
      { label: 3, x: 1, y: 2 },
    ]);
  });
});

describe('the inner limits', () => {
  /** From 0 to 999 along x, on both sides of zero along y; then far out. */
  const crowd = Array.from({ length: 1_000 }, (_, at) => [at, at % 2 === 0 ? 1 : -1] as const);

  it('leave out what lies far out, and nothing else', () => {
    const far = innerLimits(columns(...crowd, [50_000, 0], [500, -1e9]));
    expect([far.left, far.bottom, far.top]).toEqual([0, -1.1, 1].map((value) => expect.closeTo(value, 5)));
    expect(far.right).toBeLessThan(1_060);
    expect(far.right).toBeGreaterThanOrEqual(999);
  });

  it('leave out one of a hundred and more, on the side that reaches further', () => {
    const some = crowd.slice(0, 150);
    const far = innerLimits(columns(...some, [-9_000, 0]));
    expect([far.left, far.right]).toEqual([expect.closeTo(-7.45), 149]);
    expect(innerLimits(columns(...some, [9_000, 0])).right).toBeLessThan(160);
    expect(innerLimits(columns(...some.slice(0, 90), [9_000, 0])).right).toBe(9_000);
  });

  it('are those of all points where none lies far out, and where there are few', () => {
    expect(innerLimits(columns(...crowd))).toEqual(limitsOf(columns(...crowd)));
    const few = columns([0, 0], [1, 1], [900, -900]);
    expect(innerLimits(few)).toEqual(limitsOf(few));
    expect(innerLimits(columns())).toEqual(limitsOf(columns()));
  });
});

describe('the densest places', () => {
  it('are where most of a class lies, not the middle between its parts', () => {
    const around = (x: number, y: number, count: number) =>
      Array.from({ length: count }, (_, at) => [x + 0.01 * at, y] as const);
    const points = columns(...around(0, 0, 5), ...around(10, 10, 8), ...around(10, 0, 3));
    const labels = Uint8Array.from([...Array(13).fill(4), ...Array(3).fill(2)]);
    const [two, four] = densestPlaces(points, labels);
    expect([two!.label, four!.label]).toEqual([2, 4]);
    expect([four!.x, four!.y]).toEqual([expect.closeTo(10.035, 3), 10]);
    expect([two!.x, two!.y]).toEqual([expect.closeTo(10.01, 3), 0]);
  });

  it('are nowhere for a class without finite points', () => {
    expect(densestPlaces(columns([Number.NaN, 1], [3, 4]), Uint8Array.of(0, 1))).toEqual([{ label: 1, x: 3, y: 4 }]);
  });
});

describe('the order of points', () => {
  it('visits every point once, whatever their number', () => {
    for (const count of [0, 1, 2, 3, 10, 256, 5_000]) {
      const stride = coprimeStride(count);
      const seen = new Set(Array.from({ length: count }, (_, step) => (step * stride) % count));
      expect(seen.size).toBe(count);
    }
  });
});

it('label colours come again after twelve', () => {
  expect(labelColour(0)).toEqual([0x3f, 0x90, 0xda]);
  expect(labelColour(21)).toEqual(labelColour(9));
});
