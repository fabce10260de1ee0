import {
  EXPERIMENT_VERSION,
  type Activation,
  type Experiment,
  type LayerSpec,
  type ModelSpec,
  type TrainingSpec,
} from './experiment.ts';

export interface Preset {
  readonly id: string;
  readonly name: string;
  /** Two lines: what it shows, and where it comes from. */
  readonly about: readonly [shows: string, source: string];
  readonly model: Omit<ModelSpec, 'inputShape'>;
  readonly training: TrainingSpec;
}

/**
 * The last-batch cost the article prints after each of its 20 epochs, first and last as published; its per-epoch
 * list is what the dotted reference line joins.
 */
export const ARTICLE_COSTS: readonly (readonly [epoch: number, cost: number])[] = [
  [1, 0.1827],
  [20, 0.0849],
];

/** MNIST's mean training image, taken as the reconstruction of every test image: 52.90 squared error per image. */
export const MNIST_MEAN_IMAGE_MSE = 0.0675;

const dense = (units: number, activation: Activation): LayerSpec => ({ kind: 'dense', units, activation });

const conv = (filters: number): LayerSpec => ({ kind: 'conv', filters, kernel: 3, stride: 2, activation: 'relu' });

const articleTraining: TrainingSpec = {
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

export const presets: readonly Preset[] = [
  {
    id: 'article',
    name: 'Article',
    about: [
      'Sigmoid everywhere and large random weights: it learns, but ends above the cost of the average digit alone.',
      '784-256-128-256-784 as in the article "Autoencoders: unsupervised artificial neural networks" (TensorFlow 1).',
    ],
    model: {
      encoder: [dense(256, 'sigmoid')],
      code: { size: 128, activation: 'sigmoid', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'standard-normal',
    },
    training: articleTraining,
  },
  {
    id: 'modern',
    name: 'Modern recipe',
    about: [
      'The same layer sizes with today’s activation, initial weights, optimizer and schedule: a far smaller error.',
      'GELU (Hendrycks & Gimpel 2016), Glorot initial weights (2010), Adam (Kingma & Ba 2015), cosine schedule (2017).',
    ],
    model: {
      encoder: [dense(256, 'gelu')],
      code: { size: 128, activation: 'linear', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      ...articleTraining,
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      learningRate: 0.002,
      schedule: { kind: 'cosine', finalFraction: 0 },
    },
  },
  {
    id: 'map-2d',
    name: 'Map, 2-D',
    about: [
      'Each image becomes two numbers: the codes are a map on which like digits lie together.',
      '784-1000-500-250-2 as in Hinton & Salakhutdinov, Science 313 (2006), trained directly instead of pretrained.',
    ],
    model: {
      encoder: [dense(1_000, 'gelu'), dense(500, 'gelu'), dense(250, 'gelu')],
      code: { size: 2, activation: 'linear', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      ...articleTraining,
      optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.01 },
      learningRate: 0.003,
      schedule: { kind: 'cosine', finalFraction: 0 },
      warmupEpochs: 1,
      epochs: 40,
    },
  },
  {
    id: 'conv',
    name: 'Convolutional',
    about: [
      'Filters that see a few pixels at a time, the same everywhere: far fewer weights, so that larger and RGB images train too.',
      'Strided convolutions and their transposes, as in Masci et al., Stacked convolutional auto-encoders (ICANN 2011), without pooling.',
    ],
    model: {
      encoder: [conv(16), conv(32)],
      code: { size: 32, activation: 'linear', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      ...articleTraining,
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      learningRate: 0.002,
      schedule: { kind: 'cosine', finalFraction: 0 },
      batchSize: 128,
      epochs: 10,
    },
  },
];

/** How many images to hold out of a set: as asked, but of a small one at most a tenth (the presets hold out MNIST's share). */
export function heldOut(validationCount: number, trainingCount: number): number {
  return Math.min(validationCount, Math.floor(trainingCount / 10));
}

/** The preset as an experiment on an image set of this shape. */
export function presetExperiment(preset: Preset, imageSet: string, inputShape: ModelSpec['inputShape']): Experiment {
  return {
    version: EXPERIMENT_VERSION,
    name: preset.name,
    preset: preset.id,
    imageSet,
    model: { inputShape, ...preset.model },
    training: preset.training,
  };
}
