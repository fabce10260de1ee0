import type { NoiseSpec } from '../experiment.ts';
import { deepTraining, dense, type Preset } from './preset.ts';

const model: Preset['model'] = {
  encoder: [dense(1_000, 'gelu')],
  code: { size: 250, activation: 'gelu', variational: false },
  decoder: 'mirror',
  outputActivation: 'sigmoid',
  initialiser: 'glorot-uniform',
};

const training = (inputNoise: NoiseSpec): Preset['training'] => ({
  ...deepTraining,
  epochs: 20,
  augmentation: { shiftPixels: 1, flip: false },
  inputNoise,
});

/** Presets that are shown spoilt images and asked for the clean ones. */
export const denoisingPresets: readonly Preset[] = [
  {
    id: 'denoising',
    name: 'Denoising, Gaussian',
    about: [
      'It sees images under heavy noise and is asked for the clean ones.',
      'Vincent et al., Stacked denoising autoencoders (JMLR 2010); noise of standard deviation 0.5, clipped to black and white.',
    ],
    model,
    training: training({ kind: 'gaussian', deviation: 0.5 }),
  },
  {
    id: 'denoising-salt-pepper',
    name: 'Denoising, specks',
    about: [
      'A quarter of the pixels is black or white by chance: it learns which ones to doubt.',
      'Salt-and-pepper noise, as in Vincent et al., Stacked denoising autoencoders (JMLR 2010).',
    ],
    model,
    training: training({ kind: 'salt-and-pepper', fraction: 0.25 }),
  },
  {
    id: 'denoising-masking',
    name: 'Denoising, gaps',
    about: [
      'A quarter of the pixels is missing: it learns to fill in what belongs there.',
      'Masking noise, as in Vincent et al., Extracting and composing robust features (ICML 2008).',
    ],
    model,
    training: training({ kind: 'masking', fraction: 0.25 }),
  },
  {
    id: 'denoising-squares',
    name: 'Denoising, squares',
    about: [
      'Two squares of each image are missing: it learns to paint what hangs together with the rest.',
      'Pathak et al., Context encoders: feature learning by inpainting (CVPR 2016), by the error alone.',
    ],
    model,
    training: training({ kind: 'patches', count: 2, size: 7 }),
  },
];
