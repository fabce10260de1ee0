import { deepTraining, dense, type Preset } from './preset.ts';

export const variationalPresets: readonly Preset[] = [
  {
    id: 'variational',
    name: 'Variational, 20-D',
    about: [
      'The codes fill a bell-shaped cloud without gaps: any point of it decodes to an image, and new ones can be drawn.',
      'Kingma & Welling, Auto-encoding variational Bayes (2014); pixels drawn anew as in Burda et al. (2016).',
    ],
    model: {
      encoder: [dense(500, 'gelu'), dense(500, 'gelu')],
      code: { size: 20, activation: 'linear', variational: true },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      ...deepTraining,
      loss: 'bce',
      learningRate: 0.002,
      epochs: 50,
      beta: 1,
      betaWarmupEpochs: 5,
      dynamicBinarisation: true,
    },
  },
];
