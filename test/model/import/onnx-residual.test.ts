import { describe, expect, test } from 'vitest';
import type { LayerSpec } from '../../../electron/domain/experiment.ts';
import { onnxMessage, type OnnxNode, type OnnxTensor } from '../../../electron/model/export/onnx/onnx-file.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { largestDifference } from '../export/trained.ts';
import { messageOf, outputOf } from './imported.ts';
import { node, scattered, tensor, whole } from './onnx-graph.ts';
import { known } from './onnx-pieces.ts';

const [COUNT, HEIGHT, WIDTH, CHANNELS] = [2, 6, 5, 3];
const PADDED = { pads: [1, 1, 1, 1] };

const weights = (name: string, ...shape: readonly number[]): OnnxTensor =>
  tensor(name, shape, scattered(shape.reduce((all, size) => all * size, 1) + name.length).slice(name.length));

/** Numbers about 1, or about 0. */
const about = (name: string, units: number, middle: 0 | 1): OnnxTensor =>
  tensor(
    name,
    [units],
    scattered(units + name.length)
      .slice(name.length)
      .map((value) => middle + value),
  );

const norm = (output: string, input: string, units: number) => {
  const names = ['scale', 'shift', 'mean', 'variance'].map((key) => `${output}/${key}`);
  return {
    nodes: [node('BatchNormalization', output, [input, ...names], { epsilon: { float: 1e-5 } })],
    tensors: names.map((name, at) => about(name, units, at % 3 === 0 ? 1 : 0)),
  };
};

const tensors: readonly OnnxTensor[] = [
  weights('k-in', CHANNELS, 1, 3, 3),
  weights('b-in', CHANNELS),
  weights('k1', 4, CHANNELS, 3, 3),
  weights('b1', 4),
  weights('k2', CHANNELS, 4, 1, 1),
  weights('b2', CHANNELS),
  weights('k-out', 1, CHANNELS, 3, 3),
  weights('b-out', 1),
  weights('s1', CHANNELS, 1, 1),
  weights('s2', 4, 1, 1),
  weights('w-code', CHANNELS * HEIGHT * WIDTH, 2),
  weights('w-start', 2, CHANNELS * HEIGHT * WIDTH),
  whole('image', [0, CHANNELS, HEIGHT, WIDTH]),
];

const wide = (output: string, input: string) => node('Conv', output, [input, 'k1', 'b1'], PADDED);
const narrow = (output: string, input: string) => node('Conv', output, [input, 'k2', 'b2']);

/** The file of images through a convolution to "a", the nodes from there to "b", and one more convolution. */
const bytesOf = (nodes: readonly OnnxNode[], more: readonly OnnxTensor[]): Uint8Array =>
  onnxMessage(
    {
      name: 'g',
      about: '',
      input: { name: 'x', type: 1, shape: [1, HEIGHT, WIDTH] },
      outputs: [{ name: 'y', type: 1, shape: [1, HEIGHT, WIDTH] }],
      nodes: [
        node('Conv', 'a', ['x', 'k-in', 'b-in'], PADDED),
        ...nodes,
        node('Conv', 'y', ['b', 'k-out', 'b-out'], PADDED),
      ],
      tensors: [...tensors, ...more],
    },
    { name: 'a test', version: '1' },
  ).finish();

const beside = (output: string, input: string, stride = 1) =>
  node('Conv', output, [input, 'k-beside', 'b-beside'], { strides: [stride, stride] });
const besides = [weights('k-beside', CHANNELS, CHANNELS, 1, 1), weights('b-beside', CHANNELS)];

const inner = (bend: string) => [wide('c1', 'lead'), node(bend, 'bent', ['c1']), narrow('c2', 'bent')];
const sum = (...values: readonly string[]) => node('Add', 'b', values);
const block = { kind: 'residual', filters: 4, kernel: 3, secondKernel: 1 } as const;
const [lead, between] = [norm('n1', 'a', CHANNELS), norm('n2', 'c1', 4)];

