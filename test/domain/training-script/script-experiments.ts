import { initialisers, losses, type Experiment, type LayerSpec } from '../../../electron/domain/experiment.ts';
import { plainActivations } from '../../../electron/domain/layer-spec.ts';
import { presets } from '../../../electron/domain/presets.ts';
import { scriptDialectIds } from '../../../electron/domain/training-script/dialects.ts';
import { imageSources, type ScriptImages } from '../../../electron/domain/training-script/script-plan.ts';
import { digits, experimentOf, textOf } from './script-samples.ts';

export const conv: Extract<LayerSpec, { kind: 'conv' }> = {
  kind: 'conv',
  filters: 8,
  kernel: 5,
  stride: 2,
  activation: 'relu',
  batchNorm: true,
  dropout: 0.1,
};
const pool: LayerSpec = { kind: 'pool', method: 'average', size: 3 };

const separable: LayerSpec = { kind: 'separable', filters: 8, kernel: 4, stride: 2, activation: 'elu' };
const residual: LayerSpec = { kind: 'residual', filters: 4, kernel: 3, activation: 'prelu', dropout: 0.1 };

const everyLayer: readonly LayerSpec[] = [
  { kind: 'rescale', scale: 2, offset: -1 },
  { kind: 'conv', filters: 8, kernel: 5, stride: 1, padding: 'valid', activation: 'prelu' },
  { kind: 'norm', method: 'batch' },
  { kind: 'activation', activation: 'leaky-relu', slope: 0.1 },
  { kind: 'pool', method: 'max', size: 3, stride: 2 },
  { kind: 'dropout', method: 'channels', rate: 0.1 },
  { kind: 'dropout', method: 'gaussian', rate: 0.1 },
  { kind: 'dropout', method: 'units', rate: 0.1 },
  { kind: 'zero-pad', top: 1, bottom: 0, left: 1, right: 0 },
  { kind: 'crop', top: 1, bottom: 0, left: 1, right: 0 },
  { kind: 'reshape', shape: [6, 6, 32] },
  { kind: 'global-pool', method: 'max' },
  { kind: 'norm', method: 'layer' },
];

/** But for what no script says. */
export const written = presets.filter(
  ({ model, training }) => model.code.map === undefined && training.inputNoise?.kind !== 'patches',
);

