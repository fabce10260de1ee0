import { articleTraining, deepTraining, dense, modernTraining, type Preset } from './preset.ts';

/** The layers of Hinton & Salakhutdinov, Science 313 (2006), between the image and the code. */
const published = [1_000, 500, 250] as const;

/** Presets that are about the error alone. */
export const reconstructionPresets: readonly Preset[] = [
  {
    id: 'article',
    name: 'Article',
    about: [
      'Sigmoid everywhere and large random weights: it learns, but ends above the cost of the average digit alone.',
      '784-256-128-256-784, kept exactly as in the article “Autoencoders: unsupervised artificial neural networks” (TensorFlow 1).',
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
      'The article’s layer sizes with today’s activation, initial weights, optimizer and schedule: a far smaller error.',
      'GELU (Hendrycks & Gimpel 2016), Glorot initial weights (2010), Adam (Kingma & Ba 2015), cosine schedule (2017).',
    ],
    model: {
      encoder: [dense(256, 'gelu')],
      code: { size: 128, activation: 'linear', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: { ...modernTraining, learningRate: 0.004, warmupEpochs: 1, epochs: 40 },
  },
  {
    id: 'deep',
    name: 'Deep, 30-D',
    about: [
      'Thirty numbers an image, at less than half the error that the same layers were published with.',
      '784-1000-500-250-30 as in Hinton & Salakhutdinov, Science 313 (2006), trained directly by today’s recipe.',
    ],
    model: {
      encoder: published.map((units) => dense(units, 'gelu')),
      code: { size: 30, activation: 'linear', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      ...deepTraining,
      learningRate: 0.005,
      warmupEpochs: 2,
      epochs: 60,
      augmentation: { shiftPixels: 1, flip: false },
    },
  },
  {
    id: 'deep-rbm',
    name: 'Deep, pretrained',
    about: [
      'The layers are first trained one by one as restricted Boltzmann machines, then unrolled and fine-tuned as a whole.',
      '784-1000-500-250-30 as published: Hinton & Salakhutdinov, Reducing the dimensionality of data, Science 313 (2006).',
    ],
    model: {
      encoder: published.map((units) => dense(units, 'sigmoid')),
      code: { size: 30, activation: 'linear', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      ...deepTraining,
      learningRate: 0.002,
      epochs: 100,
      augmentation: { shiftPixels: 1, flip: false },
      pretraining: { kind: 'rbm', epochs: 10, learningRate: 0.1, batchSize: 100, weightDecay: 0.0002 },
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
      encoder: published.map((units) => dense(units, 'gelu')),
      code: { size: 2, activation: 'linear', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      ...deepTraining,
      // Ten times the usual decay: of the rates and decays tried, these spread the codes most for the least error.
      optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 },
      learningRate: 0.003,
      warmupEpochs: 2,
      epochs: 80,
    },
  },
];
