import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import type { Experiment, LayerSpec, ModelSpec, TrainingSpec } from '../../../electron/domain/experiment.ts';
import type { ScriptDialectId } from '../../../electron/domain/training-script/dialects.ts';
import type { ImageSource } from '../../../electron/domain/training-script/script-plan.ts';
import { blockModels } from './block-models.ts';

/** How many images the scripts are tried on. */
export const SIZES = { training: 2_560, heldOut: 512, test: 400 } as const;

/** One experiment that scripts in every dialect must train as the app does. */
export interface ScriptCase {
  readonly name: string;
  readonly experiment: Experiment;
  readonly source: ImageSource;
  /** Whether something is drawn at every step. */
  readonly drawn: boolean;
  /** Dialects that refuse it by name. */
  readonly without?: readonly ScriptDialectId[];
}

/** With the app's first weights and orders; nothing else is drawn. */
const EXACT = 0.005;
/** Noise, augmentation, neighbours or pretraining are drawn by other generators. */
const DRAWN = 0.1;

/** Largest share by which the cost of an epoch's last batch may be off. */
export const toleranceOf = ({ drawn }: ScriptCase): number => (drawn ? DRAWN : EXACT);

const short: Partial<TrainingSpec> = { epochs: 2, validationCount: SIZES.heldOut };

function shortened(experiment: Experiment): Experiment {
  const { model, training } = experiment;
  const pretraining = training.pretraining === undefined ? {} : { pretraining: { ...training.pretraining, epochs: 1 } };
  // In so short a warm-up the rates of the deepest presets make any two trainings part.
  const isSteep = training.warmupEpochs > 0 && training.loss === 'mse' && model.encoder.length > 1;
  const learningRate = isSteep ? training.learningRate / 5 : training.learningRate;
  return { ...experiment, training: { ...training, ...short, ...pretraining, learningRate } };
}

function isDrawn({ model, training }: Experiment): boolean {
  return (
    model.code.variational ||
    training.pretraining !== undefined ||
    (training.regularisers.mmd ?? 0) > 0 ||
    [...model.encoder, ...(model.decoder === 'mirror' ? [] : model.decoder)].some(drops) ||
    training.regularisers.neighbours !== undefined ||
    training.inputNoise !== undefined ||
    training.dynamicBinarisation === true ||
    training.augmentation.flip ||
    training.augmentation.shiftPixels > 0
  );
}

const drops = (layer: LayerSpec): boolean =>
  layer.kind === 'dropout' || ('dropout' in layer && (layer.dropout ?? 0) > 0);

function ofPreset(
  id: string,
  name: string,
  changes: Partial<TrainingSpec>,
  model: Partial<ModelSpec> = {},
): ScriptCase {
  const preset = presets.find((each) => each.id === id) ?? presets[0]!;
  const base = shortened(presetExperiment(preset, 'digits', [28, 28, 1]));
  const experiment = {
    ...base,
    name,
    model: { ...base.model, ...model },
    training: { ...base.training, ...changes },
  };
  return { name, experiment, source: 'idx', drawn: isDrawn(experiment) };
}

/** No script says a code that is an image, or squares missing. */
const written = presets.filter(
  ({ model, training }) => model.code.map === undefined && training.inputNoise?.kind !== 'patches',
);

const ofPresets: readonly ScriptCase[] = written.map((preset) => {
  const colour = preset.id === 'conv-rgb';
  const shape: ModelSpec['inputShape'] = colour ? [28, 28, 3] : [28, 28, 1];
  const experiment = shortened(presetExperiment(preset, colour ? 'colours' : 'digits', shape));
  return { name: preset.id, experiment, source: colour ? 'stored' : 'idx', drawn: isDrawn(experiment) };
});

/** What no preset uses. */
const ofSettings: readonly ScriptCase[] = [
  ofPreset('modern', 'momentum, Huber', {
    optimizer: { kind: 'momentum', momentum: 0.9, nesterov: true },
    loss: 'huber',
    learningRate: 0.5,
    schedule: { kind: 'constant' },
    warmupEpochs: 0,
    lastPartialBatch: 'keep',
    batchSize: 300,
  }),
  ofPreset('modern', 'Adagrad, SSIM, steps', {
    optimizer: { kind: 'adagrad', initialAccumulator: 0.1 },
    loss: 'ssim',
    learningRate: 0.05,
    schedule: { kind: 'step', everyEpochs: 1, factor: 0.5 },
    warmupEpochs: 0,
  }),
  ofPreset(
    'modern',
    'RMSProp, absolute error, tied',
    {
      optimizer: { kind: 'rmsprop', decay: 0.9, epsilon: 1e-7, initialMeanSquare: 0 },
      loss: 'mae',
      learningRate: 0.001,
      clipNorm: 0.05,
      validationCount: 0,
    },
    { tiedWeights: true, code: { size: 32, activation: 'tanh', variational: false }, initialiser: 'he-normal' },
  ),
  ofPreset(
    'conv',
    'pooling, batch normalisation',
    { earlyStopping: { patience: 5, minimumImprovement: 0.01 } },
    {
      encoder: [
        { kind: 'conv', filters: 8, kernel: 5, stride: 1, activation: 'leaky-relu', batchNorm: true },
        { kind: 'pool', method: 'max', size: 2 },
        { kind: 'conv', filters: 8, kernel: 3, stride: 1, activation: 'elu' },
        { kind: 'pool', method: 'average', size: 2 },
      ],
      decoder: [
        { kind: 'conv', filters: 8, kernel: 4, stride: 2, activation: 'softplus' },
        { kind: 'upsample', size: 2 },
      ],
      initialiser: 'lecun-normal',
    },
  ),
];

