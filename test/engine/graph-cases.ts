import type { LayerSpec, ModelSpec, OptimizerSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import { withSizeOfMap } from '../../electron/domain/codebook.ts';
import { presets } from '../../electron/domain/presets.ts';
import type { LoopKind } from '../../electron/engine/graph/loop-functions.ts';
import { blockEncoders } from './block-encoders.ts';
import { conv, dense, modelSpec, pool, separable, trainingSpec } from './samples.ts';

export interface Case {
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
}

export const gelu = (units: number, more: Partial<Omit<LayerSpec, 'kind'>> = {}) =>
  dense(units, { activation: 'gelu', ...more });
const adam: OptimizerSpec = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
export const small: ModelSpec = modelSpec({
  inputShape: [7, 5, 1],
  encoder: [gelu(12)],
  initialiser: 'glorot-uniform',
});
export const convolutional: ModelSpec = { ...small, encoder: [conv(3, 3, 2), conv(4, 3, 2, { activation: 'elu' })] };
export const variational: ModelSpec = { ...small, code: { size: 3, activation: 'linear', variational: true } };
const rate = (changes: Partial<TrainingSpec> = {}) =>
  trainingSpec({ optimizer: adam, learningRate: 0.003, ...changes });

/** Presets that differ from another in numbers, or in a noise or a term that has its own case. */
const likeAnother = [
  'deep-rbm',
  'map-neighbours',
  'map-2d',
  'denoising-salt-pepper',
  'denoising-masking',
  'denoising-squares',
  'importance-weighted',
  'total-correlation',
  'wasserstein',
  'regularised',
];

export const cases: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    presets
      .filter(({ id }) => !likeAnother.includes(id))
      .map(({ id, model, training }) => [
        `preset ${id}, narrowed`,
        { model: withSizeOfMap({ ...model, inputShape: [7, 5, 1], encoder: model.encoder.map(narrowed) }), training },
      ]),
  ),
  'gradient descent': { model: small, training: rate({ optimizer: { kind: 'sgd' }, learningRate: 0.1 }) },
  momentum: { model: small, training: rate({ optimizer: { kind: 'momentum', momentum: 0.9, nesterov: false } }) },
  'Nesterov momentum': {
    model: small,
    training: rate({ optimizer: { kind: 'momentum', momentum: 0.9, nesterov: true } }),
  },
  adagrad: { model: small, training: rate({ optimizer: { kind: 'adagrad', initialAccumulator: 0.1 } }) },
  rmsprop: {
    model: small,
    training: rate({ optimizer: { kind: 'rmsprop', decay: 0.9, epsilon: 1e-7, initialMeanSquare: 0 } }),
  },
  adamw: { model: small, training: rate({ optimizer: { ...adam, kind: 'adamw', weightDecay: 0.1 } }) },
  'gradient clipping': {
    model: small,
    training: rate({ clipNorm: 0.01, optimizer: { kind: 'sgd' }, learningRate: 0.5 }),
  },
  'sparse code': { model: small, training: rate({ regularisers: { codeL1: 0.01, contractive: 0 } }) },
  'Gaussian noise': { model: small, training: rate({ inputNoise: { kind: 'gaussian', deviation: 0.5 } }) },
  'salt and pepper': { model: small, training: rate({ inputNoise: { kind: 'salt-and-pepper', fraction: 0.2 } }) },
  masking: { model: small, training: rate({ inputNoise: { kind: 'masking', fraction: 0.3 } }) },
  'squares missing': { model: small, training: rate({ inputNoise: { kind: 'patches', count: 2, size: 3 } }) },
  'shifts and flips': { model: small, training: rate({ augmentation: { shiftPixels: 1, flip: true } }) },
  'batch normalisation': { model: { ...small, encoder: [gelu(12, { batchNorm: true })] }, training: rate() },
  dropout: { model: { ...small, encoder: [gelu(12, { dropout: 0.3 })] }, training: rate() },
  'tied weights': {
    model: { ...small, encoder: [gelu(12, { batchNorm: true })], tiedWeights: true },
    training: rate(),
  },
  'absolute loss': { model: small, training: rate({ loss: 'mae' }) },
  'Huber loss': { model: small, training: rate({ loss: 'huber', huberDelta: 0.2 }) },
  'structural similarity': { model: { ...small, inputShape: [12, 13, 1] }, training: rate({ loss: 'ssim' }) },
  'contracted GELU': {
    model: { ...small, encoder: [], code: { size: 6, activation: 'gelu', variational: false } },
    training: rate({ regularisers: { codeL1: 0, contractive: 0.1 } }),
  },
  // Each batch is then one of half as many images, and their partners.
  'kept neighbours': {
    model: { ...small, code: { size: 2, activation: 'linear', variational: false } },
    training: rate({
      regularisers: { codeL1: 0.001, contractive: 0, neighbours: { weight: 0.2, count: 5, radius: 0.1 } },
      inputNoise: { kind: 'masking', fraction: 0.1 },
    }),
  },
  'kept neighbours, shifted and flipped': {
    model: { ...small, encoder: [gelu(12, { batchNorm: true })], decoder: [] },
    training: rate({
      regularisers: { codeL1: 0, contractive: 0, neighbours: { weight: 0.2, count: 5, radius: 1 } },
      augmentation: { shiftPixels: 1, flip: true },
    }),
  },
  'pooling alone': { model: { ...small, encoder: [pool('max', 2)] }, training: rate() },
  variational: { model: variational, training: rate({ loss: 'bce', beta: 0.5, betaWarmupEpochs: 2 }) },
  'free bits, in cycles': {
    model: variational,
    training: rate({ loss: 'bce', freeBits: 0.1, betaCycles: { count: 2, rise: 0.5 } }),
  },
  'total correlation': {
    model: variational,
    training: rate({ loss: 'mse', regularisers: { codeL1: 0, contractive: 0, totalCorrelation: 5 } }),
  },
  'several codes an image': { model: variational, training: rate({ loss: 'bce', importanceSamples: 3 }) },
  'a code with classes': {
    model: { ...small, code: { size: 7, activation: 'linear', variational: true, classes: 4 } },
    training: rate({ loss: 'mse', classWeight: 3 }),
  },
  'a code with classes, several codes an image': {
    model: { ...small, code: { size: 7, activation: 'linear', variational: true, classes: 4 } },
    // Adam would make whole steps of how differently two compilers round the least of its gradients.
    training: rate({ loss: 'bce', importanceSamples: 3, optimizer: { kind: 'sgd' }, learningRate: 0.1 }),
  },
  'mean discrepancy, short codes, small weights': {
    model: small,
    training: rate({ regularisers: { codeL1: 0, contractive: 0, mmd: 0.1, codeL2: 0.01, decoderL2: 0.001 } }),
  },
  convolutional: { model: convolutional, training: rate() },
  'convolutional with pooling': {
    model: { ...convolutional, encoder: [conv(3, 3, 1), pool('max', 2), conv(4, 3, 1), pool('average', 3)] },
    training: rate(),
  },
  'convolutional with batch normalisation and dropout': {
    model: { ...convolutional, encoder: [conv(3, 3, 2, { batchNorm: true }), conv(4, 3, 2, { dropout: 0.2 })] },
    training: rate(),
  },
  'units that learn their slopes, and others': {
    model: {
      ...small,
      encoder: [dense(12, { activation: 'prelu' }), gelu(8, { activation: 'silu' }), gelu(6, { activation: 'selu' })],
    },
    training: rate(),
  },
  'units of models from elsewhere': {
    model: {
      ...small,
      encoder: [
        dense(12, { activation: 'gelu-tanh' }),
        dense(8, { activation: 'hard-silu' }),
        dense(8, { activation: 'mish' }),
        dense(6, { activation: 'softsign' }),
      ],
      decoder: [],
    },
    training: rate(),
  },
  'layer and group normalisation of rows': {
    model: {
      ...small,
      encoder: [gelu(12), { kind: 'norm', method: 'layer' }, gelu(8), { kind: 'norm', method: 'group', groups: 2 }],
    },
    training: rate({ learningRate: 0.001 }),
  },
  'convolutions without padding': {
    model: {
      ...convolutional,
      encoder: [
        conv(3, 3, 1, { padding: 'valid', activation: 'leaky-relu', slope: 0.01 }),
        conv(4, 2, 2, { padding: 'valid' }),
      ],
    },
    training: rate(),
  },
  'separable convolutions, padded by hand': {
    model: {
      ...convolutional,
      encoder: [
        { kind: 'zero-pad', top: 1, bottom: 0, left: 2, right: 1 },
        separable(4, 3, 2),
        separable(3, 3, 1, { batchNorm: true }),
      ],
    },
    training: rate(),
  },
  // By plain gradient descent: what Adam does to so many weights would be half of the graph.
  ...Object.fromEntries(
    Object.entries(blockEncoders).map(([name, model]) => [
      name,
      { model: { ...convolutional, ...model }, training: rate({ optimizer: { kind: 'sgd' }, learningRate: 0.1 }) },
    ]),
  ),
  'a variational code that is an image': {
    model: {
      ...convolutional,
      encoder: [conv(4, 3, 2)],
      code: { size: 24, activation: 'linear', variational: true, map: { channels: 2, kernel: 1 } },
    },
    training: rate({ loss: 'bce', beta: 0.5 }),
  },
  'pooling over all places, dropout of channels': {
    model: {
      ...convolutional,
      encoder: [
        conv(6, 3, 2, { activation: 'prelu' }),
        { kind: 'dropout', method: 'channels', rate: 0.3 },
        { kind: 'global-pool', method: 'average' },
      ],
    },
    training: rate(),
  },
  'dropout by Gaussian noise': {
    model: { ...small, encoder: [gelu(12), { kind: 'dropout', method: 'gaussian', rate: 0.3 }] },
    training: rate(),
  },
  'overlapping pooling and bilinear enlarging': {
    model: {
      ...convolutional,
      encoder: [conv(3, 3, 1), { kind: 'pool', method: 'max', size: 3, stride: 2, padding: 'valid' }],
      decoder: [{ kind: 'upsample', size: 2, method: 'bilinear' }, conv(3, 3, 1), { kind: 'norm', method: 'layer' }],
    },
    training: rate(),
  },
  'units of many kinds on pooled pixels from -1 to 1': {
    model: {
      ...small,
      encoder: [
        { kind: 'rescale', scale: 2, offset: -1 },
        pool('max', 2),
        dense(8, { activation: 'prelu' }),
        dense(6, { activation: 'selu' }),
        dense(6, { activation: 'relu' }),
      ],
      decoder: [],
      outputActivation: 'tanh',
    },
    training: rate({ loss: 'mae', regularisers: { codeL1: 0.01, contractive: 0 } }),
  },
  'pixels from -1 to 1': {
    model: {
      ...small,
      encoder: [{ kind: 'rescale', scale: 2, offset: -1 }, gelu(12)],
      outputActivation: 'tanh',
    },
    training: rate(),
  },
  'convolutional, variational, denoising': {
    model: { ...convolutional, code: variational.code },
    training: rate({ loss: 'bce', inputNoise: { kind: 'gaussian', deviation: 0.2 } }),
  },
};