/** Experiments that between them use everything there is. */
const experiments = [
  ...written.map(({ id }) => experimentOf(id)),
  ...losses.map((loss) => experimentOf('modern', { loss })),
  ...initialisers.map((initialiser) => experimentOf('conv', {}, { initialiser })),
  ...plainActivations.map((activation) =>
    experimentOf('contractive', { loss: 'mse' }, { code: { size: 8, activation, variational: false } }),
  ),
  ...plainActivations.map((activation) =>
    experimentOf(
      'variational',
      {},
      { code: { size: 8, activation, variational: true }, encoder: [{ kind: 'dense', units: 9, activation }] },
    ),
  ),
  experimentOf('conv', {}, { encoder: [...everyLayer], decoder: [{ kind: 'upsample', size: 3 }] }),
  experimentOf(
    'modern',
    {},
    { encoder: [{ kind: 'dense', units: 9, activation: 'clip', batchNorm: true }], tiedWeights: true },
  ),
  experimentOf('modern', { optimizer: { kind: 'sgd' }, clipNorm: 1, lastPartialBatch: 'keep', warmupEpochs: 0.5 }),
  experimentOf('modern', { optimizer: { kind: 'momentum', momentum: 0.9, nesterov: true }, validationCount: 0 }),
  experimentOf('modern', {
    optimizer: { kind: 'adagrad', initialAccumulator: 0.1 },
    schedule: { kind: 'step', everyEpochs: 3, factor: 0.5 },
    warmupEpochs: 0,
  }),
  experimentOf('modern', { schedule: { kind: 'cosine', finalFraction: 0.1 }, warmupEpochs: 0 }),
  experimentOf('modern', { schedule: { kind: 'constant' }, earlyStopping: { patience: 3, minimumImprovement: 0 } }),
  experimentOf('modern', {
    schedule: { kind: 'step', everyEpochs: 3, factor: 0.5 },
    validationCount: 0,
    earlyStopping: { patience: 3, minimumImprovement: 0.01 },
  }),
  experimentOf('article', { optimizer: { kind: 'rmsprop', decay: 0.9, epsilon: 1e-7, initialMeanSquare: 0.5 } }),
  experimentOf(
    'conv',
    {},
    { encoder: [conv, pool, { kind: 'dense', units: 16, activation: 'leaky-relu', batchNorm: true }] },
  ),
  experimentOf('conv', {}, { decoder: [{ kind: 'upsample', size: 3 }, conv], outputActivation: 'linear' }),
  experimentOf(
    'variational',
    { beta: 0.5, loss: 'mse', dynamicBinarisation: false, betaWarmupEpochs: 0 },
    { encoder: [] },
  ),
  experimentOf('variational', {
    loss: 'huber',
    dynamicBinarisation: false,
    beta: 2,
    betaWarmupEpochs: 0,
    betaCycles: { count: 3, rise: 0.5 },
    freeBits: 0.1,
    regularisers: { codeL1: 0.1, codeL2: 0.1, contractive: 0, decoderL2: 0.1, mmd: 1, totalCorrelation: 1 },
  }),
  experimentOf('conditional', {
    loss: 'mse',
    classWeight: 1,
    dynamicBinarisation: false,
    inputNoise: { kind: 'masking', fraction: 0.1 },
    validationCount: 0,
    freeBits: 0.1,
    regularisers: { codeL1: 0.1, codeL2: 0.1, contractive: 0, decoderL2: 0.1, mmd: 1, totalCorrelation: 1 },
  }),
  ...initialisers.map((initialiser) => experimentOf('conditional', {}, { initialiser })),
  experimentOf('importance-weighted', {
    optimizer: { kind: 'sgd' },
    schedule: { kind: 'constant' },
    warmupEpochs: 0,
    betaWarmupEpochs: 0,
    betaCycles: { count: 3, rise: 0.5 },
    regularisers: { codeL1: 0.1, codeL2: 0.1, contractive: 0, decoderL2: 0.1, mmd: 1 },
  }),
  experimentOf(
    'wasserstein',
    { regularisers: { codeL1: 0.1, codeL2: 0.1, contractive: 0, decoderL2: 0.1, mmd: 1 } },
    { tiedWeights: true },
  ),
  experimentOf('map-neighbours', { augmentation: { shiftPixels: 0, flip: false }, lastPartialBatch: 'keep' }),
  experimentOf('conv-rgb', { augmentation: { shiftPixels: 2, flip: true } }),
];

/** IDX files hold no colours. */
export const sourceOf = ({ model }: Experiment): ScriptImages => ({
  ...digits,
  source: model.inputShape[2] === 3 ? 'stored' : 'idx',
});

const blocks = initialisers.map((initialiser) =>
  experimentOf(
    'conv',
    {},
    {
      initialiser,
      encoder: [
        separable,
        { ...separable, batchNorm: true },
        residual,
        { ...residual, preActivation: true, secondKernel: 1, batchNorm: true },
        { ...residual, channels: 6, stride: 2, batchNorm: true },
        { ...residual, channels: 5, preActivation: true, plainSum: true },
      ],
    },
  ),
);

/** Of activations that TensorFlow.js has no name for. */
const isForeign = (experiment: Experiment): boolean => /gelu-tanh|hard-silu/.test(JSON.stringify(experiment));

export const texts = scriptDialectIds.map((dialect) => ({
  dialect,
  texts: [
    ...blocks.map((experiment) => textOf(dialect, experiment)),
    ...experiments
      .filter((experiment) => dialect !== 'tfjs' || !isForeign(experiment))
      .map((experiment) => textOf(dialect, experiment, sourceOf(experiment))),
    ...imageSources.map((source) => textOf(dialect, experimentOf('modern'), { ...digits, source })),
    ...imageSources.map((source) => textOf(dialect, experimentOf('conditional'), { ...digits, source })),
    textOf(dialect, experimentOf('map-2d'), { ...digits, labelNames: [] }),
    textOf(dialect, experimentOf('modern'), {
      ...digits,
      labelNames: Array.from({ length: 40 }, (_, at) => `label ${at}`),
    }),
  ],
}));