const none = { codeL1: 0, contractive: 0 } as const;

/** With weights so large that a wrong one shows. */
const ofPenalties: readonly ScriptCase[] = [
  ofPreset(
    'modern',
    'L2, tied',
    { regularisers: { ...none, codeL1: 0.001, codeL2: 0.02, decoderL2: 0.0001 } },
    { tiedWeights: true },
  ),
  ofPreset('regularised', 'L2, large', { regularisers: { ...none, codeL2: 0.05, decoderL2: 0.0001 } }),
  ofPreset('wasserstein', 'MMD, large', { regularisers: { ...none, mmd: 5 } }),
  ofPreset('variational', 'free bits, cycles', {
    loss: 'mse',
    dynamicBinarisation: false,
    beta: 4,
    betaWarmupEpochs: 0,
    betaCycles: { count: 2, rise: 0.5 },
    freeBits: 0.5,
    regularisers: { ...none, codeL2: 0.01, decoderL2: 0.0001, mmd: 0.1 },
  }),
  ofPreset('total-correlation', 'TC, large', {
    betaWarmupEpochs: 0,
    regularisers: { ...none, totalCorrelation: 20 },
  }),
  ofPreset('importance-weighted', 'importance, MMD', {
    beta: 2,
    betaWarmupEpochs: 0,
    dynamicBinarisation: false,
    regularisers: { ...none, codeL1: 1, decoderL2: 0.01, mmd: 50 },
  }),
];

const ofLayers: readonly ScriptCase[] = [
  ofPreset(
    'conv',
    'layers by hand',
    {},
    {
      encoder: [
        { kind: 'rescale', scale: 2, offset: -1 },
        { kind: 'conv', filters: 6, kernel: 5, stride: 1, padding: 'valid', activation: 'silu' },
        { kind: 'activation', activation: 'prelu' },
        { kind: 'pool', method: 'max', size: 3, stride: 2 },
        { kind: 'zero-pad', top: 1, bottom: 0, left: 2, right: 0 },
        { kind: 'conv', filters: 8, kernel: 3, stride: 2, activation: 'selu', batchNorm: true },
        { kind: 'crop', top: 0, bottom: 1, left: 1, right: 0 },
        { kind: 'dense', units: 64, activation: 'leaky-relu', slope: 0.1 },
        { kind: 'norm', method: 'batch' },
        { kind: 'activation', activation: 'clip' },
      ],
      code: { size: 16, activation: 'silu', variational: false },
      decoder: [
        { kind: 'dense', units: 392, activation: 'prelu' },
        { kind: 'reshape', shape: [7, 7, 8] },
        { kind: 'upsample', size: 2 },
        { kind: 'conv', filters: 4, kernel: 3, stride: 2, transposed: true, activation: 'silu' },
        { kind: 'conv', filters: 1, kernel: 3, stride: 1, activation: 'sigmoid' },
      ],
      decoderEnds: 'none',
      initialiser: 'he-normal',
    },
  ),
  ofPreset(
    'modern',
    'tied, normalised',
    { regularisers: { ...none, decoderL2: 0.0001 } },
    {
      encoder: [
        { kind: 'dense', units: 128, activation: 'leaky-relu', slope: 0.05 },
        { kind: 'norm', method: 'layer', epsilon: 0.01 },
        { kind: 'dense', units: 64, activation: 'clip' },
      ],
      tiedWeights: true,
    },
  ),
  ofPreset(
    'conv',
    'dropout',
    {},
    {
      encoder: [
        { kind: 'conv', filters: 8, kernel: 3, stride: 2, activation: 'relu', dropout: 0.1 },
        { kind: 'dropout', method: 'channels', rate: 0.1 },
        { kind: 'global-pool', method: 'average' },
        { kind: 'dropout', method: 'gaussian', rate: 0.1 },
        { kind: 'dense', units: 32, activation: 'relu', dropout: 0.1 },
      ],
    },
  ),
];

const ofBlocks: readonly ScriptCase[] = blockModels.map(({ name, model, ...more }) => ({
  ...ofPreset('conv', name, {}, model),
  ...more,
}));

/** Picture files come in another order than the app's: other images are held out. */
const ofPictures: readonly ScriptCase[] = [
  { ...ofPreset('modern', 'picture files', {}), source: 'pictures', drawn: true },
];

export const scriptCases: readonly ScriptCase[] = [
  ...ofPresets,
  ...ofSettings,
  ...ofPenalties,
  ...ofLayers,
  ...ofBlocks,
  ...ofPictures,
];
