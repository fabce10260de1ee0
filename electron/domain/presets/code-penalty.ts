import type { ModelSpec } from '../experiment.ts';
import { modernTraining, type Preset } from './preset.ts';

/** One layer each way: the code is all there is between image and reconstruction. */
const oneLayer = (code: ModelSpec['code']): Preset['model'] => ({
  encoder: [],
  code,
  decoder: 'mirror',
  outputActivation: 'sigmoid',
  initialiser: 'glorot-uniform',
});

/** Presets that ask something of the code besides a small error. */
export const codePenaltyPresets: readonly Preset[] = [
  {
    id: 'sparse-l1',
    name: 'Sparse, L1',
    about: [
      'Of many code units few are on for any one image: each comes to stand for a stroke.',
      'A penalty on the code’s absolute values, as in sparse coding (Olshausen & Field 1996).',
    ],
    model: oneLayer({ size: 256, activation: 'relu', variational: false }),
    training: { ...modernTraining, regularisers: { codeL1: 0.0001, contractive: 0 } },
  },
  {
    id: 'sparse-kl',
    name: 'Sparse, KL',
    about: [
      'Every code unit is on for a tenth of the images, no more and no less: none is idle, none is always on.',
      'Lee et al., Sparse deep belief net model for visual area V2 (2008); sizes and target as in Ng’s lecture notes (2011).',
    ],
    model: oneLayer({ size: 196, activation: 'sigmoid', variational: false }),
    training: {
      ...modernTraining,
      learningRate: 0.01,
      regularisers: { codeL1: 0, codeKl: { target: 0.1, weight: 0.002 }, contractive: 0 },
    },
  },
  {
    id: 'contractive',
    name: 'Contractive',
    about: [
      'The code is made to change little when the image changes a little, except in the ways in which digits differ.',
      'Rifai et al., Contractive auto-encoders (ICML 2011): sigmoid units, tied weights, cross-entropy, weight 0.1.',
    ],
    model: { ...oneLayer({ size: 256, activation: 'sigmoid', variational: false }), tiedWeights: true },
    training: { ...modernTraining, loss: 'bce', regularisers: { codeL1: 0, contractive: 0.1 } },
  },
];