function narrowed(layer: LayerSpec): LayerSpec {
  return layer.kind === 'dense' ? { ...layer, units: Math.ceil(layer.units / 50) } : layer;
}

/** Between them they have every op that XLA is to compile, and each way in which a step draws: each compilation takes seconds. */
const byXla = [
  'preset article, narrowed',
  'units of many kinds on pooled pixels from -1 to 1',
  'units of models from elsewhere',
  'kept neighbours, shifted and flipped',
  'a code with classes, several codes an image',
];

/**
 * How long a case is compared: over fifty steps each kind of autoencoder, and what stands for all that XLA compiles; over twenty
 * what brings one layer, optimizer or term.
 */
export const stepsFor = (name: string): 20 | 50 => (name.startsWith('preset ') || byXla.includes(name) ? 50 : 20);

/** Every case by TensorFlow's own loop, which is made of the same trace; those that stand for all of XLA's by XLA. */
export function kindsFor(name: string): readonly LoopKind[] {
  if (name === byXla[0]) return ['xla-loop', 'graph-loop'];
  return byXla.includes(name) ? ['xla-loop'] : ['graph-loop'];
}

/** As make-runner.ts has it: XLA compiles convolutions and what normalises rows slowly, and draws numbers slowly. */
export function isForXla({ model, training }: Case): boolean {
  const slow = ['conv', 'separable', 'norm', 'dropout'];
  const draws = training.inputNoise !== undefined || training.dynamicBinarisation === true;
  return (
    !draws &&
    !model.encoder.some((layer) => slow.includes(layer.kind) || ('dropout' in layer && (layer.dropout ?? 0) > 0))
  );
}
