import { describe, expect, test } from 'vitest';
import { tf } from '../../electron/engine/tensorflow.ts';
import {
  conv,
  dense,
  distance,
  modelSpec,
  noiseImages,
  onNetwork,
  reconstructionOf,
  setWeights,
  shapesOf,
  trainEagerly,
  trainingSpec,
  weightsByName,
} from './samples.ts';

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
