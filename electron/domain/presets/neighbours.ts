import type { TrainingSpec } from '../experiment.ts';
import { deepTraining, dense, type Preset } from './preset.ts';

/** Weighed beside a squared error per pixel. The radius sets the map's scale alone: with this one digits lie some 30 units across. */
export const NEIGHBOURS_KEPT: NonNullable<TrainingSpec['regularisers']['neighbours']> = {
  weight: 0.06,
  count: 15,
  radius: 0.1,
};

/** Presets whose codes keep images together that are neighbours. */
export const neighbourPresets: readonly Preset[] = [
  {
    id: 'map-neighbours',
    name: 'Map of neighbours',
    about: [
      'A map of islands: each image lies among those that look like it, and any place can be decoded. No label is used.',
      'Contrastive neighbour embedding (Damrich et al. 2023; parametric as in Sainburg et al. 2021) beside the reconstruction.',
    ],
    model: {
      encoder: [1_000, 500, 250].map((units) => dense(units, 'gelu')),
      code: { size: 2, activation: 'linear', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'glorot-uniform',
    },
    training: {
      ...deepTraining,
      learningRate: 0.002,
      warmupEpochs: 2,
      epochs: 50,
      regularisers: { codeL1: 0, contractive: 0, neighbours: NEIGHBOURS_KEPT },
      augmentation: { shiftPixels: 1, flip: false },
    },
  },
];
