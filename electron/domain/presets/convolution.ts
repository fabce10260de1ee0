import type { LayerSpec } from '../experiment.ts';
import { modernTraining, type Preset } from './preset.ts';

const conv = (filters: number): LayerSpec => ({ kind: 'conv', filters, kernel: 3, stride: 2, activation: 'relu' });

export const convolutionPresets: readonly Preset[] = [
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
      ...modernTraining,
      batchSize: 128,
      epochs: 10,
    },
  },
  {
    id: 'conv-rgb',
    name: 'Convolutional, RGB',
    about: [
      'More filters and a larger code, for small colour pictures: colours and coarse shapes come first, edges last.',
      'Masci et al., Stacked convolutional auto-encoders (ICANN 2011), on CIFAR-10; here without pooling.',
    ],
    model: {
      encoder: [conv(32), conv(64)],
      code: { size: 128, activation: 'linear', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      ...modernTraining,
      batchSize: 128,
      epochs: 20,
      augmentation: { shiftPixels: 0, flip: true },
    },
  },
];
