import type { Activation, LayerSpec, ModelSpec, TrainingSpec } from '../experiment.ts';

export interface Preset {
  readonly id: string;
  readonly name: string;
  /** Two lines: what it shows, and where it comes from. */
  readonly about: readonly [shows: string, source: string];
  readonly model: Omit<ModelSpec, 'inputShape'>;
  readonly training: TrainingSpec;
}

export const dense = (units: number, activation: Activation): LayerSpec => ({ kind: 'dense', units, activation });

export const articleTraining: TrainingSpec = {
  loss: 'mse',
  // TensorFlow 1's RMSProp: the mean-square slot starts at one and epsilon stands inside the root.
  optimizer: { kind: 'rmsprop', decay: 0.9, epsilon: 1e-10, initialMeanSquare: 1 },
  learningRate: 0.01,
  schedule: { kind: 'constant' },
  warmupEpochs: 0,
  batchSize: 256,
  epochs: 20,
  seed: 1,
  validationCount: 5_000,
  lastPartialBatch: 'drop',
  clipNorm: 0,
  regularisers: { codeL1: 0, contractive: 0 },
  beta: 1,
  augmentation: { shiftPixels: 0, flip: false },
};

/** Today's way: Adam (Kingma & Ba 2015) down half a cosine. */
export const modernTraining: TrainingSpec = {
  ...articleTraining,
  optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  learningRate: 0.002,
  schedule: { kind: 'cosine', finalFraction: 0 },
};

/** For deeper models: weight decay apart from the gradient (Loshchilov & Hutter 2019), a warm-up, half a cosine. */
export const deepTraining: TrainingSpec = {
  ...modernTraining,
  optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  learningRate: 0.003,
  warmupEpochs: 1,
  epochs: 40,
};
