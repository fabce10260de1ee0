import { describe, expect, test } from 'vitest';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import { startOnData } from '../../../electron/engine/start/data-start.ts';
import { forwardInference } from '../../../electron/engine/forward.ts';
import { imageTensor } from '../../../electron/engine/images.ts';
import type { Network } from '../../../electron/engine/network.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { conv, dense, modelSpec, noiseImages, onNetwork, reconstructionOf, weightsByName } from '../samples.ts';

const spec = (changes: Partial<ModelSpec>): ModelSpec =>
  modelSpec({ inputShape: [8, 8, 1], initialiser: 'glorot-uniform', ...changes });

/** Bright images: whatever is not centred is far from zero. */
const images = (() => {
  const noise = noiseImages(200, [8, 8, 1]);
  return { ...noise, pixels: noise.pixels.map((pixel) => 180 + pixel / 4) };
})();

/** Of what the encoder's first layers make of the images. */
function momentsAfter(network: Network, layers: number): { readonly mean: number; readonly variance: number } {
  const values = valuesOf(() => {
    const found = forwardInference(network.encoderLayers.slice(0, layers), imageTensor(images));
    const { mean, variance } = tf.moments(
      found,
      Array.from({ length: found.rank - 1 }, (_, axis) => axis),
    );
    return tf.stack([tf.max(tf.abs(mean)), tf.mean(variance)]);
  });
  return { mean: values[0]!, variance: values[1]! };
}

describe('a start on the data', () => {
  test.each<[string, ModelSpec, number]>([
    ['dense', spec({ encoder: [dense(30, { activation: 'linear' })] }), 2],
    ['conv', spec({ encoder: [conv(6, 3, 2, { activation: 'linear' })] }), 1],
    ['second', spec({ encoder: [dense(30, { activation: 'relu' }), dense(20, { activation: 'linear' })] }), 3],
  ])('%s layers get mean zero and variance one', (_name, model, layers) =>
    onNetwork(model, (network) => {
      startOnData(network, images, 1);
      const { mean, variance } = momentsAfter(network, layers);
      expect(mean).toBeLessThan(0.02);
      expect(variance).toBeCloseTo(1, 2);
    }),
  );

  test.each(['sigmoid', 'linear'] as const)(
    'with a %s output the reconstructions begin about the mean image',
    (outputActivation) =>
      onNetwork(spec({ encoder: [dense(30)], outputActivation }), (network) => {
        const distance = (): number => {
          const made = reconstructionOf(network, images);
          const of = (values: ArrayLike<number>, scale: number) =>
            Array.from(values).reduce((a, b) => a + b, 0) / values.length / scale;
          return Math.abs(of(made, 1) - of(images.pixels, 255));
        };
        expect(distance()).toBeGreaterThan(0.1);
        startOnData(network, images, 1);
        expect(distance()).toBeLessThan(0.03);
      }),
  );

  test('what batch normalisation centres keeps its weights', () =>
    onNetwork(spec({ encoder: [dense(30, { batchNorm: true })], decoder: [] }), (network) => {
      const before = weightsByName(network)['encoder-1/kernel'];
      startOnData(network, images, 1);
      expect(weightsByName(network)['encoder-1/kernel']).toEqual(before);
    }));
});