describe('a residual block as PyTorch writes it', () => {
  test.each<[string, readonly OnnxNode[], readonly OnnxTensor[], readonly LayerSpec[]]>([
    [
      'that begins with its activation',
      [node('Relu', 'lead', ['a']), ...inner('Relu'), sum('a', 'c2')],
      [],
      [{ ...block, preActivation: true, activation: 'relu' }],
    ],
    [
      'whose first activation is in place, so that its values are added',
      [node('Relu', 'lead', ['a']), ...inner('Relu'), node('Add', 'm', ['lead', 'c2']), node('Relu', 'b', ['m'])],
      [],
      [{ ...block, activation: 'relu' }],
    ],
    [
      'behind an activation, which is added',
      [node('Elu', 'e', ['a']), node('Relu', 'lead', ['e']), ...inner('Relu'), sum('c2', 'e')],
      [],
      [{ ...block, preActivation: true, activation: 'relu' }],
    ],
    [
      'that begins with normalisation',
      [
        ...lead.nodes,
        node('Relu', 'lead', ['n1']),
        wide('c1', 'lead'),
        ...between.nodes,
        node('Relu', 'bent', ['n2']),
        narrow('c2', 'bent'),
        sum('a', 'c2'),
      ],
      [...lead.tensors, ...between.tensors],
      [{ ...block, preActivation: true, activation: 'relu', batchNorm: true }],
    ],
    [
      'that begins with normalisation, its second one in the weights',
      [...lead.nodes, node('Relu', 'lead', ['n1']), ...inner('Relu'), sum('c2', 'a')],
      lead.tensors,
      [{ ...block, preActivation: true, activation: 'relu', batchNorm: true }],
    ],
    [
      'of a single convolution, and of one that is not bent',
      [
        node('Conv', 'c1', ['a', 'k-same', 'b2'], PADDED),
        node('Relu', 'bent', ['c1']),
        node('Add', 'lead', ['a', 'bent']),
        node('Conv', 'c2', ['lead', 'k-same', 'b2'], PADDED),
        node('Add', 'm', ['c2', 'lead']),
        node('Elu', 'b', ['m']),
      ],
      [weights('k-same', CHANNELS, CHANNELS, 3, 3)],
      [
        { kind: 'residual', filters: CHANNELS, kernel: 3, secondKernel: 1, plainSum: true, activation: 'relu' },
        { kind: 'residual', filters: CHANNELS, kernel: 3, secondKernel: 1, activation: 'linear' },
      ],
    ],
    [
      'with a convolution beside it, which the file has last',
      [node('Relu', 'lead', ['a']), ...inner('Relu'), beside('s', 'lead'), sum('c2', 's')],
      besides,
      [{ ...block, channels: CHANNELS, plainSum: true, activation: 'relu' }],
    ],
    [
      'with a convolution beside it, which the file has first, and its activation behind the sum',
      [
        node('Relu', 'lead', ['a']),
        beside('s', 'lead'),
        ...inner('Relu'),
        node('Add', 'm', ['s', 'c2']),
        node('Relu', 'b', ['m']),
      ],
      besides,
      [{ ...block, channels: CHANNELS, activation: 'relu' }],
    ],
    [
      'with normalised convolutions, and one beside them that is not, in the midst of it',
      [
        node('Elu', 'lead', ['a']),
        wide('c1', 'lead'),
        ...between.nodes,
        beside('s', 'lead'),
        node('Elu', 'bent', ['n2']),
        narrow('c2', 'bent'),
        ...norm('n3', 'c2', CHANNELS).nodes,
        sum('n3', 's'),
      ],
      [...between.tensors, ...norm('n3', 'c2', CHANNELS).tensors, ...besides],
      [{ ...block, channels: CHANNELS, plainSum: true, activation: 'elu', batchNorm: true }],
    ],
    [
      'that begins with its activation, and has a convolution of what comes in beside it',
      [node('Relu', 'lead', ['a']), ...inner('Relu'), beside('s', 'a'), sum('s', 'c2')],
      besides,
      [{ ...block, channels: CHANNELS, preActivation: true, activation: 'relu' }],
    ],
    [
      'of a shrunken image, beside another of the same kind',
      [
        node('Relu', 'lead', ['a']),
        node('Conv', 'c1', ['lead', 'k1', 'b1'], { ...PADDED, strides: [2, 2] }),
        node('Relu', 'bent', ['c1']),
        narrow('c2', 'bent'),
        beside('s', 'lead', 2),
        node('Add', 'm', ['s', 'c2']),
        node('Relu', 'small', ['m']),
        node('Resize', 'large', ['small', '', 'twice'], {
          mode: 'nearest',
          coordinate_transformation_mode: 'asymmetric',
          nearest_mode: 'floor',
        }),
        node('Slice', 'lead-2', ['large', 'from', 'to', 'axes']),
        wide('c3', 'lead-2'),
        node('Relu', 'bent-2', ['c3']),
        narrow('c4', 'bent-2'),
        beside('s-2', 'lead-2'),
        sum('c4', 's-2'),
      ],
      [
        ...besides,
        tensor('twice', [4], [1, 1, 2, 2]),
        whole('from', [0, 0]),
        whole('to', [6, 5]),
        whole('axes', [2, 3]),
      ],
      [
        { ...block, kernel: 4, channels: CHANNELS, stride: 2, activation: 'relu' },
        { ...block, channels: CHANNELS, plainSum: true, activation: 'relu' },
      ],
    ],
    [
      'whose slopes are learnt',
      [
        node('PRelu', 'lead', ['a', 's1']),
        wide('c1', 'lead'),
        node('PRelu', 'bent', ['c1', 's2']),
        narrow('c2', 'bent'),
        sum('a', 'c2'),
      ],
      [],
      [{ ...block, preActivation: true, activation: 'prelu' }],
    ],
    [
      'behind a row that has become an image',
      [
        node('Flatten', 'f', ['a']),
        node('MatMul', 'code', ['f', 'w-code']),
        node('MatMul', 'start', ['code', 'w-start']),
        node('Elu', 'e', ['start']),
        node('Reshape', 'i', ['e', 'image']),
        node('Relu', 'lead', ['i']),
        ...inner('Relu'),
        sum('i', 'c2'),
      ],
      [],
      [{ ...block, preActivation: true, activation: 'relu' }],
    ],
    [
      'twice, with an activation behind the stack',
      [
        node('Relu', 'lead', ['a']),
        ...inner('Relu'),
        node('Add', 'm', ['a', 'c2']),
        node('Relu', 'lead-2', ['m']),
        wide('c3', 'lead-2'),
        node('Relu', 'bent-2', ['c3']),
        narrow('c4', 'bent-2'),
        node('Add', 'm-2', ['m', 'c4']),
        node('Relu', 'b', ['m-2']),
      ],
      [],
      [
        { ...block, preActivation: true, activation: 'relu' },
        { ...block, preActivation: true, activation: 'relu' },
      ],
    ],
  ])('%s', async (_, nodes, more, blocks) => {
    using folder = new TemporaryFolder();
    const bytes = bytesOf(nodes, more);
    const model = specAndWeights((await readModel([folder.write('a.onnx', bytes)])).chain, {});
    const { encoder, decoder } = model.spec;
    const layers = [...encoder, ...(decoder === 'mirror' ? [] : decoder)];
    expect(layers.filter(({ kind }) => kind === 'residual')).toEqual(blocks);
    const values = Float32Array.from({ length: COUNT * HEIGHT * WIDTH }, (__, at) => Math.sin(at) / 2 + 0.5);
    const expected = await known(bytes, values, [COUNT, 1, HEIGHT, WIDTH]);
    expect(largestDifference(outputOf(model, values, COUNT), expected)).toBeLessThan(1e-5);
  });

  test.each<[string, readonly OnnxNode[], string]>([
    [
      'of 3 × 3 beside it',
      [node('Conv', 's', ['a', 'k-beside-wide', 'b-beside'], PADDED)],
      'a.onnx: b: expected one convolution of 1 × 1 and of the block’s stride 1 beside it, or none, found conv: put such a one in its place, and train it on.',
    ],
    [
      'and an activation beside it',
      [beside('s0', 'a'), node('Relu', 's', ['s0'])],
      'a.onnx: b: expected one convolution of 1 × 1 and of the block’s stride 1 beside it, or none, found conv, activation: put such a one in its place, and train it on.',
    ],
    [
      'two of them beside it',
      [beside('s0', 'a'), node('Conv', 's', ['s0', 'k-beside', 'b-beside'])],
      'a.onnx: b: expected one layer after another, found a sum of two branches from "a", as where a shortcut has several layers of its own: let each shortcut add what comes in, as it is or by one convolution of 1 × 1, train the model on, and export it again.',
    ],
  ])('with a convolution %s is refused in words', async (_, shortcut, expected) => {
    const nodes = [wide('c1', 'a'), node('Relu', 'bent', ['c1']), narrow('c2', 'bent'), ...shortcut, sum('c2', 's')];
    using folder = new TemporaryFolder();
    const path = folder.write(
      'a.onnx',
      bytesOf(nodes, [...besides, weights('k-beside-wide', CHANNELS, CHANNELS, 3, 3)]),
    );
    expect(await messageOf([path])).toBe(expected);
  });

  test('of a larger kernel than the app has is refused as that', async () => {
    const nodes = [
      node('Conv', 'c1', ['a', 'k-large', 'b1'], { pads: [8, 8, 8, 8] }),
      node('Relu', 'bent', ['c1']),
      narrow('c2', 'bent'),
      sum('a', 'c2'),
    ];
    using folder = new TemporaryFolder();
    const path = folder.write('a.onnx', bytesOf(nodes, [weights('k-large', 4, CHANNELS, 17, 17)]));
    expect(await messageOf([path])).toBe(
      'a.onnx: b: expected a kernel of at most 15 × 15, found 17 × 17: use a smaller one, and train it on.',
    );
  });
});
