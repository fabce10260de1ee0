import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import { plainActivations } from '../../../electron/domain/layer-spec.ts';
import { conv, dense, modelSpec, residual, separable } from '../../engine/samples.ts';

/** Weights that keep values near 1, where float32 has seven digits to be compared by. */
const small = (changes: Partial<ModelSpec>): ModelSpec => modelSpec({ initialiser: 'glorot-uniform', ...changes });

const linearCode = { size: 3, activation: 'linear', variational: false } as const;

/** Those with what the test's own readers of formats do not know: programs from elsewhere read them. */
export const foreignOnly: readonly string[] = [
  'activation silu',
  'activation selu',
  'activation clip',
  'activation gelu-tanh',
  'activation hard-silu',
  'activation mish',
  'activation softsign',
  'slopes learnt and told',
  'no padding',
  'overlapping pooling',
  'separable, padded by hand',
  'normalised by itself',
  'normalised in groups',
  'residual blocks',
  'a code with classes',
  'a codebook',
  'pooling over all places',
  'bilinear enlarging',
  'enlarging with corners where they were',
  'blocks whose sums stay as they are',
  'blocks that begin with their activation',
  'blocks with a convolution beside them',
  'blocks of three convolutions',
  'blocks normalised in groups',
  'every layer said',
];

/** Which of them come back from a file with every layer said, or in none of the app's words. */
export const otherWhenRead: Readonly<Record<string, 'computes the same' | 'refused'>> = {
  'slopes learnt and told': 'computes the same',
  'no padding': 'computes the same',
  'overlapping pooling': 'computes the same',
  'separable, padded by hand': 'computes the same',
  'pixels from -1 to 1': 'computes the same',
  'normalised in groups': 'refused',
  'residual blocks': 'computes the same',
  'a code with classes': 'refused',
  'a codebook': 'refused',
};

