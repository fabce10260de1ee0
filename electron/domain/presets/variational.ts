import type { LayerSpec } from '../experiment.ts';
import { deepTraining, dense, type Preset } from './preset.ts';

const conv = (filters: number, kernel: number): LayerSpec => ({
  kind: 'conv',
  filters,
  kernel,
  stride: 2,
  activation: 'gelu',
});

const denseModel = (size: number): Preset['model'] => ({
  encoder: [dense(500, 'gelu'), dense(500, 'gelu')],
  code: { size, activation: 'linear', variational: true },
  decoder: 'mirror',
  outputActivation: 'sigmoid',
  initialiser: 'glorot-uniform',
});

/** Images whose pixels are drawn: nats an image, β from zero. */
const drawnTraining: Preset['training'] = {
  ...deepTraining,
  loss: 'bce',
  learningRate: 0.002,
  beta: 1,
  betaWarmupEpochs: 2,
  dynamicBinarisation: true,
};

export const variationalPresets: readonly Preset[] = [
  {
    id: 'variational',
    name: 'Variational, 20-D',
    about: [
      'The codes fill a bell-shaped cloud without gaps: any point of it decodes to an image, and new ones can be drawn.',
      'Kingma & Welling, Auto-encoding variational Bayes (2014); pixels drawn anew as in Burda et al. (2016).',
    ],
    model: denseModel(20),
    training: { ...drawnTraining, epochs: 50, betaWarmupEpochs: 5 },
  },
  {
    id: 'variational-conv',
    name: 'Variational, convolutional',
    about: [
      'Filters that see a few pixels at a time, and codes that fill a bell-shaped cloud: for larger and RGB images too.',
      'Kingma & Welling (2014) with convolutions as in Salimans et al. (2015), a residual block (He et al. 2016) and GELU.',
    ],
    model: {
      encoder: [conv(24, 5), conv(48, 3), dense(256, 'gelu')],
      code: { size: 32, activation: 'linear', variational: true },
      decoder: [dense(256, 'gelu'), { kind: 'residual', filters: 48, kernel: 3, activation: 'gelu' }, conv(32, 4)],
      decoderEnds: { start: { channels: 48, activation: 'gelu' }, output: { kernel: 5, stride: 2 } },
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: { ...drawnTraining, learningRate: 0.004, batchSize: 64, epochs: 12 },
  },
  {
    id: 'conditional',
    name: 'Variational, conditional on the label',
    about: [
      'The code is a style beside the class: choose a class and draw images of it, or hold the style and change the class.',
      'Kingma et al., Semi-supervised learning with deep generative models (2014), M2 with every label known; Sohn et al. (2015).',
    ],
    model: { ...denseModel(18), code: { size: 18, activation: 'linear', variational: true, classes: 10 } },
    // The divergence from the first step on: what the class says already is then not learnt by the style first.
    training: { ...drawnTraining, betaWarmupEpochs: 0, epochs: 30, classWeight: 10 },
  },
  {
    id: 'importance-weighted',
    name: 'Variational, importance-weighted',
    about: [
      'Five codes are drawn for each image and weighed by how likely they make it: a tighter bound, and codes that are used more freely.',
      'Burda, Grosse & Salakhutdinov, Importance weighted autoencoders (ICLR 2016), with five samples.',
    ],
    model: denseModel(20),
    training: { ...drawnTraining, epochs: 35, importanceSamples: 5 },
  },
  {
    id: 'total-correlation',
    name: 'Variational, β-TC',
    about: [
      'Each number of the code comes to say a thing of its own, such as slant or width: move one and see.',
      'Chen et al., Isolating sources of disentanglement in variational autoencoders (NeurIPS 2018), β = 6.',
    ],
    model: denseModel(10),
    training: {
      ...drawnTraining,
      epochs: 20,
      regularisers: { codeL1: 0, contractive: 0, totalCorrelation: 5 },
    },
  },
];
