import { expect, test } from 'vitest';
import { fitRidge, type EachBlock } from '../../../electron/engine/start/ridge.ts';
import { tf } from '../../../electron/engine/tensorflow.ts';
import { normal, randomFrom } from '../../random.ts';
import { expectNoLeak } from '../no-leak.ts';

/** y = 3 x₀ − 2 x₁ + 5, and noise; in blocks of fifty rows. */
function rows(count: number, seed: number, noise: number, about: (x: readonly number[]) => number): EachBlock {
  return (visit) => {
    const random = randomFrom(seed);
    for (let first = 0; first < count; first += 50) {
      const x = Array.from({ length: 50 }, () => [10 + normal(random), normal(random)]);
      const y = x.map((row) => [about(row) + noise * normal(random)]);
      tf.tidy(() => visit({ predictors: tf.tensor2d(x), targets: tf.tensor2d(y) }));
    }
    return Promise.resolve();
  };
}

const line = ([a = 0, b = 0]: readonly number[]): number => 3 * a - 2 * b + 5;

test('finds a line and its constant, and says what is left on other rows', () =>
  expectNoLeak(async () => {
    const centre = tf.tensor1d([9, 0]);
    const ridge = await fitRidge(rows(500, 1, 0.1, line), rows(200, 2, 0.1, line), centre);
    const [kernel, bias] = [ridge.kernel.dataSync(), ridge.bias.dataSync()];
    expect(kernel[0]).toBeCloseTo(3, 1);
    expect(kernel[1]).toBeCloseTo(-2, 1);
    expect(bias[0]).toBeCloseTo(5, 0);
    expect(ridge.error).toBeCloseTo(0.01, 2);
    expect(ridge.errorOfNone).toBeGreaterThan(1_000);
    tf.dispose([centre, ridge.kernel, ridge.bias]);
  }));

test('held-out rows of another rule ask for the strongest ridge', () =>
  expectNoLeak(async () => {
    const centre = tf.tensor1d([10, 0]);
    const noise = (): number => 0;
    const ridge = await fitRidge(
      rows(100, 1, 0, ([a = 0]) => a - 10),
      rows(100, 2, 0.1, noise),
      centre,
    );
    expect(Math.abs(ridge.kernel.dataSync()[0]!)).toBeLessThan(0.6);
    tf.dispose([centre, ridge.kernel, ridge.bias]);
  }));
