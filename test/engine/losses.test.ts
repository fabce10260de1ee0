import { describe, expect, test } from 'vitest';
import type { ModelSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { divergence, reconstructionLoss } from '../../electron/engine/losses.ts';
import { statelessNormal } from '../../electron/engine/native-ops.ts';
import { NoiseStreams } from '../../electron/engine/forward.ts';
import type { Network } from '../../electron/engine/network.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import { expectNoLeak } from './no-leak.ts';
import {
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

const target = [0, 0.25, 0.5, 1, 1, 0];
const output = [0.1, 0.25, 0.9, 0.8, 1, 0];
const shape = [2, 3, 1, 1] as [number, number, number, number];

function lossOf(kind: TrainingSpec['loss'], given: readonly number[], made: readonly number[]): number {
  return valuesOf(() => reconstructionLoss(kind, tf.tensor4d([...given], shape), tf.tensor4d([...made], shape)))[0]!;
}

describe('the reconstruction loss', () => {
  test('mse is the mean over images and pixels', () =>
    expectNoLeak(() => {
      expect(lossOf('mse', target, output)).toBeCloseTo((0.01 + 0.16 + 0.04) / 6, 7);
      expect(lossOf('mse', target, target)).toBe(0);
    }));

  test('bce is nats an image: summed over pixels, averaged over images', () =>
    expectNoLeak(() => {
      // Where the output is exactly 0 or 1 and right, 1e-7 is kept from the edge.
      const nats = target.map((t, index) => {
        const p = Math.min(1 - 1e-7, Math.max(1e-7, output[index]!));
        return -(t * Math.log(p) + (1 - t) * Math.log(1 - p));
      });
      expect(lossOf('bce', target, output)).toBeCloseTo(nats.reduce((sum, value) => sum + value, 0) / 2, 5);
    }));

  test('bce of a certain and wrong output is large, and finite', () =>
    expectNoLeak(() => {
      expect(lossOf('bce', [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0])).toBeCloseTo(-3 * Math.log(1e-7), 3);
      expect(lossOf('bce', [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1])).toBeGreaterThan(40);
      expect(lossOf('bce', [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1])).toBeLessThan(50);
    }));
});

describe('the divergence', () => {
  const of = (mean: number[], logVariance: number[]): number =>
    valuesOf(() => divergence(tf.tensor2d(mean, [2, 2]), tf.tensor2d(logVariance, [2, 2])))[0]!;

  test('of the standard normal is nothing', () =>
    expectNoLeak(() => expect(of([0, 0, 0, 0], [0, 0, 0, 0])).toBeCloseTo(0, 9)));

  test('is the integral of q log(q / p), by quadrature', () =>
    expectNoLeak(() => {
      const [means, logs] = [
        [0.5, -1, 2, 0],
        [0, 0.7, -1.5, 1],
      ];
      const nats = means!.map((mean, index) => {
        const deviation = Math.exp(logs![index]! / 2);
        let sum = 0;
        for (let z = -10; z < 10; z += 1e-3) {
          const q = Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
          const x = mean + deviation * z;
          sum += q * (-(z * z) / 2 - Math.log(deviation) + (x * x) / 2) * 1e-3;
        }
        return sum;
      });
      expect(of(means!, logs!)).toBeCloseTo((nats[0]! + nats[1]! + nats[2]! + nats[3]!) / 2, 4);
    }));
});

/** A step's cost without moving anything. */
function costOf(network: Network, changes: Partial<TrainingSpec>, images: ImageColumns, seed = 1): number {
  return trainEagerly(network, trainingSpec(changes), images, [0], { seed }).costs[0]!;
}

describe('the terms of the cost', () => {
  test('L1 of the code, summed over units and averaged over images', () =>
    onNetwork(modelSpec({ code: { size: 3, activation: 'tanh', variational: false } }), (network) => {
      const images = noiseImages(4, [4, 3, 1]);
      const plain = costOf(network, {}, images);
      const codes = valuesOf(
        () =>
          network.encoder.predict(
            tf.tensor4d(
              Float32Array.from(images.pixels, (p) => p / 255),
              [4, 4, 3, 1],
            ),
          ) as tf.Tensor,
      );
      const penalty = codes.reduce((sum, value) => sum + Math.abs(value), 0) / 4;
      expect(penalty).toBeGreaterThan(0.1);
      expect(costOf(network, { regularisers: { codeL1: 0.5, contractive: 0 } }, images)).toBeCloseTo(
        plain + 0.5 * penalty,
        5,
      );
    }));

  const variational: ModelSpec = modelSpec({
    encoder: [dense(5, { activation: 'tanh' })],
    code: { size: 2, activation: 'linear', variational: true },
  });

  /** The variational cost in float64; the code's noise is TensorFlow's, drawn as the step draws it. */
  function expected(network: Network, images: ImageColumns, training: TrainingSpec, seed: number): number {
    const weights = weightsByName(network);
    const noise = valuesOf(() =>
      statelessNormal([images.count, 2], new NoiseStreams(tf.tensor1d([seed, 0], 'int32')).take()),
    );
    const apply = (row: readonly number[], name: string, f: (x: number) => number): number[] => {
      const [kernel, bias] = [weights[`${name}/kernel`]!, weights[`${name}/bias`]!];
      return Array.from(bias, (start, unit) =>
        f(row.reduce((sum, value, index) => sum + value * kernel[index * bias.length + unit]!, start)),
      );
    };
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    let [squares, likelihood, nats] = [0, 0, 0];
    for (let image = 0; image < images.count; image += 1) {
      const pixels = Array.from(images.pixels.subarray(image * 12, image * 12 + 12), (pixel) => pixel / 255);
      const hidden = apply(pixels, 'encoder-1', Math.tanh);
      const mean = apply(hidden, 'code', (x) => x);
      const logVariance = apply(hidden, 'code-log-variance', (x) => x);
      const sample = mean.map((value, unit) => value + Math.exp(logVariance[unit]! / 2) * noise[image * 2 + unit]!);
      const made = apply(apply(sample, 'decoder-1', Math.tanh), 'output', sigmoid);
      made.forEach((p, index) => {
        const t = pixels[index]!;
        squares += (p - t) ** 2;
        likelihood -= t * Math.log(p) + (1 - t) * Math.log(1 - p);
      });
      mean.forEach((value, unit) => {
        nats += (value ** 2 + Math.exp(logVariance[unit]!) - logVariance[unit]! - 1) / 2;
      });
    }
    const weighed = (training.beta * nats) / images.count;
    return training.loss === 'mse' ? (squares / images.count + weighed) / 12 : likelihood / images.count + weighed;
  }

  test.each(['mse', 'bce'] as const)('%s of a variational code: a sample is decoded, β weighs the divergence', (loss) =>
    onNetwork(variational, (network) => {
      const images = noiseImages(4, [4, 3, 1]);
      for (const beta of [0, 1, 4]) {
        const training = trainingSpec({ loss, beta });
        expect(costOf(network, { loss, beta }, images, 5) / expected(network, images, training, 5)).toBeCloseTo(1, 5);
      }
    }),
  );

  test('a variational code’s noise depends on the seed', () =>
    onNetwork(variational, (network) => {
      const images = noiseImages(4, [4, 3, 1]);
      expect(costOf(network, {}, images, 5)).toBe(costOf(network, {}, images, 5));
      expect(costOf(network, {}, images, 5)).not.toBe(costOf(network, {}, images, 6));
    }));

  test('every weight of a variational model learns', () =>
    onNetwork(variational, (network) => {
      const before = weightsByName(network);
      const { weights } = trainEagerly(network, trainingSpec({ beta: 1 }), noiseImages(4, [4, 3, 1]), [1]);
      for (const [name, values] of Object.entries(before))
        expect(distance(weights[name]!, values), name).toBeGreaterThan(1e-6);
    }));
});

describe('clipping by the global norm', () => {
  const images = noiseImages(4, [4, 3, 1]);

  /** One step of rate 1: the gradients as they were applied. */
  function gradients(network: Network, clipNorm: number): number[] {
    const before = weightsByName(network);
    const { weights } = trainEagerly(network, trainingSpec({ clipNorm }), images, [100]);
    const found = network.weights.flatMap(({ name }) =>
      Array.from(before[name]!, (value, index) => (value - weights[name]![index]!) / 100),
    );
    setWeights(network, before);
    return found;
  }

  test('scales all gradients by one factor to the norm, and leaves smaller ones', () =>
    onNetwork(modelSpec(), (network) => {
      const free = gradients(network, 0);
      const norm = Math.hypot(...free);
      expect(norm).toBeGreaterThan(1e-3);
      const clipped = gradients(network, norm / 3);
      expect(Math.hypot(...clipped) / (norm / 3)).toBeCloseTo(1, 4);
      expect(
        distance(
          clipped,
          free.map((value) => value / 3),
        ),
      ).toBeLessThan(1e-4);
      expect(distance(gradients(network, norm * 2), free)).toBeLessThan(1e-6);
    }));
});
