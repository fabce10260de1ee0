import { describe, expect, test } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import type { LayerSpec, ModelSpec } from '../../electron/domain/experiment.ts';
import { layOut } from '../../electron/domain/model-layout.ts';
import { buildNetwork, type Network } from '../../electron/engine/network.ts';
import { tf } from '../../electron/engine/tensorflow.ts';
import { expectNoLeak } from './no-leak.ts';
import {
  conv,
  dense,
  modelSpec,
  noiseImages,
  onNetwork,
  pool,
  residual,
  shapesOf,
  trainEagerly,
  trainingSpec,
} from './samples.ts';

function expectSizes(network: Network, spec: ModelSpec, count = 3): void {
  tf.tidy(() => {
    const images = tf.zeros([count, ...spec.inputShape]);
    const codes = network.encoder.predict(images) as tf.Tensor;
    expect(codes.shape).toEqual([count, spec.code.size]);
    expect((network.decoder.predict(codes) as tf.Tensor).shape).toEqual([count, ...spec.inputShape]);
    expect((network.autoencoder.predict(images) as tf.Tensor).shape).toEqual([count, ...spec.inputShape]);
  });
}

describe('a mirror of dense layers', () => {
  test('turns the encoder around: 784-256-128-256-784', () => {
    const spec = modelSpec({
      inputShape: [28, 28, 1],
      encoder: [dense(256)],
      code: { size: 128, activation: 'sigmoid', variational: false },
    });
    return onNetwork(spec, (network) => {
      expect(shapesOf(network)).toEqual([
        'encoder-1/kernel 784×256',
        'encoder-1/bias 256',
        'code/kernel 256×128',
        'code/bias 128',
        'decoder-1/kernel 128×256',
        'decoder-1/bias 256',
        'output/kernel 256×784',
        'output/bias 784',
      ]);
      expectSizes(network, spec);
    });
  });

  test('gives each layer its counterpart’s activation and extras, and the output none', () => {
    const spec = modelSpec({
      encoder: [dense(6, { activation: 'relu', batchNorm: true }), dense(4, { activation: 'tanh', dropout: 0.5 })],
      code: { size: 2, activation: 'linear', variational: false },
    });
    return onNetwork(spec, (network) => {
      const kinds = network.decoderLayers.map((layer) => {
        const { activation } = layer.getConfig() as { activation?: string };
        return `${layer.name} ${layer.getClassName()}${activation === undefined ? '' : ` ${activation}`}`;
      });
      expect(kinds).toEqual([
        'decoder-1 Dense tanh',
        'decoder-1-dropout Dropout',
        'decoder-2 Dense linear',
        'decoder-2-norm BatchNormalization',
        'decoder-2-activation Activation relu',
        'output Dense sigmoid',
        'output-reshape Reshape',
      ]);
      expectSizes(network, spec);
    });
  });

  test('of a row that is made a row again is built', () => {
    const spec = modelSpec({ encoder: [dense(4), { kind: 'reshape', shape: [4] }] });
    return onNetwork(spec, (network) => expectSizes(network, spec));
  });

  test('of no layer at all is one layer each way', () => {
    const spec = modelSpec({ encoder: [] });
    return onNetwork(spec, (network) => {
      expect(shapesOf(network)).toEqual(['code/kernel 12×3', 'code/bias 3', 'output/kernel 3×12', 'output/bias 12']);
      expectSizes(network, spec);
    });
  });
});

