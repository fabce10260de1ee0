import { describe, expect, test } from 'vitest';
import type { PlainOp, PlainStep } from '../../../electron/model/export/plain-model.ts';
import { residualParts } from '../../../electron/model/import/residual-unit.ts';

const NONE = { top: 0, left: 0, bottom: 0, right: 0 };
const ONE = { top: 1, left: 1, bottom: 1, right: 1 };

const kernel = (values: number) => ({
  name: 'k',
  shape: [3, 3, 1, 1],
  data: new Float32Array(9).fill(values),
});

const op = (step: PlainStep, inputShape: readonly number[], shape = inputShape): PlainOp => ({
  ...step,
  name: step.kind,
  inputShape,
  shape,
});

const block = (ops: readonly PlainOp[]) =>
  residualParts(
    { kind: 'residual', name: 'sum', inputShape: [4, 4, 1], shape: [4, 4, 1], ops, shortcut: [] },
    (bend) => ({ activation: bend.kind === 'activation' ? bend.activation : 'prelu' }),
    'a',
  );

const one = (value: number) => ({ name: 'n', shape: [1], data: Float32Array.of(value) });

describe('a block of two convolutions', () => {
  const conv = op({ kind: 'conv', kernel: kernel(1), stride: 1, padding: ONE }, [4, 4, 1]);
  const bend = op({ kind: 'activation', activation: 'relu' }, [4, 4, 1]);
  const norm = op(
    { kind: 'batch-norm', scale: one(3), shift: one(0.5), mean: one(2), variance: one(3.99), epsilon: 0.01 },
    [4, 4, 1],
  );
  const pad = op({ kind: 'pad', padding: ONE }, [4, 4, 1], [6, 6, 1]);
  const bare = op({ kind: 'conv', kernel: kernel(1), stride: 1, padding: NONE }, [6, 6, 1], [4, 4, 1]);

  test('has zeros around an image as padding of the convolution behind them', () => {
    const { first, second, plainSum, activation } = block([pad, bare, bend, conv]);
    expect([first.padding, second.padding]).toEqual([ONE, ONE]);
    expect({ plainSum, activation }).toEqual({ plainSum: true, activation: 'relu' });
  });

  test('has a normalisation that only one of them has in its weights', () => {
    const { first, second, batchNorm } = block([conv, norm, bend, conv]);
    expect(batchNorm).toBe(false);
    // 3 / √4 of the kernel, and (0 - 2) · 1.5 + 0.5.
    expect([...first.kernel.data]).toEqual(new Array(9).fill(1.5));
    expect(first.bias!.data[0]).toBeCloseTo(-2.5, 6);
    expect(second.bias).toBe(undefined);
    expect(block([conv, norm, bend, conv, norm]).batchNorm).toBe(true);
  });

  test('begins with its activation where that is the one between them', () => {
    const { before, plainSum, batchNorm, activation } = block([bend, conv, bend, conv]);
    expect({ before, plainSum, batchNorm, activation }).toEqual({
      before: {},
      plainSum: true,
      batchNorm: false,
      activation: 'relu',
    });
    // Only the convolution before the second activation is normalised: that goes into its weights.
    const { first, ...half } = block([bend, conv, norm, bend, conv]);
    expect([first.norm, half.batchNorm, first.kernel.data[0]]).toEqual([undefined, false, 1.5]);
  });

  test('begins with normalisation where both activations are normalised, or may be by one that changes nothing', () => {
    const whole = block([norm, bend, conv, norm, bend, conv, norm]);
    expect(whole.batchNorm).toBe(true);
    expect(whole.before!.norm).toBe(norm);
    expect(whole.first.norm).toBe(norm);
    // Behind the last convolution the app has none: it goes into its weights.
    expect([whole.second.norm, whole.second.kernel.data[0]]).toEqual([undefined, 1.5]);
    const fused = block([norm, bend, conv, bend, conv]);
    expect(fused.batchNorm).toBe(true);
    const { scale, shift, mean, variance, epsilon } = fused.first.norm as Extract<PlainStep, { kind: 'batch-norm' }>;
    expect([scale, shift, mean, variance].map(({ data }) => [...data])).toEqual([[1], [0], [0], [1]]);
    expect(epsilon).toBe(0);
  });

  test('of a single convolution has a second one that changes nothing', () => {
    const { first, second, plainSum, activation, batchNorm } = block([conv, norm, bend]);
    expect({ plainSum, activation, batchNorm }).toEqual({ plainSum: true, activation: 'relu', batchNorm: false });
    expect([first.kernel.data[0], [...second.kernel.data], second.kernel.shape]).toEqual([1.5, [1], [1, 1, 1, 1]]);
    expect(block([conv])).toMatchObject({ activation: 'linear', plainSum: false });
  });

  test.each([
    ['begins with normalisation alone', [norm, conv, bend, conv]],
    ['has another activation before', [op({ kind: 'activation', activation: 'elu' }, [4, 4, 1]), conv, bend, conv]],
    ['has an activation before alone', [bend, conv, conv]],
    ['has four convolutions', [conv, bend, conv, bend, conv, bend, conv]],
    [
      'has three convolutions and another activation',
      [conv, bend, conv, op({ kind: 'activation', activation: 'elu' }, [4, 4, 1]), conv],
    ],
  ])('is refused where it %s', (_, ops) => {
    const kinds = ops.map(({ kind }) => kind).join(', ');
    expect(() => block(ops)).toThrow(
      `a: sum: expected one layer after another, or blocks of two or three convolutions, the last of stride 1, with an activation between, or the same before each, found a sum with what ${kinds} make of it: put such blocks in its place, or leave the sum out, and train it on.`,
    );
  });
});
