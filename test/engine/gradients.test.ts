import { describe, expect, test } from 'vitest';
import type { ModelSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import type { Network } from '../../electron/engine/network.ts';
import {
  conv,
  dense,
  modelSpec,
  noiseImages,
  onNetwork,
  pool,
  residual,
  separable,
  setWeights,
  trainEagerly,
  trainingSpec,
  weightsByName,
} from './samples.ts';

const COUNT = 4;
/** How far the weights are moved either way: far enough for float32, near enough for a straight line. */
const STEP = 0.01;

const smooth = (changes: Partial<ModelSpec>): ModelSpec =>
  modelSpec({
    inputShape: [7, 5, 1],
    encoder: [dense(6, { activation: 'tanh' })],
    initialiser: 'glorot-normal',
    ...changes,
  });
const elu = { activation: 'elu' } as const;
const none = { codeL1: 0, contractive: 0 };

const cases: Readonly<Record<string, readonly [Partial<ModelSpec>, Partial<TrainingSpec>]>> = {
  'dense layers': [{}, {}],
  'strided convolutions and their transposes': [{ encoder: [conv(3, 3, 2, elu), conv(4, 3, 2, elu)] }, {}],
  'batch normalisation': [{ encoder: [dense(6, { activation: 'tanh', batchNorm: true })] }, {}],
  'batch normalisation of convolutions': [{ encoder: [conv(3, 3, 2, { ...elu, batchNorm: true })] }, {}],
  dropout: [{ encoder: [dense(12, { activation: 'tanh', dropout: 0.3 })] }, {}],
  'a noisy input': [{}, { inputNoise: { kind: 'gaussian', deviation: 0.3 } }],
  'cross-entropy': [{}, { loss: 'bce' }],
  'L1 on the code': [{}, { regularisers: { ...none, codeL1: 0.01 } }],
  'tied weights': [{ tiedWeights: true, encoder: [dense(6, { activation: 'tanh' }), dense(5)] }, {}],
  'tied weights with batch normalisation': [
    { tiedWeights: true, encoder: [dense(6, { activation: 'tanh', batchNorm: true })] },
    {},
  ],
  'maximum pooling and upsampling': [{ encoder: [conv(3, 3, 1, elu), pool('max', 2)] }, {}],
  'average pooling and upsampling': [{ encoder: [conv(3, 3, 1, elu), pool('average', 3)] }, {}],
  'a decoder by hand that upsamples': [{ decoder: [{ kind: 'upsample', size: 2 }, conv(3, 3, 1, elu)] }, {}],
  'slopes that are learnt': [{ encoder: [dense(6, { activation: 'prelu' })] }, {}],
  'SiLU and SELU': [{ encoder: [dense(6, { activation: 'silu' }), dense(6, { activation: 'selu' })] }, {}],
  'GELU by tanh and hard SiLU': [
    { encoder: [dense(6, { activation: 'gelu-tanh' }), dense(6, { activation: 'hard-silu' })] },
    {},
  ],
  'Mish and softsign': [{ encoder: [dense(6, { activation: 'mish' }), dense(6, { activation: 'softsign' })] }, {}],
  'convolutions without padding': [
    { encoder: [conv(3, 3, 1, { ...elu, padding: 'valid' }), conv(3, 2, 2, { ...elu, padding: 'valid' })] },
    {},
  ],
  'separable convolutions': [{ encoder: [separable(3, 3, 2), separable(4, 3, 1, { padding: 'valid' })] }, {}],
  'residual blocks': [{ encoder: [conv(3, 3, 2, elu), residual(4, 3)] }, {}],
  'residual blocks whose sums stay': [{ encoder: [conv(3, 3, 2, elu), residual(4, 3, { plainSum: true })] }, {}],
  'residual blocks that begin with their activation': [
    { encoder: [conv(3, 3, 2, elu), residual(4, 3, { preActivation: true, secondKernel: 1 })] },
    {},
  ],
  'residual blocks that begin with normalisation': [
    { encoder: [conv(3, 3, 2, elu), residual(4, 3, { preActivation: true, batchNorm: true })] },
    {},
  ],
  'residual blocks with a convolution beside them': [
    { encoder: [conv(3, 3, 1, elu), residual(4, 3, { channels: 5, stride: 2 })] },
    {},
  ],
  'residual blocks of three convolutions, and by groups': [
    {
      encoder: [
        conv(4, 3, 1, elu),
        residual(2, 1, { middleKernel: 3, secondKernel: 1, channels: 4, stride: 2 }),
        residual(2, 2, { groups: 2 }),
      ],
    },
    {},
  ],
  'layer and group normalisation': [
    {
      encoder: [
        conv(4, 3, 2, elu),
        { kind: 'norm', method: 'group', groups: 2 },
        conv(4, 3, 1, elu),
        { kind: 'norm', method: 'layer' },
      ],
    },
    {},
  ],
  'pooling over all places': [{ encoder: [conv(4, 3, 2, elu), { kind: 'global-pool', method: 'average' }] }, {}],
  'dropout of channels': [{ encoder: [conv(6, 3, 2, elu), { kind: 'dropout', method: 'channels', rate: 0.3 }] }, {}],
  'dropout by Gaussian noise': [{ encoder: [dense(6), { kind: 'dropout', method: 'gaussian', rate: 0.3 }] }, {}],
  'a code that is an image': [
    {
      encoder: [conv(3, 3, 2, elu)],
      code: { size: 24, activation: 'tanh', variational: true, map: { channels: 2, kernel: 3 } },
    },
    {},
  ],
  'bilinear enlarging': [{ decoder: [{ kind: 'upsample', size: 2, method: 'bilinear' }, conv(3, 3, 1, elu)] }, {}],
  'enlarging with corners where they were': [
    { decoder: [{ kind: 'upsample', size: 2, method: 'bilinear-corners' }, conv(3, 3, 1, elu)] },
    {},
  ],
  'pixels from -1 to 1': [
    { encoder: [{ kind: 'rescale', scale: 2, offset: -1 }, dense(6)], outputActivation: 'tanh' },
    {},
  ],
  'absolute loss': [{}, { loss: 'mae' }],
  'Huber loss': [{}, { loss: 'huber', huberDelta: 0.2 }],
  'structural similarity': [{ inputShape: [12, 11, 1] }, { loss: 'ssim' }],
  'sparse KL': [{}, { regularisers: { ...none, codeKl: { target: 0.1, weight: 0.5 } } }],
  contraction: [{ encoder: [] }, { regularisers: { ...none, contractive: 0.5 } }],
  'kept neighbours': [{}, { regularisers: { ...none, neighbours: { weight: 0.2, count: 3, radius: 0.1 } } }],
  'contraction with tied weights': [
    { encoder: [], tiedWeights: true, code: { size: 4, activation: 'tanh', variational: false } },
    { regularisers: { ...none, contractive: 0.5 } },
  ],
  'binarised pixels and a warmed-up variational code': [
    { code: { size: 3, activation: 'linear', variational: true } },
    { loss: 'bce', dynamicBinarisation: true, beta: 0.3 },
  ],
};

describe('the gradient of a step is the slope of its cost', () => {
  test.each(Object.entries(cases))('%s', (_name, [model, training]) =>
    onNetwork(smooth(model), (network) => {
      const images = noiseImages(COUNT, network.spec.inputShape);
      const start = weightsByName(network);
      const names = network.weights.filter(({ trainable }) => trainable).map(({ name }) => name);
      const moved = trainEagerly(network, trainingSpec(training), images, [1]).weights;
      // One step of gradient descent at rate 1.
      const gradient = names.map((name) => start[name]!.map((value, index) => value - moved[name]![index]!));
      const norm = Math.hypot(...gradient.map((values) => Math.hypot(...values)));
      expect(norm).toBeGreaterThan(1e-3);
      for (const values of gradient) expect(Math.hypot(...values)).toBeGreaterThan(0);
      const costAt = (by: number): number => {
        setWeights(network, start);
        const there = names.map(
          (name, place) =>
            [name, start[name]!.map((value, index) => value + (by * gradient[place]![index]!) / norm)] as const,
        );
        setWeights(network, Object.fromEntries(there));
        return cost(network, training, images);
      };
      expect((costAt(STEP) - costAt(-STEP)) / (2 * STEP) / norm).toBeCloseTo(1, 1.9);
    }),
  );
});

function cost(network: Network, training: Partial<TrainingSpec>, images: ReturnType<typeof noiseImages>): number {
  return trainEagerly(network, trainingSpec(training), images, [0]).costs[0]!;
}
