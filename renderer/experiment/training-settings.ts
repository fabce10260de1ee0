import { CODEBOOK_TRAINING } from '../../electron/domain/codebook.ts';
import type { Experiment, NoiseSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import { divergenceSettings } from './divergence-settings.ts';
import { sizeOfCode } from './model-settings.ts';
import { optimizerSettings, scheduleSettings } from './optimizer-settings.ts';
import { penaltyWords, regulariserSettings } from './penalty-settings.ts';
import {
  number,
  optionalSwitch,
  type ChoiceSetting,
  type NumberSetting,
  type Setting,
  type SettingGroup,
} from './setting.ts';
import { optimizerWords, scheduleWords } from './spec-words.ts';

const lossNames: Readonly<Record<TrainingSpec['loss'], string>> = {
  mse: 'squared error',
  bce: 'cross-entropy',
  mae: 'absolute error',
  huber: 'Huber',
  ssim: 'SSIM',
};

const loss: ChoiceSetting = {
  kind: 'choice',
  path: 'training.loss',
  label: 'Loss',
  help: 'What training makes small, between each image and its reconstruction.',
  options: Object.entries(lossNames).map(([id, name]) => ({ id, name, value: id })),
  chosen: ({ training }) => training.loss,
};

const lossSettings = ({ model, training }: Experiment): readonly Setting[] => [
  loss,
  ...(training.loss === 'huber'
    ? [
        number(
          'training.huberDelta',
          'Turns at',
          'pixel value, to 1',
          'Larger differences count as absolute, not squared.',
          '0.1',
        ),
      ]
    : []),
  ...(saysCodebook(model, training) ? codebookSettings : []),
];

/** What an experiment without a codebook says of one is to be seen too, so that it can be taken away. */
const saysCodebook = ({ code }: Experiment['model'], { commitment, codebookDecay }: TrainingSpec): boolean =>
  [code.codebook, commitment, codebookDecay].some((value) => value !== undefined);

const codebookSettings: readonly NumberSetting[] = [
  number(
    'training.commitment',
    'Commitment',
    'weight, 0–1,000',
    'What it costs that the encoder’s vectors are far from the codebook’s (van den Oord et al. 2017).',
    String(CODEBOOK_TRAINING.commitment),
  ),
  number(
    'training.codebookDecay',
    'Codebook keeps',
    'share, 0–0.9999',
    'Of its moving averages at each step; the rest comes from the step’s images.',
    String(CODEBOOK_TRAINING.codebookDecay),
  ),
];

const noises: readonly { readonly name: string; readonly value: NoiseSpec }[] = [
  { name: 'Gaussian', value: { kind: 'gaussian', deviation: 0.5 } },
  { name: 'salt and pepper', value: { kind: 'salt-and-pepper', fraction: 0.25 } },
  { name: 'masking', value: { kind: 'masking', fraction: 0.25 } },
  { name: 'missing squares', value: { kind: 'patches', count: 2, size: 7 } },
];

const noise: ChoiceSetting = {
  kind: 'choice',
  path: 'training.inputNoise',
  label: 'Noise',
  help: 'Spoils what the model sees; it learns to give back the clean image.',
  options: [
    { id: 'none', name: 'none', value: undefined },
    ...noises.map(({ name, value }) => ({ id: value.kind, name, value })),
  ],
  chosen: ({ training }) => training.inputNoise?.kind ?? 'none',
};

const noiseSettings = ({ training: { inputNoise } }: Experiment): readonly Setting[] => [
  noise,
  ...(inputNoise?.kind === 'gaussian'
    ? [
        number(
          'training.inputNoise.deviation',
          'Deviation',
          'pixel value, 0–2',
          'Standard deviation; the sum is clipped.',
        ),
      ]
    : []),
  ...(inputNoise?.kind === 'patches'
    ? [
        number('training.inputNoise.count', 'Squares', 'an image, 1–64', 'How many squares of each image are black.'),
        number('training.inputNoise.size', 'Side', 'pixels, 1–512', 'Of each square; less than the image’s.'),
      ]
    : []),
  ...(inputNoise && inputNoise.kind !== 'gaussian' && inputNoise.kind !== 'patches'
    ? [number('training.inputNoise.fraction', 'Pixels', 'share, 0–1', 'Share of the pixels that are spoilt.')]
    : []),
  optionalSwitch(
    'training.dynamicBinarisation',
    'Draw pixels as 0 or 1',
    'Each pixel is drawn anew, with its value as the chance of a 1; needs cross-entropy.',
    ({ training }) => training.dynamicBinarisation === true,
  ),
];

const augmentationSettings: readonly Setting[] = [
  number(
    'training.augmentation.shiftPixels',
    'Shift',
    'pixels, 0–16',
    'Each image is moved by up to so much, anew every time.',
  ),
  {
    kind: 'switch',
    path: 'training.augmentation.flip',
    label: 'Flip left to right',
    help: 'Half of the images are seen mirrored; not for digits or letters.',
    on: true,
    off: false,
    isOn: ({ training }) => training.augmentation.flip,
  },
];

const stoppingSettings = ({ training: { earlyStopping } }: Experiment): readonly Setting[] => [
  {
    kind: 'switch',
    path: 'training.earlyStopping',
    label: 'End when it no longer improves',
    help: 'The best weights on the held-out images are kept either way.',
    on: { patience: 10, minimumImprovement: 0 },
    off: undefined,
    isOn: ({ training }) => training.earlyStopping !== undefined,
  },
  ...(earlyStopping
    ? [
        number(
          'training.earlyStopping.patience',
          'Patience',
          'epochs, from 1',
          'So many without an improvement are waited for.',
        ),
        number(
          'training.earlyStopping.minimumImprovement',
          'At least',
          'share, 0–1',
          'Share of the best error by which it must fall to count.',
        ),
      ]
    : []),
];

const gradientSettings: readonly Setting[] = [
  number('training.clipNorm', 'Clip at', 'norm, 0–1,000,000', 'Longer gradients are scaled down to it; 0 leaves them.'),
  {
    kind: 'choice',
    path: 'training.lastPartialBatch',
    label: 'Rest',
    help: 'What becomes of the images that fill no whole batch at the end.',
    options: [
      { id: 'drop', name: 'left out', value: 'drop' },
      { id: 'keep', name: 'a smaller batch', value: 'keep' },
    ],
    chosen: ({ training }) => training.lastPartialBatch,
  },
];

const startNames = { drawn: 'drawn', data: 'on the images', pca: 'at PCA' } as const;

const start: ChoiceSetting = {
  kind: 'choice',
  path: 'training.start',
  label: 'Start',
  help: 'Drawn weights may be scaled and centred on the images, or begin as PCA, and more, in closed form.',
  options: Object.entries(startNames).map(([id, name]) => ({ id, name, value: id === 'drawn' ? undefined : id })),
  chosen: ({ training }) => training.start ?? 'drawn',
};

const pretrainingSettings = ({ training: { pretraining } }: Experiment): readonly Setting[] => [
  start,
  {
    kind: 'switch',
    path: 'training.pretraining',
    label: 'Pretrain as RBMs',
    help: 'Layer by layer as restricted Boltzmann machines, then the whole (Hinton & Salakhutdinov 2006).',
    on: { kind: 'rbm', epochs: 10, learningRate: 0.1, batchSize: 100, weightDecay: 0.0002 },
    off: undefined,
    isOn: ({ training }) => training.pretraining !== undefined,
  },
  ...(pretraining
    ? [
        number('training.pretraining.epochs', 'Passes', 'a layer, 1–1,000', 'How often each layer sees all images.'),
        number('training.pretraining.learningRate', 'Rate', 'above 0, to 10', 'A linear code takes a hundredth of it.'),
        number('training.pretraining.batchSize', 'Images a step', '1–65,536', 'How many images each step looks at.'),
        number(
          'training.pretraining.weightDecay',
          'Weight cost',
          '0–1',
          'Pulls the weights to zero a little at each step.',
        ),
      ]
    : []),
];

const noiseName = ({ training: { inputNoise, dynamicBinarisation } }: Experiment) =>
  [noises.find(({ value }) => value.kind === inputNoise?.kind)?.name, dynamicBinarisation ? 'drawn pixels' : undefined]
    .filter((word) => word !== undefined)
    .join(', ') || 'none';

function augmentationWords({ training: { augmentation } }: Experiment): string {
  const { shiftPixels, flip } = augmentation;
  return (
    [shiftPixels > 0 ? `shift ${shiftPixels}` : '', flip ? 'flip' : ''].filter((w) => w !== '').join(', ') || 'none'
  );
}

/** What is set most often: always in sight. */
export const mainSettings = (experiment: Experiment): readonly NumberSetting[] => [
  sizeOfCode(experiment),
  number('training.learningRate', 'Learning rate', 'above 0, to 100', 'How far each step goes down the gradient.'),
  number('training.batchSize', 'Batch size', 'images, 1–65,536', 'How many images each step looks at.'),
  number('training.epochs', 'Epochs', '1–100,000', 'How often all training images are seen.'),
  number(
    'training.seed',
    'Seed',
    '0–2,147,483,647',
    'Draws the first weights, the order and the noise: the same seed repeats a run.',
  ),
  number(
    'training.validationCount',
    'Validation',
    'images held out',
    'Never trained on: they choose the best epoch and end a run that no longer improves.',
  ),
];

/** Every setting of a training that is not always in sight, in groups. */
export const trainingGroups: readonly SettingGroup[] = [
  { id: 'loss', title: 'Loss', words: ({ training }) => lossNames[training.loss], settings: lossSettings },
  {
    id: 'optimizer',
    title: 'Optimizer',
    words: ({ training }) => optimizerWords(training.optimizer),
    settings: optimizerSettings,
  },
  {
    id: 'schedule',
    title: 'Schedule',
    words: ({ training }) => scheduleWords(training.schedule, training.warmupEpochs),
    settings: scheduleSettings,
  },
  {
    id: 'early-stopping',
    title: 'Early stopping',
    words: ({ training: { earlyStopping } }) =>
      earlyStopping ? `after ${earlyStopping.patience} without gain` : 'off',
    settings: stoppingSettings,
  },
  {
    id: 'gradients',
    title: 'Clipping',
    words: ({ training: { clipNorm } }) => (clipNorm > 0 ? `at ${clipNorm}` : 'off'),
    settings: () => gradientSettings,
  },
  { id: 'noise', title: 'Noise', words: noiseName, settings: noiseSettings },
  { id: 'augmentation', title: 'Variation', words: augmentationWords, settings: () => augmentationSettings },
  { id: 'regularisers', title: 'Penalties', words: penaltyWords, settings: regulariserSettings },
  {
    id: 'divergence',
    title: 'Beta',
    words: ({ model, training }) => (model.code.variational ? String(training.beta) : 'for variational codes'),
    settings: divergenceSettings,
  },
  {
    id: 'pretraining',
    title: 'Start',
    words: ({ training }) => (training.pretraining ? 'RBMs first' : startNames[training.start ?? 'drawn']),
    settings: pretrainingSettings,
  },
];

/** The group that holds a field, or whose choice it is. */
export const groupOf = (path: string, experiment: Experiment): SettingGroup | undefined =>
  trainingGroups.find((group) =>
    group.settings(experiment).some((setting) => setting.path === path || path.startsWith(`${setting.path}.`)),
  );
