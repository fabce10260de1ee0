import { describe, expect, it } from 'vitest';
import type { ModelSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import { codesOf, indicesOf, quantiserOf } from '../../electron/engine/vector-quantiser.ts';
import { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';
import { startOnData } from '../../electron/engine/start/data-start.ts';
import { imageTensor } from '../../electron/engine/images.ts';
import type { Network } from '../../electron/engine/network.ts';
import { makeTrainingStep } from '../../electron/engine/step.ts';
import { EagerRunner } from '../../electron/engine/step-runner.ts';
import { type tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { distance, modelSpec, noiseImages, onNetwork, setWeights, trainingSpec, weightsByName } from './samples.ts';

const [HEIGHT, WIDTH, CHANNELS, VECTORS] = [3, 2, 2, 4];
const PLACES = HEIGHT * WIDTH;
/** Every place by itself: its value times a kernel, quantised, and a sum of its two numbers. */
const spec: ModelSpec = modelSpec({
  inputShape: [HEIGHT, WIDTH, 1],
  encoder: [],
  code: {
    size: PLACES * CHANNELS,
    activation: 'linear',
    variational: false,
    map: { channels: CHANNELS, kernel: 1 },
    codebook: VECTORS,
  },
  outputActivation: 'linear',
});
const images = noiseImages(3, spec.inputShape);
const pixels = [...images.pixels].map((byte) => byte / 255);

const kernel = [1.2, -0.7];
const bias = [0.1, 0.3];
const codebook = [
  [0.2, 0.2],
  [0.6, 0],
  [1.1, -0.4],
  // Of two alike the first is taken, and so nothing takes this one.
  [0.6, 0],
];
const decoder = [0.8, -0.5];
const decoderBias = 0.05;
const counts = [5, 4, 6, 3];

const squaredDistance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0);
const encoded = pixels.map((pixel) => kernel.map((weight, channel) => pixel * weight + bias[channel]!));
const taken = encoded.map((z) => {
  const distances = codebook.map((vector) => squaredDistance(z, vector));
  return distances.indexOf(Math.min(...distances));
});

function given(network: Network): void {
  setWeights(network, {
    'code/kernel': kernel,
    'code/bias': bias,
    'code-vectors/codebook': codebook.flat(),
    'code-vectors/counts': counts,
    'output/kernel': decoder,
    'output/bias': [decoderBias],
  });
}

/** One step on all images at once. */
function step(network: Network, changes: Partial<TrainingSpec>, rate: number, seed = 1): number {
  const runner = new EagerRunner(makeTrainingStep(network, trainingSpec(changes)), images, seed);
  const indices = Int32Array.from({ length: images.count }, (_, index) => index);
  const call = { indices, batchSize: images.count, betas: Float32Array.of(1), firstStep: 0 };
  const [cost] = runner.run({ ...call, learningRates: Float32Array.of(rate) });
  runner.dispose();
  return cost!;
}

describe('a code of a codebook’s vectors, by plain sums', () => {
  it('has at each place the nearest vector, and tells which that is', () =>
    onNetwork(spec, (network) => {
      given(network);
      expect(new Set(taken)).toEqual(new Set([0, 1, 2]));
      const expected = taken.flatMap((index) => codebook[index]!);
      const codes = valuesOf(() => network.encoder.predict(imageTensor(images)) as tf.Tensor);
      expect(distance(codes, expected)).toBeLessThan(1e-6);
      const layer = quantiserOf(network.codeLayers)!;
      expect([...indicesOf(layer, codes)]).toEqual(taken);
      expect(distance(codesOf(layer.values, CHANNELS, taken), expected)).toBeLessThan(1e-6);
      expect(() => codesOf(layer.values, CHANNELS, [0, 4])).toThrow('expected indices of 0 to 3, found 4.');
    }));

  it('costs the reconstruction and the commitment, whose gradients pass the vectors as if they were not there', () =>
    onNetwork(spec, (network) => {
      given(network);
      const [commitment, rate] = [0.4, 0.1];
      const vectors = taken.map((index) => codebook[index]!);
      const errors = vectors.map(
        (vector, place) =>
          vector.reduce((sum, value, channel) => sum + value * decoder[channel]!, decoderBias) - pixels[place]!,
      );
      const values = pixels.length * CHANNELS;
      const reconstruction = errors.reduce((sum, error) => sum + error ** 2, 0) / pixels.length;
      const far = encoded.reduce((sum, z, place) => sum + squaredDistance(z, vectors[place]!), 0) / values;
      // By z: 2 error · decoder / pixels, and 2 commitment (z - e) / values; by the kernel times the pixel.
      const slopes = encoded.map((z, place) =>
        z.map(
          (value, channel) =>
            (2 * errors[place]! * decoder[channel]!) / pixels.length +
            (2 * commitment * (value - vectors[place]![channel]!)) / values,
        ),
      );
      const slopeOf = (channel: number, factor: (place: number) => number): number =>
        slopes.reduce((sum, slope, place) => sum + slope[channel]! * factor(place), 0);
      const cost = step(network, { commitment }, rate);
      expect(cost).toBeCloseTo(reconstruction + commitment * far, 6);
      const after = weightsByName(network);
      const [moved, shifted] = [kernel, bias].map((weights, which) =>
        weights.map((value, channel) => value - rate * slopeOf(channel, (place) => (which === 0 ? pixels[place]! : 1))),
      );
      expect(distance(after['code/kernel']!, moved!)).toBeLessThan(1e-6);
      expect(distance(after['code/bias']!, shifted!)).toBeLessThan(1e-6);
    }));

  it('weighs the commitment by the pixels where the loss is a sum over them', () =>
    onNetwork({ ...spec, outputActivation: 'sigmoid' }, (network) => {
      const [without, weighed] = [0, 1].map((commitment) => {
        given(network);
        return step(network, { loss: 'bce', commitment }, 0);
      });
      const far =
        encoded.reduce((sum, z, place) => sum + squaredDistance(z, codebook[taken[place]!]!), 0) /
        (pixels.length * CHANNELS);
      expect(weighed! - without!).toBeCloseTo(far * PLACES, 4);
    }));

  it('moves each vector to the moving mean of what it stands for', () =>
    onNetwork(spec, (network) => {
      given(network);
      const decay = 0.9;
      step(network, { codebookDecay: decay }, 0.1);
      const after = weightsByName(network);
      const next = counts.map(
        (count, vector) => decay * count + (1 - decay) * taken.filter((t) => t === vector).length,
      );
      const smooth = (all: readonly number[]): number[] => {
        const sum = all.reduce((so, each) => so + each, 0);
        return all.map((each) => ((each + 1e-5) / (sum + all.length * 1e-5)) * sum);
      };
      const expected = codebook.map((vector, index) =>
        vector.map((value, channel) => {
          const stood = encoded.filter((_, place) => taken[place] === index).reduce((sum, z) => sum + z[channel]!, 0);
          return (decay * value * smooth(counts)[index]! + (1 - decay) * stood) / smooth(next)[index]!;
        }),
      );
      expect(distance(after['code-vectors/codebook']!, expected.flat())).toBeLessThan(1e-6);
      expect(distance(after['code-vectors/counts']!, next)).toBeLessThan(1e-6);
    }));

  it('begins a vector anew that nothing takes: at a place that has none near, by the seed', () =>
    onNetwork(spec, (network) => {
      // All but the last are of the batch: nothing is as far from its vector as that place.
      const only = [[...encoded[0]!], [9, 9], [-9, 9], [9, -9]];
      const begin = (seed: number): number[][] => {
        given(network);
        setWeights(network, { 'code-vectors/codebook': only.flat(), 'code-vectors/counts': [100, 0, 0, 0] });
        step(network, {}, 0, seed);
        const after = [...weightsByName(network)['code-vectors/codebook']!];
        const numbers = [...weightsByName(network)['code-vectors/counts']!].slice(1);
        for (const count of numbers) expect(count).toBeCloseTo(pixels.length / VECTORS, 5);
        return [1, 2, 3].map((vector) => after.slice(vector * CHANNELS, (vector + 1) * CHANNELS));
      };
      const first = begin(1);
      for (const vector of first) {
        const least = Math.min(...encoded.map((z) => squaredDistance(z, vector)));
        expect(least).toBeLessThan(1e-10);
        expect(squaredDistance(vector, encoded[0]!)).toBeGreaterThan(1e-6);
      }
      expect(begin(1)).toEqual(first);
      expect([2, 3, 4].map(begin)).not.toEqual([first, first, first]);
    }));
});

describe('learning a codebook', () => {
  it('comes to use every vector, and to return what there are as many of', () =>
    onNetwork(spec, async (network) => {
      const greys = [20, 90, 160, 240];
      const count = 16;
      const flat: ImageColumns = {
        ...images,
        count,
        pixels: Uint8Array.from({ length: count * PLACES }, (_, at) => greys[at % greys.length]!),
      };
      startOnData(network, flat, 1);
      const adam = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;
      const learning = makeTrainingStep(network, trainingSpec({ optimizer: adam, codebookDecay: 0.9 }));
      const steps = 400;
      const runner = await CompiledRunner.compile({
        kind: 'graph-loop',
        step: learning,
        images: flat,
        seed: 1,
        batchSize: count,
        stepsPerCall: steps,
        lastBatchSize: 0,
      });
      runner.run({
        indices: Int32Array.from({ length: steps * count }, (_, at) => at % count),
        batchSize: count,
        learningRates: new Float32Array(steps).fill(0.02),
        betas: new Float32Array(steps),
        firstStep: 0,
      });
      runner.pull();
      runner.dispose();
      const codes = valuesOf(() => network.encoder.predict(imageTensor(flat)) as tf.Tensor);
      expect(new Set(indicesOf(quantiserOf(network.codeLayers)!, codes)).size).toBe(VECTORS);
      const made = valuesOf(() => network.autoencoder.predict(imageTensor(flat)) as tf.Tensor);
      made.forEach((value, at) => expect(value).toBeCloseTo(greys[at % greys.length]! / 255, 2));
    }));

  it('begins, where the start is the images, at places of theirs', () =>
    onNetwork(spec, (network) => {
      given(network);
      startOnData(network, images, 1);
      const weights = weightsByName(network);
      const [k, b] = [weights['code/kernel']!, weights['code/bias']!];
      const places = pixels.map((pixel) => [0, 1].map((channel) => pixel * k[channel]! + b[channel]!));
      for (let vector = 0; vector < VECTORS; vector += 1) {
        const own = [...weights['code-vectors/codebook']!.subarray(vector * CHANNELS, (vector + 1) * CHANNELS)];
        expect(Math.min(...places.map((place) => squaredDistance(place, own)))).toBeLessThan(1e-10);
      }
    }));
});
