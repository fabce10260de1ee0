import type { LayerSpec, ModelSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import { presets, type Preset } from '../../electron/domain/presets.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { imageTensor } from '../../electron/engine/images.ts';
import { buildNetwork, type Network } from '../../electron/engine/network.ts';
import { makeTrainingStep } from '../../electron/engine/step.ts';
import { EagerRunner } from '../../electron/engine/step-runner.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import { randomFrom } from '../random.ts';
import { expectNoLeak } from './no-leak.ts';

export const breathe = (): Promise<void> => Promise.resolve();

const article = presets[0] as Preset;

/** Plain: gradient descent on the squared error, no frills; changed by what is given. */
export function trainingSpec(changes: Partial<TrainingSpec> = {}): TrainingSpec {
  return { ...article.training, optimizer: { kind: 'sgd' }, validationCount: 0, ...changes };
}

/** A 4 × 3 image, five hidden units, a code of three, sigmoid everywhere; changed by what is given. */
export function modelSpec(changes: Partial<ModelSpec> = {}): ModelSpec {
  return {
    ...article.model,
    inputShape: [4, 3, 1],
    encoder: [dense(5)],
    code: { size: 3, activation: 'sigmoid', variational: false },
    ...changes,
  };
}

export function dense(units: number, more: Partial<Omit<LayerSpec, 'kind'>> = {}): LayerSpec {
  return { kind: 'dense', units, activation: 'sigmoid', ...more };
}

export function conv(
  filters: number,
  kernel: number,
  stride: number,
  more: Partial<Omit<LayerSpec, 'kind'>> = {},
): LayerSpec {
  return { kind: 'conv', filters, kernel, stride, activation: 'relu', ...more };
}

export function separable(
  filters: number,
  kernel: number,
  stride: number,
  more: Partial<Omit<LayerSpec, 'kind'>> = {},
): LayerSpec {
  return { kind: 'separable', filters, kernel, stride, activation: 'elu', ...more };
}

export function residual(filters: number, kernel: number, more: Partial<Omit<LayerSpec, 'kind'>> = {}): LayerSpec {
  return { kind: 'residual', filters, kernel, activation: 'elu', ...more };
}

export const pool = (method: 'max' | 'average', size: number): LayerSpec => ({ kind: 'pool', method, size });

/** Images of noise, the same for one seed. */
export function noiseImages(count: number, [height, width, channels]: ModelSpec['inputShape'], seed = 1): ImageColumns {
  const random = randomFrom(seed);
  const pixels = Uint8Array.from({ length: count * height * width * channels }, () => Math.floor(256 * random()));
  return { count, height, width, channels, pixels };
}

export function weightsByName(network: Network): Record<string, Float32Array> {
  return Object.fromEntries(network.weights.map(({ name, variable }) => [name, variable.dataSync() as Float32Array]));
}

export function setWeights(network: Network, values: Readonly<Record<string, ArrayLike<number>>>): void {
  for (const { name, variable } of network.weights) {
    const given = values[name];
    if (given !== undefined) {
      tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(given), variable.shape)));
    }
  }
}

/** What the model makes of the images, in [0, 1]. */
export function reconstructionOf(network: Network, images: ImageColumns): Float32Array {
  return valuesOf(() => network.autoencoder.predict(imageTensor(images)) as tf.Tensor);
}

export interface Trained {
  readonly costs: Float32Array;
  readonly weights: Record<string, Float32Array>;
}

/** Eager steps on consecutive batches of the images, one a learning rate. The network is changed. */
export function trainEagerly(
  network: Network,
  training: TrainingSpec,
  images: ImageColumns,
  rates: readonly number[],
  options: { readonly seed?: number; readonly firstStep?: number } = {},
): Trained {
  const runner = new EagerRunner(makeTrainingStep(network, training), images, options.seed ?? 1);
  try {
    const batchSize = Math.floor(images.count / rates.length);
    const costs = runner.run({
      indices: Int32Array.from({ length: batchSize * rates.length }, (_, index) => index),
      batchSize,
      learningRates: Float32Array.from(rates),
      betas: new Float32Array(rates.length).fill(training.beta),
      firstStep: options.firstStep ?? 0,
    });
    return { costs, weights: weightsByName(network) };
  } finally {
    runner.dispose();
  }
}

/** Builds a network for the length of one body, and asserts that nothing is left of either. */
export function onNetwork(spec: ModelSpec, body: (network: Network) => Promise<void> | void, seed = 1): Promise<void> {
  return expectNoLeak(async () => {
    const network = buildNetwork(spec, seed);
    try {
      await body(network);
    } finally {
      network.dispose();
    }
  });
}

/** ‖a - b‖ / ‖b‖ */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  let [difference, size] = [0, 0];
  for (let index = 0; index < b.length; index += 1) {
    difference += ((a[index] ?? 0) - (b[index] ?? 0)) ** 2;
    size += (b[index] ?? 0) ** 2;
  }
  return Math.sqrt(difference / Math.max(size, Number.MIN_VALUE));
}

/** How far each weight went, in steps of `rate`. */
export function wayOf(before: Float32Array, after: Float32Array, rate = 1): Float32Array {
  return before.map((value, index) => (after[index]! - value) / rate);
}

/** Each weight as "name height×width×…". */
export const shapesOf = (network: Network): string[] =>
  network.weights.map(({ name, variable }) => `${name} ${variable.shape.join('×')}`);
