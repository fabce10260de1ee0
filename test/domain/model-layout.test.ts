import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { layOut, type LayoutLayer } from '../../electron/domain/model-layout.ts';
import { conv, dense, model, pool, upsample } from './layer-samples.ts';

const line = ({ path, kind, inputShape, shape }: LayoutLayer): string =>
  `${path} ${kind} ${inputShape.join('×')} → ${shape.join('×')}`;
const lines = (changes: Partial<ModelSpec>): string[] => layOut(model(changes)).layers.map(line);

const bottleneck = {
  kind: 'residual',
  filters: 4,
  kernel: 1,
  middleKernel: 3,
  secondKernel: 1,
  activation: 'relu',
} as const;

describe('the layout of a model', () => {
  it('goes from the image through the code and back', () => {
    expect(lines({})).toEqual([
      'encoder.0 dense 28×28×1 → 256',
      'code dense 256 → 128',
      'decoder.0 dense 128 → 256',
      'output dense 256 → 28×28×1',
    ]);
  });

  it('mirrors pooling by upsampling, odd sizes rounded up and cropped', () => {
    const encoder = [conv(8, 3, 1), pool(2), conv(16, 3, 2, { activation: 'gelu' }), pool(3)];
    const { layers, problems } = layOut(model({ inputShape: [27, 15, 3], encoder }));
    expect(problems).toEqual([]);
    expect(layers.map(line)).toEqual([
      'encoder.0 conv 27×15×3 → 27×15×8',
      'encoder.1 pool 27×15×8 → 14×8×8',
      'encoder.2 conv 14×8×8 → 7×4×16',
      'encoder.3 pool 7×4×16 → 3×2×16',
      'code dense 3×2×16 → 128',
      'decoder.0 dense 128 → 3×2×16',
      'decoder.1 upsample 3×2×16 → 7×4×16',
      'decoder.2 conv 7×4×16 → 14×8×8',
      'decoder.3 upsample 14×8×8 → 27×15×8',
      'output conv 27×15×8 → 27×15×3',
    ]);
    // The activation of what was pooled, not of the pooling.
    expect(layers[5]).toMatchObject({ activation: 'gelu' });
    expect(layers[7]).toMatchObject({ activation: 'relu', transposed: true });
    expect(layers[9]).toMatchObject({ activation: 'sigmoid' });
  });

  it('begins and ends a written decoder’s images as it is told', () => {
    const decoderEnds = {
      start: { channels: 5, activation: 'linear', batchNorm: true },
      output: { kernel: 4, stride: 2 },
    } as const;
    const { layers, problems } = layOut(model({ encoder: [], decoder: [dense(9), conv(8, 3, 2)], decoderEnds }));
    expect(problems).toEqual([]);
    expect(layers.slice(1).map(line)).toEqual([
      'decoder.0 dense 128 → 9',
      'decoder.start dense 9 → 7×7×5',
      'decoder.1 conv 7×7×5 → 14×14×8',
      'output conv 14×14×8 → 28×28×1',
    ]);
    expect(layers[2]).toMatchObject({ activation: 'linear', batchNorm: true });
    expect(layers.at(-1)).toMatchObject({ kernel: 4, stride: 2, activation: 'sigmoid' });
    // One convolution alone makes the image.
    expect(lines({ encoder: [], decoder: [], decoderEnds }).slice(1)).toEqual([
      'decoder.start dense 128 → 14×14×5',
      'output conv 14×14×5 → 28×28×1',
    ]);
  });

  it('gives a written decoder a small image to grow from', () => {
    const decoder = [dense(50), upsample(2), conv(8, 3, 2), conv(4, 5, 1)];
    expect(lines({ encoder: [], decoder })).toEqual([
      'code dense 28×28×1 → 128',
      'decoder.0 dense 128 → 50',
      'decoder.start dense 50 → 7×7×8',
      'decoder.1 upsample 7×7×8 → 14×14×8',
      'decoder.2 conv 14×14×8 → 28×28×8',
      'decoder.3 conv 28×28×8 → 28×28×4',
      'output conv 28×28×4 → 28×28×1',
    ]);
  });

  it.each<[string, Partial<ModelSpec>, string, Partial<LayoutLayer>]>([
    [
      'a dense layer',
      {},
      'encoder.0',
      { parameters: 784 * 256 + 256, multiplyAdds: 784 * 256, activationBytes: 4 * 256, name: 'encoder-1' },
    ],
    [
      'batch normalisation, in place of the biases',
      { encoder: [dense(256, { batchNorm: true })] },
      'encoder.0',
      { parameters: 784 * 256 + 2 * 256 },
    ],
    [
      'a convolution',
      { encoder: [conv(16, 5, 2)] },
      'encoder.0',
      { parameters: 25 * 16 + 16, multiplyAdds: 25 * 16 * 14 * 14, activationBytes: 4 * 14 * 14 * 16 },
    ],
    [
      'its transpose, at each place of its input',
      { encoder: [conv(16, 5, 2)] },
      'output',
      { parameters: 25 * 16 + 1, multiplyAdds: 25 * 16 * 14 * 14, activationBytes: 4 * 784 },
    ],
    ['pooling', { encoder: [pool(2)] }, 'encoder.0', { parameters: 0, multiplyAdds: 0, activationBytes: 4 * 196 }],
    [
      'a residual layer, with what lies between its convolutions',
      { encoder: [{ kind: 'residual', filters: 1_000, kernel: 3, activation: 'relu' }] },
      'encoder.0',
      { parameters: 2 * 9 * 1_000 + 1_001, multiplyAdds: 2 * 9 * 1_000 * 784, activationBytes: 4 * 784 * (1_000 + 1) },
    ],
    [
      'a residual layer with a convolution beside it, of which the image shrinks',
      {
        encoder: [
          { kind: 'residual', filters: 10, kernel: 3, channels: 6, stride: 2, batchNorm: true, activation: 'prelu' },
        ],
      },
      'encoder.0',
      {
        // Kernels; scales and shifts of the three, slopes of the first and of the sum.
        parameters: 9 * 10 + 9 * 10 * 6 + 6 + 2 * (10 + 6 + 6) + 10 + 6,
        statistics: 2 * (10 + 6 + 6),
        multiplyAdds: (9 * 10 + 9 * 10 * 6 + 6) * 196,
        activationBytes: 4 * 196 * (10 + 6 + 6),
      },
    ],
    [
      'a residual layer that begins with its normalisation and activation, with what they make',
      {
        encoder: [
          {
            kind: 'residual',
            filters: 10,
            kernel: 3,
            secondKernel: 1,
            preActivation: true,
            batchNorm: true,
            activation: 'prelu',
          },
        ],
      },
      'encoder.0',
      {
        // Kernels; scales, shifts and slopes of one channel and of ten; the last biases.
        parameters: (9 + 1) * 10 + 3 + 30 + 1,
        statistics: 2 + 20,
        multiplyAdds: (9 + 1) * 10 * 784,
        activationBytes: 4 * 784 * (10 + 1 + 1),
      },
    ],
    [
      'a residual layer of three convolutions, of which the middle one shrinks the image',
      {
        encoder: [{ ...bottleneck, channels: 6, stride: 2 }],
      },
      'encoder.0',
      {
        parameters: 4 + 9 * 16 + 4 * 6 + 6 + (4 + 4 + 6 + 6),
        multiplyAdds: 4 * 784 + (9 * 16 + 4 * 6 + 6) * 196,
        activationBytes: 4 * (784 * 4 + 196 * (4 + 6 + 6)),
      },
    ],
    [
      'a residual layer of three convolutions, of which the first shrinks the image, normalised over groups',
      { encoder: [{ ...bottleneck, channels: 6, stride: 2, firstStrides: true, groups: 2 }] },
      'encoder.0',
      {
        // Kernels, biases; scales and shifts of the four.
        parameters: 4 + 9 * 16 + 4 * 6 + 6 + 3 * (4 + 4 + 6 + 6),
        statistics: 0,
        multiplyAdds: (4 + 9 * 16 + 4 * 6 + 6) * 196,
      },
    ],
    [
      'a separable convolution, with what its kernels make of each channel',
      {
        encoder: [conv(200, 1, 1), { kind: 'separable', filters: 2, kernel: 3, stride: 2, activation: 'relu' }],
      },
      'encoder.1',
      { parameters: 9 * 200 + 200 * 2 + 2, activationBytes: 4 * 196 * (200 + 2) },
    ],
    [
      'a variational code, twice',
      { code: { size: 20, activation: 'linear', variational: true } },
      'code',
      { parameters: 2 * (256 * 20 + 20), multiplyAdds: 2 * 256 * 20, activationBytes: 2 * 4 * 20, shape: [20] },
    ],
    [
      'tied weights, once',
      { tiedWeights: true },
      'output',
      { parameters: 784, multiplyAdds: 256 * 784, tiedTo: 'encoder.0' } as Partial<LayoutLayer>,
    ],
  ])('counts %s', (_name, changes, path, expected) => {
    expect(layOut(model(changes)).layers.find((layer) => layer.path === path)).toMatchObject(expected);
  });

  it('sums what the layers take', () => {
    const { parameters, multiplyAdds } = layOut(model({ tiedWeights: true }));
    expect(parameters).toBe(784 * 256 + 256 + 256 * 128 + 128 + 256 + 784);
    expect(multiplyAdds).toBe(2 * (784 * 256 + 256 * 128));
  });
});
