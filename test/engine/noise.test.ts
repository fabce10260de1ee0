import { describe, expect, test } from 'vitest';
import type { NoiseSpec } from '../../electron/domain/experiment.ts';
import { forwardTraining, NoiseStreams } from '../../electron/engine/forward.ts';
import { addNoise, binarise } from '../../electron/engine/input-noise.ts';
import { statelessNormal, statelessUniform } from '../../electron/engine/native-ops.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import { expectNoLeak } from './no-leak.ts';
import {
  dense,
  modelSpec,
  noiseImages,
  onNetwork,
  setWeights,
  trainEagerly,
  trainingSpec,
  weightsByName,
} from './samples.ts';

const COUNT = 100_000;
const streams = (seed = 1, step = 0): NoiseStreams => new NoiseStreams(tf.tensor1d([seed, step], 'int32'));

interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

function moments(values: Float32Array): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

const share = (values: Float32Array, of: (value: number) => boolean): number =>
  values.filter(of).length / values.length;

describe('the generator', () => {
  test('draws standard normal and uniform numbers', () =>
    expectNoLeak(() => {
      const normal = valuesOf(() => statelessNormal([COUNT], streams().take()));
      const { mean, deviation } = moments(normal);
      expect(Math.abs(mean)).toBeLessThan(0.015);
      expect(Math.abs(deviation - 1)).toBeLessThan(0.01);
      expect(share(normal, (value) => Math.abs(value) < 1.96)).toBeCloseTo(0.95, 2);
      const uniform = valuesOf(() => statelessUniform([COUNT], streams().take()));
      expect(moments(uniform).mean).toBeCloseTo(0.5, 2);
      expect(moments(uniform).deviation).toBeCloseTo(Math.sqrt(1 / 12), 2);
      expect(uniform.every((value) => value >= 0 && value < 1)).toBe(true);
    }));

  test('repeats for one seed, and differs between seeds, steps and streams', () =>
    expectNoLeak(() => {
      const draw = (seed: number, step: number, stream: number): string =>
        valuesOf(() => {
          const all = streams(seed, step);
          const taken = Array.from({ length: stream }, () => all.take());
          return statelessUniform([8], taken.at(-1)!);
        }).join();
      const drawn = [draw(1, 0, 1), draw(2, 0, 1), draw(1, 1, 1), draw(1, 0, 2), draw(2_147_483_647, 0, 3)];
      expect(new Set(drawn).size).toBe(drawn.length);
      expect(draw(1, 0, 1)).toBe(drawn[0]);
      expect(draw(2_147_483_647, 0, 3)).toBe(drawn[4]);
    }));
});

