import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { layOut, type LayoutLayer } from '../../electron/domain/model-layout.ts';
import { conv, dense, model, pool, upsample } from './layer-samples.ts';

const line = ({ path, kind, inputShape, shape }: LayoutLayer): string =>
  `${path} ${kind} ${inputShape.join('×')} → ${shape.join('×')}`;

const grouped = { kind: 'residual', filters: 4, kernel: 3, activation: 'relu', groups: 2 } as const;

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
      'a residual layer normalised over the batch and over groups',
      { encoder: [conv(4, 3, 1), { ...grouped, batchNorm: true }] },
      'encoder.1',
      'expected normalisation over the batch or over groups, found both.',
    ],
    [
      'a residual layer of groups that its convolutions cannot be parted into',
      { encoder: [conv(4, 3, 1), { ...grouped, filters: 3 }] },
      'encoder.1',
      'expected groups that 3 channels can be parted into, found 2.',
    ],
    [
      'a residual layer of groups that its mirror cannot be parted into',
      { encoder: [conv(3, 3, 1), { ...grouped, channels: 4 }] },
      'encoder.1',
      'expected groups that 3 channels can be parted into, found 2, in its mirror.',
    ],
    [
      'a residual layer of such groups in a decoder',
      { decoder: [conv(3, 3, 2), grouped] },
      'decoder.1',
      'expected groups that 3 channels can be parted into, found 2.',
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
