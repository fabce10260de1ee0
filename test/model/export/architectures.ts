import { activations, type ModelSpec } from '../../../electron/domain/experiment.ts';
import { conv, dense, modelSpec } from '../../engine/samples.ts';

/** Weights that keep values near 1, where float32 has seven digits to be compared by. */
const small = (changes: Partial<ModelSpec>): ModelSpec => modelSpec({ initialiser: 'glorot-uniform', ...changes });

const linearCode = { size: 3, activation: 'linear', variational: false } as const;

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
    activations.map((activation) => [
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
};
