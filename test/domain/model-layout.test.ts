import { describe, expect, it } from 'vitest';
import type { LayerSpec, ModelSpec } from '../../electron/domain/experiment.ts';
import { layOut, type LayoutLayer } from '../../electron/domain/model-layout.ts';
import { presets } from '../../electron/domain/presets.ts';

const article: ModelSpec = { ...presets[0]!.model, inputShape: [28, 28, 1] };
const dense = (units: number, more: object = {}): LayerSpec => ({ kind: 'dense', units, activation: 'relu', ...more });
const conv = (filters: number, kernel: number, stride: number, more: object = {}): LayerSpec => ({
  kind: 'conv',
  filters,
  kernel,
  stride,
  activation: 'relu',
  ...more,
});
const pool = (size: number): LayerSpec => ({ kind: 'pool', method: 'max', size });
const upsample = (size: number): LayerSpec => ({ kind: 'upsample', size });
const model = (changes: Partial<ModelSpec>): ModelSpec => ({ ...article, ...changes });

const line = ({ path, kind, inputShape, shape }: LayoutLayer): string =>
  `${path} ${kind} ${inputShape.join('×')} → ${shape.join('×')}`;
const lines = (changes: Partial<ModelSpec>): string[] => layOut(model(changes)).layers.map(line);

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

describe('a wrong model', () => {
  it.each<[string, Partial<ModelSpec>, string, string]>([
    [
      'a convolution after a dense layer',
      { encoder: [dense(64), conv(2, 3, 1)] },
      'encoder.1',
      'expected an image for a conv layer, found 64 units: it must stand before every dense layer.',
    ],
    [
      'pooling after a dense layer',
      { encoder: [dense(64), pool(2)] },
      'encoder.1',
      'expected an image for a pool layer, found 64 units: it must stand before every dense layer.',
    ],
    [
      'pooling more than there is',
      { inputShape: [28, 4, 1], encoder: [conv(2, 3, 2), pool(3)] },
      'encoder.1',
      'expected an image of at least 3 × 3 to pool, found 14 × 2.',
    ],
    [
      'a residual layer with a stride, and nothing that shrinks what comes in',
      { encoder: [{ kind: 'residual', filters: 4, kernel: 3, stride: 2, activation: 'relu' }] },
      'encoder.0',
      'expected channels to be said for a stride of 2, so that what comes in shrinks too, found none.',
    ],
    [
      'a residual layer with a stride where the image grows',
      {
        decoder: [
          conv(2, 3, 2),
          { kind: 'residual', filters: 4, kernel: 3, channels: 2, stride: 2, activation: 'relu' },
        ],
      },
      'decoder.1',
      'expected a stride of at most 1, so that the image keeps its size, found 2.',
    ],
    [
      'upsampling in the encoder',
      { encoder: [upsample(2)] },
      'encoder.0',
      'expected a dense, conv or pool layer, found an upsample layer, which belongs in the decoder.',
    ],
    [
      'pooling in the decoder, among dense layers',
      { decoder: [pool(2), dense(5)] },
      'decoder.0',
      'expected a dense, conv or upsample layer, found a pool layer, which belongs in the encoder.',
    ],
    [
      'pooling in the decoder, among convolutions',
      { decoder: [conv(2, 3, 2), pool(2)] },
      'decoder.1',
      'expected a dense, conv or upsample layer, found a pool layer, which belongs in the encoder.',
    ],
    [
      'a dense layer after a convolution in the decoder',
      { decoder: [dense(5), conv(2, 3, 2), dense(5)] },
      'decoder.2',
      'expected a conv or upsample layer, found a dense layer: it must stand before the first of them.',
    ],
    [
      'a stride beyond the image',
      { decoder: [conv(2, 3, 8), upsample(8)] },
      'decoder.0',
      'expected a stride of at most 4, so that the image ends as 28 × 28, found 8.',
    ],
    [
      'upsampling beyond the image',
      { inputShape: [6, 6, 1], decoder: [upsample(8)] },
      'decoder.0',
      'expected a size of at most 6, so that the image ends as 6 × 6, found 8.',
    ],
    [
      'tied convolutions',
      { encoder: [conv(2, 3, 2)], tiedWeights: true },
      'encoder.0',
      'expected a dense layer, as the weights are tied, found a conv layer.',
    ],
    [
      'tied pooling',
      { encoder: [pool(2)], tiedWeights: true },
      'encoder.0',
      'expected a dense layer, as the weights are tied, found a pool layer.',
    ],
    [
      'tied weights of a decoder by hand',
      { decoder: [dense(5)], tiedWeights: true },
      'decoder',
      'expected a mirrored decoder, as the weights are tied, found one by hand.',
    ],
    [
      'tied weights of a variational code',
      { code: { size: 5, activation: 'linear', variational: true }, tiedWeights: true },
      'code',
      'expected a plain code, as the weights are tied, found a variational one.',
    ],
  ])('%s is told at its layer', (_name, changes, path, message) => {
    expect(layOut(model(changes)).problems).toEqual([{ path, message }]);
  });

  it('is told of every wrong layer, and the rest is laid out', () => {
    const encoder = [dense(64), conv(2, 3, 1), upsample(2), dense(32)];
    const { layers, problems } = layOut(model({ encoder, decoder: [pool(2)] }));
    expect(problems.map(({ path }) => path)).toEqual(['encoder.1', 'encoder.2', 'decoder.0']);
    expect(layers.map(line)).toEqual([
      'encoder.0 dense 28×28×1 → 64',
      'encoder.3 dense 64 → 32',
      'code dense 32 → 128',
      'output dense 128 → 28×28×1',
    ]);
  });
});

describe('a model that no memory holds', () => {
  it.each<[string, Partial<ModelSpec>, string, string]>([
    [
      'of few words and many weights',
      {
        encoder: [
          { kind: 'dense', units: 65_536, activation: 'relu' },
          { kind: 'dense', units: 65_536, activation: 'relu' },
        ],
      },
      'encoder.1',
      'expected at most 536,870,912 weights in all, found',
    ],
    [
      'of few weights and large images',
      {
        inputShape: [1_024, 1_024, 1],
        encoder: [
          { kind: 'conv', filters: 4_096, kernel: 1, stride: 1, activation: 'relu' },
          { kind: 'global-pool', method: 'max' },
        ],
      },
      'encoder.0',
      'expected at most 67,108,864 values of one image, found 1024 × 1024 × 4096.',
    ],
    [
      'of layers that are too large together',
      {
        inputShape: [1_024, 1_024, 1],
        encoder: [32, 64, 60, 60, 60].map((filters) => ({
          ...({ kind: 'conv', kernel: 1, stride: 1, activation: 'relu' } as const),
          filters,
        })),
      },
      'encoder.1',
      'expected at most 268,435,456 values of one image in all, found',
    ],
  ])('%s is refused at its layer', (_, changes, path, message) => {
    const spec: ModelSpec = {
      inputShape: [28, 28, 1],
      encoder: [],
      code: { size: 2, activation: 'linear', variational: false },
      decoder: 'mirror',
      outputActivation: 'sigmoid',
      initialiser: 'he-normal',
      ...changes,
    };
    const found = layOut(spec).problems.find((problem) => problem.path === path);
    expect(found?.message.startsWith(message)).toBe(true);
  });
});