/** Small models that between them have every layer and option an export can meet. */
export const architectures: Readonly<Record<string, ModelSpec>> = {
  dense: small({}),
  'code alone': small({ encoder: [], code: linearCode }),
  'odd convolutions': small({
    inputShape: [13, 17, 3],
    encoder: [conv(4, 5, 3), conv(5, 2, 2), conv(6, 1, 2), conv(3, 4, 1)],
    code: linearCode,
  }),
  'batch norm': small({
    inputShape: [7, 5, 3],
    encoder: [
      conv(4, 3, 2, { batchNorm: true, dropout: 0.3 }),
      conv(3, 3, 2, { batchNorm: true, activation: 'leaky-relu' }),
      dense(6, { batchNorm: true, activation: 'gelu' }),
    ],
    code: linearCode,
  }),
  ...Object.fromEntries(
    plainActivations.map((activation) => [
      `activation ${activation}`,
      small({
        inputShape: [6, 5, 1],
        encoder: [conv(3, 3, 2, { activation }), dense(6, { activation })],
        code: { size: 3, activation, variational: false },
        initialiser: 'glorot-normal',
        outputActivation: 'linear',
      }),
    ]),
  ),
  'linear path beside features': small({
    encoder: [dense(7, { activation: 'gelu' })],
    code: linearCode,
    decoder: [dense(9, { activation: 'relu' })],
    outputActivation: 'linear',
  }),
  tied: small({
    encoder: [dense(7, { activation: 'tanh' }), dense(5, { activation: 'leaky-relu', batchNorm: true })],
    tiedWeights: true,
    code: linearCode,
  }),
  'variational mean': small({
    inputShape: [6, 6, 1],
    encoder: [conv(3, 3, 2)],
    code: { size: 2, activation: 'linear', variational: true },
  }),
  'max pooling': small({
    inputShape: [9, 7, 3],
    encoder: [conv(4, 3, 1), { kind: 'pool', method: 'max', size: 2 }, { kind: 'pool', method: 'max', size: 3 }],
    code: linearCode,
  }),
  'average pooling': small({
    inputShape: [10, 7, 1],
    encoder: [
      { kind: 'pool', method: 'average', size: 3 },
      conv(2, 3, 1),
      { kind: 'pool', method: 'average', size: 2 },
    ],
    code: linearCode,
  }),
  'written decoder': small({
    inputShape: [11, 9, 3],
    encoder: [dense(8)],
    code: linearCode,
    decoder: [dense(6), { kind: 'upsample', size: 2 }, conv(3, 3, 2, { batchNorm: true }), conv(2, 2, 1)],
  }),
  'decoder of said ends, variational': small({
    inputShape: [9, 8, 1],
    encoder: [conv(3, 5, 2, { activation: 'elu' }), dense(6, { activation: 'elu' })],
    code: { size: 2, activation: 'linear', variational: true },
    decoder: [dense(6, { activation: 'elu' }), conv(3, 4, 2, { activation: 'elu' })],
    decoderEnds: { start: { channels: 4, activation: 'elu' }, output: { kernel: 5, stride: 2 } },
  }),
  'slopes learnt and told': small({
    inputShape: [6, 5, 3],
    encoder: [
      conv(4, 3, 2, { activation: 'prelu' }),
      dense(6, { activation: 'prelu' }),
      dense(5, { activation: 'leaky-relu', slope: 0.01 }),
    ],
    code: linearCode,
  }),
  'no padding': small({
    inputShape: [14, 11, 1],
    encoder: [
      conv(4, 3, 2, { padding: 'valid' }),
      { kind: 'pool', method: 'max', size: 2, padding: 'valid' },
      conv(3, 2, 1, { padding: 'valid', batchNorm: true }),
    ],
    code: linearCode,
  }),
  'overlapping pooling': small({
    inputShape: [12, 9, 3],
    encoder: [
      conv(3, 3, 1),
      { kind: 'pool', method: 'average', size: 3, stride: 2 },
      { kind: 'pool', method: 'max', size: 3, stride: 2, padding: 'valid' },
    ],
    code: linearCode,
  }),
  'separable, padded by hand': small({
    inputShape: [8, 9, 3],
    encoder: [
      { kind: 'zero-pad', top: 1, bottom: 2, left: 0, right: 1 },
      separable(5, 3, 2),
      separable(4, 3, 1, { padding: 'valid', batchNorm: true }),
      { kind: 'crop', top: 0, bottom: 1, left: 1, right: 0 },
    ],
    code: linearCode,
  }),
  'normalised by itself': small({
    inputShape: [8, 6, 3],
    encoder: [
      { kind: 'norm', method: 'batch' },
      conv(4, 3, 2),
      { kind: 'norm', method: 'layer', epsilon: 1e-5 },
      { kind: 'activation', activation: 'elu' },
      conv(6, 3, 1),
      { kind: 'norm', method: 'batch' },
    ],
    code: linearCode,
  }),
  'normalised in groups': small({
    inputShape: [8, 6, 1],
    encoder: [
      conv(6, 3, 2),
      { kind: 'norm', method: 'group', groups: 3 },
      dense(8),
      { kind: 'norm', method: 'group', groups: 2 },
    ],
    code: linearCode,
  }),
  'residual blocks': small({
    inputShape: [8, 7, 3],
    encoder: [conv(4, 3, 2), residual(6, 3, { batchNorm: true }), residual(3, 2, { activation: 'prelu' })],
    code: linearCode,
  }),
  'a code with classes': small({
    inputShape: [6, 7, 1],
    encoder: [conv(3, 3, 2), dense(8)],
    code: { size: 7, activation: 'linear', variational: true, classes: 3 },
  }),
  'a code that is an image': small({
    inputShape: [8, 6, 3],
    encoder: [conv(5, 3, 2), { kind: 'pool', method: 'max', size: 2 }],
    code: { size: 8, activation: 'tanh', variational: false, map: { channels: 2, kernel: 3 } },
  }),
  'a codebook': small({
    inputShape: [8, 6, 3],
    encoder: [conv(5, 3, 2)],
    code: { size: 24, activation: 'linear', variational: false, map: { channels: 2, kernel: 1 }, codebook: 7 },
  }),
  'pooling over all places': small({
    inputShape: [7, 6, 3],
    encoder: [conv(5, 3, 2, { dropout: 0.2 }), { kind: 'global-pool', method: 'average' }, dense(4)],
    code: linearCode,
  }),
  'bilinear enlarging': small({
    inputShape: [9, 10, 1],
    encoder: [dense(8)],
    code: linearCode,
    decoder: [dense(6), { kind: 'upsample', size: 3, method: 'bilinear' }, conv(3, 3, 1)],
  }),
  'enlarging with corners where they were': small({
    inputShape: [9, 10, 1],
    encoder: [dense(8)],
    code: linearCode,
    decoder: [dense(6), { kind: 'upsample', size: 3, method: 'bilinear-corners' }, conv(3, 3, 1)],
  }),
  'blocks whose sums stay as they are': small({
    inputShape: [6, 5, 1],
    encoder: [
      conv(4, 3, 2),
      residual(5, 3, { plainSum: true }),
      residual(3, 3, { activation: 'relu', batchNorm: true, plainSum: true }),
    ],
    code: linearCode,
  }),
  'blocks that begin with their activation': small({
    inputShape: [8, 7, 3],
    encoder: [
      conv(4, 3, 2),
      residual(5, 3, { preActivation: true, secondKernel: 1, activation: 'relu', batchNorm: true }),
      residual(3, 1, { preActivation: true, secondKernel: 3, activation: 'prelu' }),
      residual(6, 3, { preActivation: true }),
    ],
    code: linearCode,
  }),
  'blocks with a convolution beside them': small({
    inputShape: [8, 7, 3],
    encoder: [
      conv(4, 3, 1),
      residual(5, 3, { channels: 6, stride: 2, activation: 'relu', batchNorm: true }),
      residual(3, 1, { channels: 4, secondKernel: 3, preActivation: true, activation: 'prelu' }),
      residual(4, 2, { channels: 5, stride: 2 }),
    ],
    code: linearCode,
  }),
  'blocks of three convolutions': small({
    inputShape: [8, 7, 3],
    encoder: [
      conv(4, 3, 1),
      residual(3, 1, { middleKernel: 3, channels: 6, stride: 2, activation: 'relu', batchNorm: true }),
      residual(3, 1, { middleKernel: 2, channels: 4, stride: 2, firstStrides: true }),
      residual(5, 3, { middleKernel: 1, preActivation: true, activation: 'elu' }),
    ],
    code: linearCode,
  }),
  'blocks normalised in groups': small({
    inputShape: [6, 5, 1],
    encoder: [
      conv(4, 3, 2),
      residual(6, 3, { channels: 2, groups: 2, activation: 'silu' }),
      residual(4, 3, { channels: 4, groups: 2, epsilon: 0.01, preActivation: true, activation: 'prelu' }),
      residual(4, 1, { middleKernel: 3, groups: 2, activation: 'relu' }),
    ],
    code: linearCode,
  }),
  'pixels from -1 to 1': small({
    inputShape: [5, 4, 3],
    encoder: [{ kind: 'rescale', scale: 2, offset: -1 }, dense(8)],
    code: linearCode,
    outputActivation: 'tanh',
  }),
  'every layer said': small({
    inputShape: [9, 8, 1],
    encoder: [conv(3, 3, 2)],
    code: linearCode,
    decoderEnds: 'none',
    decoder: [
      dense(24),
      { kind: 'reshape', shape: [3, 4, 2] },
      conv(4, 3, 3, { transposed: true }),
      { kind: 'norm', method: 'batch' },
      conv(3, 3, 1, { padding: 'valid' }),
      conv(2, 3, 1, { transposed: true, padding: 'valid' }),
      { kind: 'crop', top: 0, bottom: 0, left: 3, right: 1 },
      conv(1, 3, 1, { activation: 'clip' }),
    ],
    outputActivation: 'clip',
  }),
};
