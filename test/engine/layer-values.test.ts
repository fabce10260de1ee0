import { describe, expect, test } from 'vitest';
import type { LayerSpec } from '../../electron/domain/experiment.ts';
import type { Network } from '../../electron/engine/network.ts';
import { tf } from '../../electron/engine/tensorflow.ts';
import {
  conv,
  dense,
  distance,
  modelSpec,
  noiseImages,
  onNetwork,
  reconstructionOf,
  residual,
  setWeights,
  shapesOf,
  trainEagerly,
  trainingSpec,
  weightsByName,
} from './samples.ts';

/** An image of two pixels through a layer, which are the code. */
const rowOfTwo = (layer: LayerSpec) =>
  modelSpec({ inputShape: [1, 2, 1], encoder: [layer], code: { size: 2, activation: 'linear', variational: false } });

const identityCode = { 'code/kernel': [1, 0, 0, 1], 'code/bias': [0, 0] };
const blockWeights = {
  'encoder-1-first/kernel': [2],
  'encoder-1-second/kernel': [3],
  'encoder-1-second/bias': [10],
};

const codesOf = (network: Network, pixels: readonly number[]): number[] =>
  tf.tidy(() => [...(network.encoder.predict(tf.tensor([...pixels], [1, 1, 2, 1])) as tf.Tensor).dataSync()]);

describe('what a layer computes', () => {
  test('a convolution: padded with zeros, as many places as the stride leaves', () =>
    onNetwork(
      modelSpec({
        inputShape: [3, 3, 1],
        encoder: [conv(1, 3, 2, { activation: 'linear' })],
        code: { size: 4, activation: 'linear', variational: false },
      }),
      (network) => {
        const identity = Array.from({ length: 16 }, (_, index) => (index % 5 === 0 ? 1 : 0));
        setWeights(network, {
          'encoder-1/kernel': [1, 2, 3, 4, 5, 6, 7, 8, 9],
          'encoder-1/bias': [100],
          'code/kernel': identity,
          'code/bias': [0, 0, 0, 0],
        });
        const codes = tf.tidy(() =>
          (network.encoder.predict(tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1])) as tf.Tensor).dataSync(),
        );
        // Corners of 3 × 3: the kernel's middle on pixels 1, 3, 7 and 9.
        expect([...codes]).toEqual([
          100 + 5 * 1 + 6 * 2 + 8 * 4 + 9 * 5,
          100 + 4 * 2 + 5 * 3 + 7 * 5 + 8 * 6,
          100 + 2 * 4 + 3 * 5 + 5 * 7 + 6 * 8,
          100 + 1 * 5 + 2 * 6 + 4 * 8 + 5 * 9,
        ]);
      },
    ));

  test('a block that begins with its activation: what comes in is added as it is', () =>
    onNetwork(rowOfTwo(residual(1, 1, { preActivation: true, activation: 'relu' })), (network) => {
      setWeights(network, { ...identityCode, ...blockWeights, 'encoder-1-first/bias': [1] });
      // 3 · (2 · relu(x) + 1) + 10 + x
      expect(codesOf(network, [-1, 2])).toEqual([3 * 1 + 10 - 1, 3 * 5 + 10 + 2]);
    }));

  test('a block with a convolution beside it: what comes in is added as that makes it', () =>
    onNetwork(rowOfTwo(residual(1, 1, { channels: 1, activation: 'relu', plainSum: true })), (network) => {
      setWeights(network, {
        ...identityCode,
        ...blockWeights,
        'encoder-1-first/bias': [1],
        'encoder-1-shortcut/kernel': [5],
        'encoder-1-shortcut/bias': [7],
      });
      // 3 · relu(2x + 1) + 10 + 5x + 7
      expect(codesOf(network, [-1, 2])).toEqual([10 - 5 + 7, 3 * 5 + 10 + 10 + 7]);
    }));

  test('a block that begins with normalisation: of what comes in, and of what its first convolution gives', () =>
    onNetwork(rowOfTwo(residual(1, 1, { preActivation: true, activation: 'relu', batchNorm: true })), (network) => {
      const normalised = (name: string, gamma: number, beta: number) => ({
        [`${name}/gamma`]: [gamma],
        [`${name}/beta`]: [beta],
        [`${name}/moving_mean`]: [0],
        // With what is added to it, 1.
        [`${name}/moving_variance`]: [0.999],
      });
      setWeights(network, {
        ...identityCode,
        ...blockWeights,
        ...normalised('encoder-1-before-norm', 2, 1),
        ...normalised('encoder-1-first-norm', 1, 4),
      });
      // 3 · relu(2 · relu(2x + 1) + 4) + 10 + x
      const [first, second] = codesOf(network, [-1, 2]);
      expect(first).toBeCloseTo(3 * 4 + 10 - 1, 4);
      expect(second).toBeCloseTo(3 * 14 + 10 + 2, 4);
    }));

  test('the decoder of the codes is the autoencoder', () =>
    onNetwork(modelSpec({ inputShape: [7, 5, 1], encoder: [conv(2, 3, 2), dense(4)] }), (network) => {
      const images = noiseImages(3, [7, 5, 1]);
      const whole = reconstructionOf(network, images);
      const parts = tf.tidy(() => {
        const batch = tf.tensor4d(
          Float32Array.from(images.pixels, (pixel) => pixel / 255),
          [3, 7, 5, 1],
        );
        return (network.decoder.predict(network.encoder.predict(batch)) as tf.Tensor).dataSync();
      });
      expect(distance(parts, whole)).toBeLessThan(1e-6);
    }));

  test('two networks of one spec do not share weights, nor mix their gradients', () =>
    onNetwork(modelSpec(), (first) =>
      onNetwork(
        modelSpec(),
        (second) => {
          expect(shapesOf(first)).toEqual(shapesOf(second));
          const untouched = weightsByName(second);
          trainEagerly(first, trainingSpec(), noiseImages(4, [4, 3, 1]), [1]);
          expect(weightsByName(second)).toEqual(untouched);
          const { weights } = trainEagerly(second, trainingSpec(), noiseImages(4, [4, 3, 1]), [1]);
          expect(weights).not.toEqual(untouched);
        },
        2,
      ),
    ));
});
