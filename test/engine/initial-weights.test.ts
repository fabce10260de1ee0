import { describe, expect, test } from 'vitest';
import { initialisers, type ModelSpec } from '../../electron/domain/experiment.ts';
import { conv, dense, modelSpec, onNetwork, weightsByName } from './samples.ts';

const big = (changes: Partial<ModelSpec>): ModelSpec =>
  modelSpec({
    inputShape: [20, 20, 1],
    encoder: [dense(300)],
    code: { size: 100, activation: 'linear', variational: false },
    ...changes,
  });

function spread(values: Float32Array): { readonly mean: number; readonly deviation: number; readonly most: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {
    mean,
    deviation: Math.sqrt(variance),
    most: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  };
}

describe('standard-normal', () => {
  test('kernels and biases are N(0, 1), as in the article', () =>
    onNetwork(big({ initialiser: 'standard-normal' }), (network) => {
      for (const [name, values] of Object.entries(weightsByName(network))) {
        const { mean, deviation } = spread(values);
        expect(Math.abs(mean), name).toBeLessThan(4.5 / Math.sqrt(values.length));
        expect(Math.abs(deviation - 1), name).toBeLessThan(4.5 / Math.sqrt(2 * values.length));
      }
    }));
});

describe('glorot-uniform', () => {
  test('fills ± √(6 / (fan in + fan out)), biases zero', () =>
    onNetwork(big({ initialiser: 'glorot-uniform' }), (network) => {
      const weights = weightsByName(network);
      const limits = { 'encoder-1': 700, code: 400, 'decoder-1': 400, output: 700 };
      for (const [layer, fans] of Object.entries(limits)) {
        const limit = Math.sqrt(6 / fans);
        const { mean, deviation, most } = spread(weights[`${layer}/kernel`]!);
        expect(most, layer).toBeLessThanOrEqual(limit);
        expect(most, layer).toBeGreaterThan(0.999 * limit);
        expect(deviation / (limit / Math.sqrt(3)), layer).toBeCloseTo(1, 1.9);
        expect(Math.abs(mean), layer).toBeLessThan(limit / 50);
        expect(
          weights[`${layer}/bias`]!.every((value) => value === 0),
          layer,
        ).toBe(true);
      }
    }));

  test('a convolution’s fans count its field; a transposed one’s are the other way round', () =>
    onNetwork(
      modelSpec({ inputShape: [8, 8, 3], encoder: [conv(64, 5, 2), conv(32, 3, 2)], initialiser: 'glorot-uniform' }),
      (network) => {
        const weights = weightsByName(network);
        const limits = {
          'encoder-1': 25 * 3 + 25 * 64,
          'encoder-2': 9 * 64 + 9 * 32,
          'decoder-2': 9 * 32 + 9 * 64,
          output: 25 * 64 + 25 * 3,
        };
        for (const [layer, fans] of Object.entries(limits)) {
          const { most } = spread(weights[`${layer}/kernel`]!);
          expect(most / Math.sqrt(6 / fans), layer).toBeCloseTo(1, 2);
        }
      },
    ));
});

describe('he-normal', () => {
  test('has the variance 2 / fan in', () =>
    onNetwork(big({ initialiser: 'he-normal' }), (network) => {
      const weights = weightsByName(network);
      for (const [layer, fanIn] of Object.entries({ 'encoder-1': 400, code: 300, 'decoder-1': 100, output: 300 })) {
        const { deviation } = spread(weights[`${layer}/kernel`]!);
        expect(deviation / Math.sqrt(2 / fanIn), layer).toBeCloseTo(1, 1.7);
        expect(
          weights[`${layer}/bias`]!.every((value) => value === 0),
          layer,
        ).toBe(true);
      }
    }));

  test('of a transposed convolution counts what comes in', () =>
    onNetwork(
      modelSpec({ inputShape: [8, 8, 1], encoder: [conv(16, 3, 1), conv(128, 5, 2)], initialiser: 'he-normal' }),
      (network) => {
        const weights = weightsByName(network);
        // decoder-2 takes 128 channels in and gives 16.
        expect(spread(weights['decoder-2/kernel']!).deviation / Math.sqrt(2 / (25 * 128))).toBeCloseTo(1, 1.7);
        expect(spread(weights['encoder-2/kernel']!).deviation / Math.sqrt(2 / (25 * 16))).toBeCloseTo(1, 1.7);
      },
    ));
});

describe('their sisters', () => {
  /** Fan in and fan out of each layer. */
  const fans = { 'encoder-1': [400, 300], code: [300, 100], 'decoder-1': [100, 300], output: [300, 400] } as const;

  test.each<[ModelSpec['initialiser'], (fanIn: number, fanOut: number) => number]>([
    ['glorot-normal', (fanIn, fanOut) => 2 / (fanIn + fanOut)],
    ['he-uniform', (fanIn) => 2 / fanIn],
    ['lecun-normal', (fanIn) => 1 / fanIn],
  ])('%s has its variance and its shape, biases zero', (initialiser, variance) =>
    onNetwork(big({ initialiser }), (network) => {
      const weights = weightsByName(network);
      for (const [layer, [fanIn, fanOut]] of Object.entries(fans)) {
        const { mean, deviation, most } = spread(weights[`${layer}/kernel`]!);
        expect(deviation / Math.sqrt(variance(fanIn, fanOut)), layer).toBeCloseTo(1, 1.7);
        expect(Math.abs(mean) / deviation, layer).toBeLessThan(0.03);
        // A uniform number ends at √3 deviations; of so many normal ones some lie beyond three.
        if (initialiser === 'he-uniform') expect(most / deviation, layer).toBeCloseTo(Math.sqrt(3), 1);
        else expect(most / deviation, layer).toBeGreaterThan(3);
        expect(
          weights[`${layer}/bias`]!.every((value) => value === 0),
          layer,
        ).toBe(true);
      }
    }),
  );
});

describe('the seed', () => {
  test.each(initialisers)('%s: one seed gives equal weights, another others', (initialiser) => {
    const spec = modelSpec({ initialiser, encoder: [dense(5), dense(5)] });
    let first: Record<string, Float32Array>;
    const remember = onNetwork(spec, (network) => void (first = weightsByName(network)), 7);
    return remember
      .then(() => onNetwork(spec, (network) => expect(weightsByName(network)).toEqual(first), 7))
      .then(() =>
        onNetwork(
          spec,
          (network) => {
            const other = weightsByName(network);
            for (const [name, values] of Object.entries(first)) {
              if (name.endsWith('kernel')) expect(other[name], name).not.toEqual(values);
            }
          },
          8,
        ),
      );
  });

  test('layers of one shape do not begin alike', () =>
    onNetwork(
      modelSpec({
        encoder: [dense(12), dense(12), dense(12)],
        code: { size: 12, activation: 'linear', variational: true },
      }),
      (network) => {
        const kernels = Object.entries(weightsByName(network)).filter(([name]) => name.endsWith('kernel'));
        expect(kernels).toHaveLength(9);
        expect(new Set(kernels.map(([, values]) => values.subarray(0, 12).join())).size).toBe(9);
      },
    ));

  test('the largest seed works', () =>
    onNetwork(
      modelSpec(),
      (network) => expect(weightsByName(network)['code/kernel']!.every(Number.isFinite)).toBe(true),
      2_147_483_647,
    ));
});
