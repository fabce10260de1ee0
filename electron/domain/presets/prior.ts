import { deepTraining, dense, type Preset } from './preset.ts';

const model: Preset['model'] = {
  encoder: [dense(1_000, 'gelu'), dense(500, 'gelu')],
  code: { size: 16, activation: 'linear', variational: false },
  decoder: 'mirror',
  outputActivation: 'sigmoid',
  initialiser: 'glorot-uniform',
};

/** Presets whose codes are plain, and such that new images can be drawn from them. */
export const priorPresets: readonly Preset[] = [
  {
    id: 'wasserstein',
    name: 'Wasserstein, MMD',
    about: [
      'Codes are plain points, yet all of them together fill a bell-shaped cloud: sharp images, and new ones can be drawn.',
      'Tolstikhin et al., Wasserstein auto-encoders (ICLR 2018), by maximum mean discrepancy; as in Zhao et al., InfoVAE (2019).',
    ],
    model,
    training: { ...deepTraining, epochs: 15, regularisers: { codeL1: 0, contractive: 0, mmd: 0.01 } },
  },
  {
    id: 'regularised',
    name: 'Regularised, L2',
    about: [
      'No noise and no prior: short codes and small decoder weights keep it smooth; a density fitted to the codes draws new images.',
      'Ghosh et al., From variational to deterministic autoencoders (ICLR 2020): the L2 kind.',
    ],
    model,
    training: {
      ...deepTraining,
      epochs: 15,
      regularisers: { codeL1: 0, contractive: 0, codeL2: 0.0001, decoderL2: 1e-7 },
    },
  },
];
