import type { LayerSpec } from '../experiment.ts';
import { modernTraining, type Preset } from './preset.ts';

const conv = (filters: number): LayerSpec => ({ kind: 'conv', filters, kernel: 4, stride: 2, activation: 'elu' });
const residual: LayerSpec = { kind: 'residual', filters: 32, kernel: 3, activation: 'elu' };

export const codebookPresets: readonly Preset[] = [
  {
    id: 'vq',
    name: 'Vector-quantised',
    about: [
      'Each place of a small map becomes one of 128 learnt vectors: an image is 49 whole numbers, which pack well.',
      'Van den Oord, Vinyals & Kavukcuoglu, Neural discrete representation learning (NeurIPS 2017), its codebook as moving averages.',
    ],
    model: {
      encoder: [conv(24), conv(48), residual],
      code: { size: 392, activation: 'linear', variational: false, map: { channels: 8, kernel: 1 }, codebook: 128 },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      ...modernTraining,
      batchSize: 128,
      epochs: 15,
      start: 'data',
      commitment: 0.25,
      codebookDecay: 0.99,
    },
  },
];
