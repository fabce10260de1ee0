import { EXPERIMENT_VERSION, type Experiment, type LayerSpec } from '../../electron/domain/experiment.ts';
import type { ImageSet, LabelledImages } from '../../electron/dataset/image-set.ts';
import { randomFrom } from '../random.ts';

/** Epochs enough for many lives; each takes some milliseconds. */
const EPOCHS = 30;

/** What is trained while it is killed: between them all that a training state can hold, on each way of training. */
export const experiments = {
  /** Eager, with everything that draws random numbers, and a last partial batch. */
  dense: experiment({ kind: 'dense', units: 6, activation: 'gelu', batchNorm: true, dropout: 0.2 }, false),
  variational: experiment({ kind: 'dense', units: 6, activation: 'tanh' }, true),
  /** By TensorFlow's own loop. */
  convolutional: experiment(
    { kind: 'conv', filters: 2, kernel: 3, stride: 2, activation: 'relu', batchNorm: true },
    false,
  ),
  /** By XLA's, which is asked for: of itself a run that draws so much does not take it. */
  compiled: experiment({ kind: 'dense', units: 4, activation: 'sigmoid', dropout: 0.2 }, false),
} as const satisfies Readonly<Record<string, Experiment>>;

export type ExperimentName = keyof typeof experiments;

/** XLA takes seconds to compile even a tiny model: those that are about something else train op by op. */
export const compiles = (name: ExperimentName): boolean => name === 'compiled' || name === 'convolutional';

function experiment(layer: LayerSpec, variational: boolean): Experiment {
  return {
    version: EXPERIMENT_VERSION,
    name: 'Victim',
    imageSet: 'tiny',
    model: {
      inputShape: [4, 3, 1],
      encoder: [layer],
      code: { size: 2, activation: 'linear', variational },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      loss: variational ? 'bce' : 'mse',
      optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.01 },
      learningRate: 0.01,
      schedule: { kind: 'cosine', finalFraction: 0 },
      warmupEpochs: 2,
      batchSize: 8,
      epochs: EPOCHS,
      seed: 5,
      validationCount: 6,
      lastPartialBatch: 'keep',
      clipNorm: 1,
      regularisers: { codeL1: 0.001, contractive: 0 },
      beta: 0.5,
      inputNoise: { kind: 'masking', fraction: 0.2 },
      augmentation: { shiftPixels: 1, flip: true },
    },
  };
}

/** Noise in three classes: the same in every process. */
export function tinySet(): ImageSet {
  return { id: 'tiny', name: 'Tiny', labelNames: ['0', '1', '2'], training: noise(50, 1), test: noise(12, 2) };
}

function noise(count: number, seed: number): LabelledImages {
  const random = randomFrom(seed);
  const pixels = Uint8Array.from({ length: count * 12 }, () => Math.floor(256 * random()));
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 3);
  return { images: { count, height: 4, width: 3, channels: 1, pixels }, labels };
}