describe('noise on the input', () => {
  const noisy = (spec: NoiseSpec, value: number): Float32Array =>
    valuesOf(() => addNoise(tf.fill([COUNT / 100, 10, 10, 1], value) as tf.Tensor4D, spec, streams()));

  test('gaussian has its deviation, and is clipped to [0, 1]', () =>
    expectNoLeak(() => {
      const { mean, deviation } = moments(noisy({ kind: 'gaussian', deviation: 0.1 }, 0.5));
      expect(mean).toBeCloseTo(0.5, 2);
      expect(deviation).toBeCloseTo(0.1, 2);
      const clipped = noisy({ kind: 'gaussian', deviation: 1 }, 0);
      expect(share(clipped, (value) => value === 0)).toBeCloseTo(0.5, 2);
      expect(share(clipped, (value) => value === 1)).toBeCloseTo(0.1587, 2);
      expect(clipped.every((value) => value >= 0 && value <= 1)).toBe(true);
    }));

  test.each([0, 0.3, 1])('masking blackens %f of the pixels and leaves the others', (fraction) =>
    expectNoLeak(() => {
      const values = noisy({ kind: 'masking', fraction }, 0.5);
      expect(share(values, (value) => value === 0)).toBeCloseTo(fraction, 2);
      expect(share(values, (value) => value === 0.5)).toBeCloseTo(1 - fraction, 2);
    }),
  );

  test.each([0, 0.3, 1])('salt and pepper takes %f of the pixels, half to white, half to black', (fraction) =>
    expectNoLeak(() => {
      const values = noisy({ kind: 'salt-and-pepper', fraction }, 0.5);
      expect(share(values, (value) => value === 0)).toBeCloseTo(fraction / 2, 2);
      expect(share(values, (value) => value === 1)).toBeCloseTo(fraction / 2, 2);
      expect(share(values, (value) => value === 0.5)).toBeCloseTo(1 - fraction, 2);
    }),
  );

  test('squares are black, whole, anywhere within the image, other ones in each', () =>
    expectNoLeak(() => {
      const [count, height, width, size] = [400, 6, 5, 3];
      const seen = valuesOf(() => {
        const grey = tf.fill([count, height, width, 3], 0.5) as tf.Tensor4D;
        return addNoise(grey, { kind: 'patches', count: 1, size }, streams());
      });
      const corners = new Set<string>();
      for (let image = 0; image < count; image += 1) {
        const at = (row: number, column: number, channel = 0): number =>
          seen[((image * height + row) * width + column) * 3 + channel]!;
        const black = [...Array(height * width).keys()].filter(
          (place) => at(Math.floor(place / width), place % width) === 0,
        );
        expect(black).toHaveLength(size ** 2);
        const [top, left] = [Math.floor(black[0]! / width), black[0]! % width];
        for (let place = 0; place < size ** 2; place += 1) {
          for (const channel of [0, 1, 2])
            expect(at(top + Math.floor(place / size), left + (place % size), channel)).toBe(0);
        }
        corners.add(`${top} ${left}`);
      }
      // Every place that a square fits in.
      expect(corners.size).toBe((height - size + 1) * (width - size + 1));
      const two = valuesOf(() =>
        addNoise(tf.ones([count, height, width, 1]), { kind: 'patches', count: 2, size: 1 }, streams()),
      );
      // Two pixels, which are the same one in a thirtieth of the images.
      expect(share(two, (value) => value === 0)).toBeCloseTo((2 - 1 / 30) / 30, 2);
      expect(new Set(two)).toEqual(new Set([0, 1]));
    }));

  test('is seen by the encoder, while the target stays clean', () =>
    onNetwork(modelSpec(), (network) => {
      const images = noiseImages(4, [4, 3, 1]);
      const cost = (inputNoise?: NoiseSpec): number =>
        trainEagerly(network, trainingSpec(inputNoise === undefined ? {} : { inputNoise }), images, [0]).costs[0]!;
      // All pixels masked: what black gives, measured against the images themselves.
      const black = valuesOf(() => network.autoencoder.predict(tf.zeros([1, 4, 3, 1])) as tf.Tensor);
      const expected =
        images.pixels.reduce((sum, pixel, index) => sum + (pixel / 255 - black[index % 12]!) ** 2, 0) / 48;
      expect(cost({ kind: 'masking', fraction: 1 })).toBeCloseTo(expected, 5);
      expect(cost({ kind: 'masking', fraction: 0 })).toBe(cost());
    }));
});

