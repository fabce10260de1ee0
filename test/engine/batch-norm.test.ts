import { describe, expect, test } from 'vitest';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { forwardTraining, NoiseStreams } from '../../electron/engine/forward.ts';
import { encodeImages } from '../../electron/engine/inference.ts';
import { imageTensor } from '../../electron/engine/images.ts';
import type { Network } from '../../electron/engine/network.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import {
  breathe,
  conv,
  dense,
  distance,
  modelSpec,
  noiseImages,
  onNetwork,
  setWeights,
  trainEagerly,
  trainingSpec,
  weightsByName,
} from './samples.ts';

const EPSILON = 1e-3;
const MOMENTUM = 0.99;
const spec = modelSpec({ encoder: [dense(3, { activation: 'tanh', batchNorm: true })] });
const images = noiseImages(8, [4, 3, 1]);
const rows = Array.from({ length: 8 }, (_, row) =>
  Array.from(images.pixels.subarray(row * 12, row * 12 + 12), (pixel) => pixel / 255),
);

/** The layer before normalisation: it has no bias of its own. */
function products(network: Network): number[][] {
  const kernel = weightsByName(network)['encoder-1/kernel']!;
  return rows.map((row) =>
    [0, 1, 2].map((unit) => row.reduce((sum, value, index) => sum + value * kernel[index * 3 + unit]!, 0)),
  );
}

function statistics(values: readonly number[][]): { readonly mean: number[]; readonly variance: number[] } {
  const mean = [0, 1, 2].map((unit) => values.reduce((sum, row) => sum + row[unit]!, 0) / values.length);
  const variance = [0, 1, 2].map(
    (unit) => values.reduce((sum, row) => sum + (row[unit]! - mean[unit]!) ** 2, 0) / values.length,
  );
  return { mean, variance };
}

function trainingFeatures(network: Network, given: ImageColumns): Float32Array {
  return valuesOf(
    () =>
      forwardTraining(network.encoderLayers, imageTensor(given), new NoiseStreams(tf.tensor1d([1, 0], 'int32'))).output,
  );
}

describe('batch normalisation', () => {
  test('takes the bias’s place, and starts as the identity', () =>
    onNetwork(spec, (network) => {
      const names = network.weights.map(({ name, trainable }) => `${name} ${trainable}`);
      expect(names.slice(0, 5)).toEqual([
        'encoder-1/kernel true',
        'encoder-1-norm/gamma true',
        'encoder-1-norm/beta true',
        'encoder-1-norm/moving_mean false',
        'encoder-1-norm/moving_variance false',
      ]);
      const weights = weightsByName(network);
      expect([...weights['encoder-1-norm/gamma']!]).toEqual([1, 1, 1]);
      expect([...weights['encoder-1-norm/beta']!]).toEqual([0, 0, 0]);
      expect([...weights['encoder-1-norm/moving_mean']!]).toEqual([0, 0, 0]);
      expect([...weights['encoder-1-norm/moving_variance']!]).toEqual([1, 1, 1]);
    }));

  test('in training uses the batch’s own mean and variance, before the activation', () =>
    onNetwork(spec, (network) => {
      setWeights(network, { 'encoder-1-norm/gamma': [1, 2, -0.5], 'encoder-1-norm/beta': [0, 0.3, 1] });
      const values = products(network);
      const { mean, variance } = statistics(values);
      const expected = values.flatMap((row) =>
        row.map((value, unit) => {
          const normal = (value - mean[unit]!) / Math.sqrt(variance[unit]! + EPSILON);
          return Math.tanh(normal * [1, 2, -0.5][unit]! + [0, 0.3, 1][unit]!);
        }),
      );
      expect(distance(trainingFeatures(network, images), expected)).toBeLessThan(1e-5);
    }));

  test('moves its statistics by a hundredth a step, toward the batch’s', () =>
    onNetwork(spec, (network) => {
      const { mean, variance } = statistics(products(network));
      const twice = { ...images, count: 16, pixels: Buffer.concat([images.pixels, images.pixels]) };
      // Rate zero: the kernel stays, so both batches have the same statistics.
      const { weights } = trainEagerly(network, trainingSpec(), twice, [0, 0]);
      const moved = (start: number, toward: number): number => toward + (start - toward) * MOMENTUM ** 2;
      expect(
        distance(
          weights['encoder-1-norm/moving_mean']!,
          mean.map((value) => moved(0, value)),
        ),
      ).toBeLessThan(1e-5);
      expect(
        distance(
          weights['encoder-1-norm/moving_variance']!,
          variance.map((value) => moved(1, value)),
        ),
      ).toBeLessThan(1e-5);
    }));

  test('outside training uses the moving statistics', () =>
    onNetwork(spec, async (network) => {
      setWeights(network, {
        'encoder-1-norm/moving_mean': [0.2, -0.1, 0.4],
        'encoder-1-norm/moving_variance': [0.5, 2, 1],
      });
      const weights = weightsByName(network);
      const codes = products(network).flatMap((row) => {
        const hidden = row.map((value, unit) =>
          Math.tanh((value - [0.2, -0.1, 0.4][unit]!) / Math.sqrt([0.5, 2, 1][unit]! + EPSILON)),
        );
        return [0, 1, 2].map((unit) => {
          const sum = hidden.reduce(
            (total, value, index) => total + value * weights['code/kernel']![index * 3 + unit]!,
            weights['code/bias']![unit]!,
          );
          return 1 / (1 + Math.exp(-sum));
        });
      });
      expect(distance(await encodeImages(network, images, breathe), codes)).toBeLessThan(1e-5);
    }));

  test('of a convolution normalises each channel over images and places', () =>
    onNetwork(modelSpec({ encoder: [conv(2, 3, 1, { activation: 'linear', batchNorm: true })] }), (network) => {
      // 8 images × 4 × 3 places × 2 channels, flattened for the code.
      const features = trainingFeatures(network, images);
      for (const channel of [0, 1]) {
        const values = features.filter((_, index) => index % 2 === channel);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
        expect(mean).toBeCloseTo(0, 5);
        expect(variance).toBeCloseTo(1, 1);
      }
    }));

  test('of a batch of one image neither divides by zero nor spreads', () =>
    onNetwork(spec, (network) => {
      const { costs, weights } = trainEagerly(network, trainingSpec(), noiseImages(1, [4, 3, 1]), [0.1]);
      expect(Number.isFinite(costs[0])).toBe(true);
      for (const values of Object.values(weights)) expect(values.every(Number.isFinite)).toBe(true);
    }));
});
