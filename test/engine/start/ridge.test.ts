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
    const weights = ridge.weights();
    const [kernel, bias] = [weights.kernel.dataSync(), weights.bias.dataSync()];
    expect(kernel[0]).toBeCloseTo(3, 1);
    expect(kernel[1]).toBeCloseTo(-2, 1);
    expect(bias[0]).toBeCloseTo(5, 0);
    expect(ridge.error).toBeCloseTo(0.01, 2);
    expect(ridge.errorOfNone).toBeGreaterThan(1_000);
    expect(ridge.helps).toBe(true);
    tf.dispose([centre, weights.kernel, weights.bias]);
    ridge.dispose();
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
    const { kernel, bias } = ridge.weights();
    expect(Math.abs(kernel.dataSync()[0]!)).toBeLessThan(0.6);
    tf.dispose([centre, kernel, bias]);
    ridge.dispose();
  }));

test('one held-out row that is told better is no proof', () =>
  expectNoLeak(async () => {
    const centre = tf.tensor1d([10, 0]);
    let row = -1;
    const oneFarOut = ([a = 0]: readonly number[]): number => ((row += 1) === 0 ? 500 * (a - 10) : 0);
    const ridge = await fitRidge(
      rows(100, 1, 0, ([a = 0]) => a - 10),
      (visit) => {
        row = -1;
        return rows(50, 2, 0, oneFarOut)(visit);
      },
      centre,
    );
    expect(ridge.error).toBeLessThan(ridge.errorOfNone);
    expect(ridge.helps).toBe(false);
    centre.dispose();
    ridge.dispose();
  }));

test('of very many values some choose the strength, and all are predicted and counted', () =>
  expectNoLeak(async () => {
    const centre = tf.tensor1d([10, 0]);
    const values = 5_000;
    const many = (each: EachBlock): EachBlock => {
      const weights = Array.from({ length: values }, (_, value) => value % 3);
      return (visit) =>
        each(({ predictors, targets }) => visit({ predictors, targets: tf.mul(targets, [weights]) as tf.Tensor2D }));
    };
    const ridge = await fitRidge(many(rows(500, 1, 0.1, line)), many(rows(200, 2, 0.1, line)), centre);
    const { kernel, bias } = ridge.weights();
    const last = tf.tidy(() => tf.slice(kernel, [0, values - 3], [2, 3]).arraySync() as number[][]);
    expect(last[0]!.map((weight) => Math.round(weight))).toEqual([6, 0, 3]);
    // A third of the values has the noise's variance, a third four times as much.
    expect(ridge.error / ((values * 0.01 * 5) / 3)).toBeCloseTo(1, 0);
    tf.dispose([centre, kernel, bias]);
    ridge.dispose();
  }));
