import { describe, expect, test } from 'vitest';
import { fitPlane, placesOn } from '../../electron/engine/plane.ts';
import { normal, randomFrom } from '../random.ts';
import { expectNoLeak } from './no-leak.ts';
import { distance } from './samples.ts';

/** A cloud around (1, 2, 3, …) that spreads most along unit 2, then along unit 0. */
function cloud(count: number, size: number, random: () => number): Float32Array {
  const spread = (unit: number): number => (unit === 2 ? 9 : unit === 0 ? 3 : 0.1);
  return Float32Array.from({ length: count * size }, (_, index) => {
    const unit = index % size;
    return unit + 1 + spread(unit) * normal(random);
  });
}

describe('the plane of codes', () => {
  test('one and two dimensions are their own plane', () => {
    expect(fitPlane(Float32Array.of(5, 6), 1)).toEqual({
      origin: Float32Array.of(0),
      axes: [Float32Array.of(1), Float32Array.of(0)],
    });
    const plane = fitPlane(Float32Array.of(5, 6), 2);
    expect(plane.axes).toEqual([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
    expect(placesOn(plane, Float32Array.of(5, 6, 7, 8), 2)).toEqual({
      x: Float32Array.of(5, 7),
      y: Float32Array.of(6, 8),
    });
    expect(placesOn(fitPlane(Float32Array.of(5), 1), Float32Array.of(5, 7), 1)).toEqual({
      x: Float32Array.of(5, 7),
      y: Float32Array.of(0, 0),
    });
  });

  test('lies along the two largest spreads, through the mean, its axes pointing up', () =>
    expectNoLeak(() => {
      const codes = cloud(4_000, 5, randomFrom(1));
      const { origin, axes } = fitPlane(codes, 5);
      expect(distance(origin, [1, 2, 3, 4, 5])).toBeLessThan(0.1);
      expect(axes[0][2]).toBeCloseTo(1, 2);
      expect(axes[1][0]).toBeCloseTo(1, 2);
      const dot = axes[0].reduce((sum, value, unit) => sum + value * axes[1][unit]!, 0);
      expect(dot).toBeCloseTo(0, 5);
    }));

  test('a point of the plane is origin + x · first axis + y · second axis', () =>
    expectNoLeak(() => {
      const plane = fitPlane(cloud(300, 6, randomFrom(2)), 6);
      const code = plane.origin.map((value, unit) => value + 2 * plane.axes[0][unit]! - 3 * plane.axes[1][unit]!);
      const { x, y } = placesOn(plane, code, 6);
      expect(x[0]).toBeCloseTo(2, 4);
      expect(y[0]).toBeCloseTo(-3, 4);
    }));

  test('equal codes lie on its origin', () =>
    expectNoLeak(() => {
      const codes = new Float32Array(40).fill(0.5);
      const { x, y } = placesOn(fitPlane(codes, 4), codes, 4);
      expect([...x, ...y].every((value) => Math.abs(value) < 1e-6)).toBe(true);
    }));

  test('refuses codes that are no numbers', () =>
    expectNoLeak(() => {
      expect(() => fitPlane(Float32Array.of(1, 2, Number.NaN, 4, 5, 6), 3)).toThrow(
        expect.objectContaining({
          code: 'engine-failed',
          message: 'The codes are no longer finite numbers. Try a smaller learning rate.',
        }),
      );
    }));
});
