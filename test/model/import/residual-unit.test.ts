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
    { kind: 'residual', name: 'sum', inputShape: [4, 4, 1], shape: [4, 4, 1], ops },
    () => ({ activation: 'relu' }),
    'a',
  );

describe('a block of two convolutions', () => {
  const conv = op({ kind: 'conv', kernel: kernel(1), stride: 1, padding: ONE }, [4, 4, 1]);
  const bend = op({ kind: 'activation', activation: 'relu' }, [4, 4, 1]);
  const pad = op({ kind: 'pad', padding: ONE }, [4, 4, 1], [6, 6, 1]);
  const bare = op({ kind: 'conv', kernel: kernel(1), stride: 1, padding: NONE }, [6, 6, 1], [4, 4, 1]);

  test('has zeros around an image as padding of the convolution behind them', () => {
    const { first, second, plainSum, activation } = block([pad, bare, bend, conv]);
    expect([first.padding, second.padding]).toEqual([ONE, ONE]);
    expect({ plainSum, activation }).toEqual({ plainSum: true, activation: 'relu' });
  });

  test('has a normalisation that only one of them has in its weights', () => {
    const of = (value: number) => ({ name: 'n', shape: [1], data: Float32Array.of(value) });
    const norm = op(
      { kind: 'batch-norm', scale: of(3), shift: of(0.5), mean: of(2), variance: of(3.99), epsilon: 0.01 },
      [4, 4, 1],
    );
    const { first, second, batchNorm } = block([conv, norm, bend, conv]);
    expect(batchNorm).toBe(false);
    // 3 / √4 of the kernel, and (0 - 2) · 1.5 + 0.5.
    expect([...first.kernel.data]).toEqual(new Array(9).fill(1.5));
    expect(first.bias!.data[0]).toBeCloseTo(-2.5, 6);
    expect(second.bias).toBe(undefined);
    expect(block([conv, norm, bend, conv, norm]).batchNorm).toBe(true);
  });

  test('is refused where it begins with another layer', () => {
    expect(() => block([bend, conv, bend, conv])).toThrow(
      'a: sum: expected one layer after another, or blocks of two convolutions of stride 1 with an activation between, found a sum with what activation, conv, activation, conv make of it: put such blocks in its place, or leave the sum out, and train it on.',
    );
  });
});
