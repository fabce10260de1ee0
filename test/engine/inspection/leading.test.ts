import { expect, test } from 'vitest';
import { leadingOf } from '../../../electron/engine/inspection/leading.ts';
import { randomFrom } from '../../random.ts';
import { expectNoLeak } from '../no-leak.ts';

test('the leading components stand upright on each other, each as long as 1, with the variance along it', () =>
  expectNoLeak(() => {
    const random = randomFrom(2);
    // Along (3, 4, 0), ten times as far as along (4, -3, 0); nothing along the third.
    const [long, short] = [
      [0.6, 0.8, 0],
      [0.8, -0.6, 0],
    ];
    const rows = Array.from({ length: 500 }, () => {
      const [a, b] = [random() - 0.5, (random() - 0.5) / 10];
      return Float32Array.from([0, 1, 2], (axis) => 5 + a * long[axis]! + b * short[axis]!);
    });
    const { mean, components, variances } = leadingOf(rows, 2);
    const [first, second] = [components.subarray(0, 3), components.subarray(3)];
    const along = (a: Float32Array, b: ArrayLike<number>): number => a.reduce((sum, x, at) => sum + x * b[at]!, 0);
    expect([along(first, first), along(second, second)]).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
    expect(along(first, second)).toBeCloseTo(0, 5);
    expect([Math.abs(along(first, long)), Math.abs(along(second, short))]).toEqual([
      expect.closeTo(1, 3),
      expect.closeTo(1, 3),
    ]);
    for (const [component, variance] of [
      [first, variances[0]!],
      [second, variances[1]!],
    ] as const) {
      const places = rows.map((row) => along(component, row) - along(component, mean));
      expect(variance / (places.reduce((sum, place) => sum + place ** 2, 0) / rows.length)).toBeCloseTo(1, 4);
    }
  }));