describe('binarised images', () => {
  test.each([0, 0.2, 1])('pixels of %f are 1 that often, else 0', (value) =>
    expectNoLeak(() => {
      const drawn = valuesOf(() => binarise(tf.fill([COUNT / 100, 10, 10, 1], value) as tf.Tensor4D, streams()));
      expect(share(drawn, (pixel) => pixel === 1)).toBeCloseTo(value, 2);
      expect(share(drawn, (pixel) => pixel === 0)).toBeCloseTo(1 - value, 2);
    }),
  );

  test('are drawn anew at every step, and are what the reconstruction is measured against', () =>
    onNetwork(modelSpec({ encoder: [], code: { size: 1, activation: 'linear', variational: false } }), (network) => {
      // No weights but the output's biases: every pixel is reconstructed as σ(1).
      for (const { variable } of network.weights) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
      setWeights(network, { 'output/bias': Array<number>(12).fill(1) });
      const images = { count: 1, height: 4, width: 3, channels: 1, pixels: new Uint8Array(12).fill(128) } as const;
      const onesAt = (firstStep: number, binarised: boolean): number => {
        const training = trainingSpec({ loss: 'bce', dynamicBinarisation: binarised });
        const nats = trainEagerly(network, training, images, [0], { firstStep }).costs[0]!;
        // A pixel of 1 costs −log σ(1), one of 0 one nat more.
        return 12 - (nats - 12 * Math.log(1 + Math.exp(-1)));
      };
      expect(onesAt(0, false)).toBeCloseTo((12 * 128) / 255, 3);
      const ones = Array.from({ length: 20 }, (_, step) => onesAt(step, true));
      for (const count of ones) expect(count).toBeCloseTo(Math.round(count), 3);
      expect(new Set(ones.map(Math.round)).size).toBeGreaterThan(3);
      expect(Math.abs(ones.reduce((sum, count) => sum + count, 0) / 240 - 0.5)).toBeLessThan(0.12);
      expect(onesAt(3, true)).toBe(ones[3]);
    }));
});

describe('dropout', () => {
  const spec = modelSpec({ encoder: [dense(1_000, { activation: 'linear', dropout: 0.3 })] });

  test('silences its share of the units, scales up the others, and differs from step to step', () =>
    onNetwork(spec, (network) => {
      const features = (step: number): Float32Array =>
        valuesOf(() => forwardTraining(network.encoderLayers, tf.ones([100, 4, 3, 1]), streams(1, step)).output);
      const whole = valuesOf(() =>
        network.encoderLayers.reduce((x: tf.Tensor, layer) => layer.apply(x) as tf.Tensor, tf.ones([1, 4, 3, 1])),
      );
      const dropped = features(0);
      expect(share(dropped, (value) => value === 0)).toBeCloseTo(0.3, 2);
      dropped.forEach((value, index) => {
        if (value !== 0) expect(Math.abs(value - whole[index % 1_000]! / 0.7)).toBeLessThan(1e-4);
      });
      // Each image loses units of its own.
      const alone = (row: number): string =>
        dropped
          .subarray(row * 1_000, row * 1_000 + 50)
          .map((value) => (value === 0 ? 0 : 1))
          .join('');
      expect(new Set([0, 1, 2, 3].map(alone)).size).toBe(4);
      expect(features(0)).toEqual(dropped);
      expect(features(1)).not.toEqual(dropped);
    }));

  test('is not there outside training', () =>
    onNetwork(spec, (network) => {
      const encode = (): Float32Array => valuesOf(() => network.encoder.predict(tf.ones([2, 4, 3, 1])) as tf.Tensor);
      const codes = encode();
      expect(codes.subarray(0, 3)).toEqual(codes.subarray(3));
      expect(encode()).toEqual(codes);
    }));
});

test('a step with every kind of noise is the same for one seed, and another for the next', () =>
  onNetwork(modelSpec({ encoder: [dense(5, { dropout: 0.5 })] }), (network) => {
    const start = weightsByName(network);
    const training = trainingSpec({
      inputNoise: { kind: 'salt-and-pepper', fraction: 0.3 },
      augmentation: { shiftPixels: 1, flip: true },
    });
    const step = (seed: number, firstStep: number): number =>
      trainEagerly(network, training, noiseImages(4, [4, 3, 1]), [0], { seed, firstStep }).costs[0]!;
    expect(step(1, 0)).toBe(step(1, 0));
    expect(new Set([step(1, 0), step(2, 0), step(1, 1)]).size).toBe(3);
    expect(weightsByName(network)).toEqual(start);
  }));
