import { describe, expect, test } from 'vitest';
import type { LayerSpec } from '../../../electron/domain/experiment.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { largestDifference } from '../export/trained.ts';
import { messageOf, outputOf } from './imported.ts';
import { node } from './onnx-graph.ts';
import {
  batch,
  bent,
  bytesOf,
  CHANNELS,
  conv,
  COUNT,
  enlarged,
  grouped,
  HEIGHT,
  known,
  PADDED,
  sum,
  three,
  WIDTH,
  type Piece,
} from './onnx-pieces.ts';

const bottleneck = { kind: 'residual', filters: 2, kernel: 1, middleKernel: 3, activation: 'relu' } as const;
const half = { ...bottleneck, channels: CHANNELS, stride: 2 } as const;

describe('a residual block of three convolutions, or of groups, as PyTorch writes it', () => {
  test.each<[string, readonly Piece[], LayerSpec]>([
    [
      'a bottleneck',
      [bent('lead', 'a'), ...three('lead', [1, 1], undefined), sum('m', 'c3', 'lead'), bent('b', 'm')],
      bottleneck,
    ],
    [
      'a normalised one whose middle convolution shrinks the image',
      [
        bent('lead', 'a'),
        ...three('lead', [1, 2], batch),
        conv('s', 'lead', [CHANNELS, CHANNELS, 1], 2),
        batch('sn', 's', CHANNELS),
        sum('m', 'c3n', 'sn'),
        bent('small', 'm'),
        enlarged,
      ],
      { ...half, middleKernel: 4, batchNorm: true },
    ],
    [
      'one whose first convolution shrinks the image',
      [
        bent('lead', 'a'),
        ...three('lead', [2, 1], undefined),
        conv('s', 'lead', [CHANNELS, CHANNELS, 1], 2),
        sum('m', 's', 'c3'),
        bent('small', 'm'),
        enlarged,
      ],
      { ...half, firstStrides: true },
    ],
    [
      'one that is normalised over groups',
      [bent('lead', 'a'), ...three('lead', [1, 1], grouped), sum('m', 'c3n', 'lead'), bent('b', 'm')],
      { ...bottleneck, groups: 2, epsilon: 1e-5 },
    ],
    [
      'one of two convolutions over groups, and what normalises the convolution beside it',
      [
        bent('lead', 'a'),
        conv('c1', 'lead', [2, CHANNELS, 3]),
        grouped('n1', 'c1', 2),
        bent('r1', 'n1'),
        conv('c2', 'r1', [CHANNELS, 2, 3]),
        grouped('n2', 'c2', CHANNELS),
        conv('s', 'lead', [CHANNELS, CHANNELS, 1]),
        grouped('sn', 's', CHANNELS),
        sum('m', 'n2', 'sn'),
        bent('b', 'm'),
      ],
      {
        kind: 'residual',
        filters: 2,
        kernel: 3,
        channels: CHANNELS,
        groups: 2,
        epsilon: 1e-5,
        activation: 'relu',
      },
    ],
    [
      'one that begins with group normalisation, a convolution beside it',
      [
        grouped('n1', 'a', CHANNELS),
        bent('r1', 'n1'),
        conv('c1', 'r1', [2, CHANNELS, 3]),
        grouped('n2', 'c1', 2),
        bent('r2', 'n2'),
        conv('c2', 'r2', [CHANNELS, 2, 3]),
        conv('s', 'a', [CHANNELS, CHANNELS, 1]),
        sum('b', 's', 'c2'),
      ],
      {
        kind: 'residual',
        filters: 2,
        kernel: 3,
        channels: CHANNELS,
        groups: 2,
        epsilon: 1e-5,
        preActivation: true,
        activation: 'relu',
      },
    ],
  ])('%s', async (_, pieces, block) => {
    using folder = new TemporaryFolder();
    const bytes = bytesOf(pieces);
    const model = specAndWeights((await readModel([folder.write('a.onnx', bytes)])).chain, {});
    const { encoder, decoder } = model.spec;
    const layers = [...encoder, ...(decoder === 'mirror' ? [] : decoder)];
    expect(layers.filter(({ kind }) => kind === 'residual')).toEqual([block]);
    const pixels = Float32Array.from({ length: COUNT * HEIGHT * WIDTH }, (__, at) => Math.sin(at) / 2 + 0.5);
    expect(largestDifference(outputOf(model, pixels, COUNT), await known(bytes, pixels))).toBeLessThan(1e-5);
  });

  test.each<[string, readonly Piece[]]>([
    [
      'of some of them alone',
      [conv('c1', 'lead', [2, CHANNELS, 3]), bent('r1', 'c1'), conv('c2', 'r1', [CHANNELS, 2, 3])],
    ],
    [
      'of another epsilon',
      [
        conv('c1', 'lead', [2, CHANNELS, 3]),
        grouped('n1', 'c1', 2, 1e-3),
        bent('r1', 'n1'),
        conv('c2', 'r1', [CHANNELS, 2, 3]),
      ],
    ],
  ])('with group normalisation %s is refused in words', async (_, inner) => {
    using folder = new TemporaryFolder();
    const pieces = [bent('lead', 'a'), ...inner, grouped('n2', 'c2', CHANNELS), sum('b', 'n2', 'lead')];
    expect(await messageOf([folder.write('a.onnx', bytesOf(pieces))])).toBe(
      'a.onnx: b: expected group normalisation alike behind each convolution, or alike before each activation, found a block that has it elsewhere, or otherwise: normalise each alike, and train it on.',
    );
  });
});

describe('the largest of windows that reach beyond the image, as PyTorch pads them', () => {
  const pooled = (lead: Piece): readonly Piece[] => [
    lead,
    {
      nodes: [node('MaxPool', 'small', ['lead'], { kernel_shape: [3, 3], strides: [2, 2], ...PADDED })],
      tensors: [],
    },
    enlarged,
  ];

  test('has zeros around what is never below 0', async () => {
    using folder = new TemporaryFolder();
    const bytes = bytesOf(pooled(bent('lead', 'a')));
    const model = specAndWeights((await readModel([folder.write('a.onnx', bytes)])).chain, {});
    const pixels = Float32Array.from({ length: COUNT * HEIGHT * WIDTH }, (_, at) => Math.sin(at) / 2 + 0.5);
    expect(largestDifference(outputOf(model, pixels, COUNT), await known(bytes, pixels))).toBeLessThan(1e-5);
  });

  test('is refused in words where it may be below 0', async () => {
    using folder = new TemporaryFolder();
    const lead = { nodes: [node('Elu', 'lead', ['a'])], tensors: [] };
    expect(await messageOf([folder.write('a.onnx', bytesOf(pooled(lead)))])).toBe(
      'a.onnx: small: expected padding of 0 and 0 at the top and left, or none, found 1 and 1: pool without padding, behind a ReLU, or of such images that none is needed.',
    );
  });
});
