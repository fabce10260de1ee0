import { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import type { LayerSpec } from '../../../electron/domain/experiment.ts';
import { onnxMessage, type OnnxNode, type OnnxTensor } from '../../../electron/model/export/onnx/onnx-file.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { largestDifference } from '../export/trained.ts';
import { messageOf, outputOf } from './imported.ts';
import { node, scattered, tensor, whole } from './onnx-graph.ts';

const [COUNT, HEIGHT, WIDTH, CHANNELS] = [2, 6, 4, 4];
const PADDED = { pads: [1, 1, 1, 1] };

const values = (count: number, name: string): number[] => scattered(count + name.length).slice(name.length);

/** A convolution and its weights. */
function conv(output: string, input: string, [outs, ins, side]: readonly [number, number, number], stride = 1) {
  const padding = side === 3 ? PADDED : {};
  return {
    nodes: [node('Conv', output, [input, `${output}/k`, `${output}/b`], { ...padding, strides: [stride, stride] })],
    tensors: [
      tensor(`${output}/k`, [outs, ins, side, side], values(outs * ins * side * side, output)),
      tensor(`${output}/b`, [outs], values(outs, output)),
    ],
  };
}

const bent = (output: string, input: string) => ({ nodes: [node('Relu', output, [input])], tensors: [] });
const sum = (output: string, ...of: readonly string[]) => ({ nodes: [node('Add', output, of)], tensors: [] });

/** Batch normalisation of so many channels. */
function batch(output: string, input: string, units: number) {
  const names = ['scale', 'shift', 'mean', 'variance'].map((key) => `${output}/${key}`);
  const about = (name: string, at: number): OnnxTensor =>
    tensor(
      name,
      [units],
      values(units, name).map((value) => value + (at % 3 === 0 ? 1 : 0)),
    );
  return {
    nodes: [node('BatchNormalization', output, [input, ...names], { epsilon: { float: 1e-5 } })],
    tensors: names.map(about),
  };
}

/** Group normalisation as PyTorch writes it: two groups laid out as two channels. */
function grouped(output: string, input: string, channels: number, epsilon = 1e-5) {
  const at = (name: string): string => `${output}/${name}`;
  return {
    nodes: [
      node('Reshape', at('rows'), [input, at('groups')]),
      node('InstanceNormalization', at('normed'), [at('rows'), at('ones'), at('zeros')], {
        epsilon: { float: epsilon },
      }),
      node('Shape', at('shape'), [input]),
      node('Reshape', at('image'), [at('normed'), at('shape')]),
      node('Mul', at('scaled'), [at('image'), at('scale')]),
      node('Add', output, [at('scaled'), at('shift')]),
    ],
    tensors: [
      whole(at('groups'), [0, 2, -1]),
      tensor(at('ones'), [2], [1, 1]),
      tensor(at('zeros'), [2], [0, 0]),
      tensor(
        at('scale'),
        [channels, 1, 1],
        values(channels, output).map((value) => 1 + value),
      ),
      tensor(at('shift'), [channels, 1, 1], values(channels, output)),
    ],
  };
}

type Piece = { readonly nodes: readonly OnnxNode[]; readonly tensors: readonly OnnxTensor[] };

/** Back to the whole size. */
const enlarged: Piece = {
  nodes: [
    node('Resize', 'b', ['small', '', 'twice'], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    }),
  ],
  tensors: [tensor('twice', [4], [1, 1, 2, 2])],
};

/** A file of images through a convolution to "a", these to "b", and one more convolution. */
function bytesOf(pieces: readonly Piece[]): Uint8Array {
  const all = [conv('a', 'x', [CHANNELS, 1, 3]), ...pieces, conv('y', 'b', [1, CHANNELS, 3])];
  const graph = {
    name: 'g',
    about: '',
    input: { name: 'x', type: 1, shape: [1, HEIGHT, WIDTH] },
    outputs: [{ name: 'y', type: 1, shape: [1, HEIGHT, WIDTH] }],
    nodes: all.flatMap(({ nodes }) => nodes),
    tensors: all.flatMap(({ tensors }) => tensors),
  };
  return onnxMessage(graph, { name: 'a test', version: '1' }).finish();
}

async function known(bytes: Uint8Array, pixels: Float32Array): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes);
  try {
    const { y } = await session.run({ x: new Tensor('float32', pixels, [COUNT, 1, HEIGHT, WIDTH]) });
    return (await y!.getData()) as Float32Array;
  } finally {
    await session.release();
  }
}

/** 4 → 2 → 2 → 4 channels. */
const three = (from: string, stride: readonly [number, number], normed: typeof batch | undefined): readonly Piece[] => {
  const after = (name: string, channels: number): readonly Piece[] =>
    normed === undefined ? [] : [normed(`${name}n`, name, channels)];
  const end = normed === undefined ? '' : 'n';
  return [
    conv('c1', from, [2, CHANNELS, 1], stride[0]),
    ...after('c1', 2),
    bent('r1', `c1${end}`),
    conv('c2', 'r1', [2, 2, 3], stride[1]),
    ...after('c2', 2),
    bent('r2', `c2${end}`),
    conv('c3', 'r2', [CHANNELS, 2, 1]),
    ...after('c3', CHANNELS),
  ];
};

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