describe('a mirror of convolutions', () => {
  test('grows back to the image: 28 × 28 halved twice', () => {
    const spec = modelSpec({ inputShape: [28, 28, 1], encoder: [conv(16, 3, 2), conv(32, 3, 2)] });
    return onNetwork(spec, (network) => {
      expect(shapesOf(network)).toEqual([
        'encoder-1/kernel 3×3×1×16',
        'encoder-1/bias 16',
        'encoder-2/kernel 3×3×16×32',
        'encoder-2/bias 32',
        'code/kernel 1568×3',
        'code/bias 3',
        'decoder-1/kernel 3×1568',
        'decoder-1/bias 1568',
        // Transposed kernels are [height, width, out, in].
        'decoder-2/kernel 3×3×16×32',
        'decoder-2/bias 16',
        'output/kernel 3×3×1×16',
        'output/bias 1',
      ]);
      expectSizes(network, spec);
    });
  });

  test.each<[ModelSpec['inputShape'], LayerSpec[]]>([
    [[7, 5, 1], [conv(2, 3, 2)]],
    [
      [7, 5, 1],
      [conv(2, 3, 2), conv(3, 3, 2)],
    ],
    [
      [9, 10, 3],
      [conv(2, 5, 3), conv(3, 2, 2), dense(4)],
    ],
    [
      [28, 28, 1],
      [conv(2, 3, 8), conv(2, 3, 8)],
    ],
    [[1, 1, 3], [conv(2, 15, 8)]],
    [[13, 1, 1], [conv(2, 1, 5)]],
    [
      [6, 6, 3],
      [conv(2, 4, 1), conv(4, 1, 1)],
    ],
    [[5, 7, 3], [pool('max', 2)]],
    [
      [6, 5, 3],
      [
        conv(2, 3, 1),
        residual(5, 3, { preActivation: true, secondKernel: 1, batchNorm: true, activation: 'prelu' }),
        residual(4, 3, { preActivation: true }),
      ],
    ],
    [
      [7, 10, 3],
      [
        conv(2, 3, 1),
        residual(5, 3, { channels: 4, stride: 2, batchNorm: true, activation: 'prelu' }),
        residual(3, 3, { channels: 6, preActivation: true, batchNorm: true, activation: 'prelu' }),
        residual(3, 2, { channels: 2, stride: 3, preActivation: true }),
      ],
    ],
    [
      [9, 7, 3],
      [
        conv(4, 3, 1),
        residual(5, 1, { middleKernel: 3, secondKernel: 1, channels: 4, stride: 2, batchNorm: true }),
        residual(2, 3, { middleKernel: 2, channels: 4, stride: 2, firstStrides: true, activation: 'prelu' }),
        residual(4, 3, { middleKernel: 1, groups: 2, activation: 'prelu' }),
        residual(2, 3, { groups: 2, preActivation: true, channels: 4, activation: 'prelu' }),
      ],
    ],
    [
      [15, 10, 3],
      [pool('average', 3), conv(4, 3, 2, { batchNorm: true }), pool('max', 2), dense(5, { batchNorm: true })],
    ],
  ])('of %j images through %j comes back to their size', (inputShape, encoder) => {
    const spec = modelSpec({ inputShape, encoder });
    return onNetwork(spec, (network) => {
      expectSizes(network, spec);
      const trainable = network.weights.filter((weight) => weight.trainable);
      expect(trainable.reduce((sum, { variable }) => sum + variable.size, 0)).toBe(layOut(spec).parameters);
      const { costs } = trainEagerly(network, trainingSpec(), noiseImages(2, inputShape), [0.1]);
      expect(Number.isFinite(costs[0])).toBe(true);
    });
  });

  test('does not normalise or drop out the image that comes out', () => {
    const spec = modelSpec({
      inputShape: [8, 8, 1],
      encoder: [conv(4, 3, 2, { batchNorm: true, dropout: 0.5 }), conv(6, 3, 2, { dropout: 0.25 })],
    });
    return onNetwork(spec, (network) => {
      expect(network.decoderLayers.map((layer) => layer.name)).toEqual([
        'decoder-1',
        'decoder-1-dropout',
        'decoder-1-reshape',
        'decoder-2',
        'decoder-2-norm',
        'decoder-2-activation',
        'decoder-2-dropout',
        'output',
      ]);
      expect(shapesOf(network).at(-1)).toBe('output/bias 1');
      expectSizes(network, spec);
    });
  });
});

describe('a written decoder', () => {
  test('of dense layers', () => {
    const spec = modelSpec({ decoder: [dense(7), dense(9, { activation: 'leaky-relu' })] });
    return onNetwork(spec, (network) => {
      expect(shapesOf(network).slice(4)).toEqual([
        'decoder-1/kernel 3×7',
        'decoder-1/bias 7',
        'decoder-2/kernel 7×9',
        'decoder-2/bias 9',
        'output/kernel 9×12',
        'output/bias 12',
      ]);
      expectSizes(network, spec);
    });
  });

  test('of nothing is the output alone', () => {
    const spec = modelSpec({ decoder: [] });
    return onNetwork(spec, (network) => {
      expect(shapesOf(network).slice(4)).toEqual(['output/kernel 3×12', 'output/bias 12']);
      expectSizes(network, spec);
    });
  });

  test('of dense layers and convolutions ends in a convolution to the image’s channels', () => {
    const spec = modelSpec({
      inputShape: [7, 9, 3],
      encoder: [dense(5)],
      decoder: [dense(6), conv(4, 3, 2), conv(2, 5, 2, { batchNorm: true })],
    });
    return onNetwork(spec, (network) => {
      expect(shapesOf(network).slice(4)).toEqual([
        'decoder-1/kernel 3×6',
        'decoder-1/bias 6',
        // 2 × 3 places of four filters, which two strides of two grow to 7 × 9.
        'decoder-2/kernel 6×24',
        'decoder-2/bias 24',
        'decoder-3/kernel 3×3×4×4',
        'decoder-3/bias 4',
        'decoder-4/kernel 5×5×2×4',
        'decoder-4-norm/gamma 2',
        'decoder-4-norm/beta 2',
        'decoder-4-norm/moving_mean 2',
        'decoder-4-norm/moving_variance 2',
        'output/kernel 3×3×3×2',
        'output/bias 3',
      ]);
      expectSizes(network, spec);
    });
  });
});

describe('a layer at the wrong place', () => {
  test.each<[Partial<ModelSpec>, string]>([
    [
      { encoder: [dense(4), conv(2, 3, 1)] },
      'model.encoder.1: expected an image for a conv layer, found 4 units: it must stand before every dense layer.',
    ],
    [
      { encoder: [conv(2, 3, 1), dense(4), dense(4), conv(2, 3, 1)] },
      'model.encoder.3: expected an image for a conv layer, found 4 units: it must stand before every dense layer.',
    ],
    [
      { decoder: [conv(2, 3, 1), dense(4)] },
      'model.decoder.1: expected a conv or upsample layer, found a dense layer: it must stand before the first of them.',
    ],
    [
      { decoder: [dense(4), conv(2, 3, 1), conv(2, 3, 1), dense(4)] },
      'model.decoder.3: expected a conv or upsample layer, found a dense layer: it must stand before the first of them.',
    ],
  ])('%j', (changes, message) =>
    expectNoLeak(() => {
      expect(() => buildNetwork(modelSpec(changes), 1)).toThrow(new StudioError('bad-spec', message));
    }),
  );
});
