import { describe, expect, test } from 'vitest';
import { MessageWriter } from '../../../electron/engine/graph/protobuf.ts';
import { onnxMessage, type OnnxNode } from '../../../electron/model/export/onnx/onnx-file.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { messageOf } from './imported.ts';
import { node, scattered, tensor } from './onnx-graph.ts';

const refit = 'export it again, as these do not fit each other.';

/** Images of 4 × 4 through a convolution of 2 × 2, pooling, and their transposes. */
function imageModel(change: Readonly<Record<string, OnnxNode['attributes']>> = {}): Uint8Array {
  const layer = (op: string, output: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}) =>
    node(op, output, inputs, { ...attributes, ...change[output] });
  const graph = {
    name: 'g',
    about: '',
    input: { name: 'x', type: 1, shape: [1, 4, 4] },
    outputs: [{ name: 'y', type: 1, shape: [1, 4, 4] }],
    nodes: [
      layer('Conv', 'a', ['x', 'in'], { kernel_shape: [2, 2], pads: [0, 0, 1, 1] }),
      layer('MaxPool', 'b', ['a'], { kernel_shape: [2, 2], strides: [2, 2] }),
      layer('ConvTranspose', 'y', ['b', 'out'], { kernel_shape: [2, 2], strides: [2, 2] }),
    ],
    tensors: [tensor('in', [2, 1, 2, 2], scattered(8)), tensor('out', [2, 1, 2, 2], scattered(8))],
  };
  return onnxMessage(graph, { name: 'a test', version: '1' }).finish();
}

const of = async (bytes: Uint8Array): Promise<string> => {
  using folder = new TemporaryFolder();
  return await messageOf([folder.write('a.onnx', bytes)]);
};

describe('an ONNX model that contradicts itself', () => {
  test('none of these does', async () => {
    expect(await of(imageModel())).toBe('a model');
  });

  test.each<[string, Parameters<typeof imageModel>[0], string]>([
    [
      'a kernel of another shape than is said',
      { a: { kernel_shape: [3, 3] } },
      `a: expected a kernel of 3 × 3 (kernel_shape), found one of 2 × 2: ${refit}`,
    ],
    [
      'the same of a transposed convolution',
      { y: { kernel_shape: [2, 3] } },
      `y: expected a kernel of 2 × 3 (kernel_shape), found one of 2 × 2: ${refit}`,
    ],
    [
      'padding of two edges',
      { a: { pads: [1, 1] } },
      `a: expected 4 numbers (pads), for the four edges of an image, found 2: ${refit}`,
    ],
    [
      'padding of two edges before pooling',
      { b: { pads: [0, 1] } },
      `b: expected 4 numbers (pads), for the four edges of an image, found 2: ${refit}`,
    ],
    [
      'padding of three edges of a transposed convolution',
      { y: { pads: [0, 0, 0] } },
      `y: expected 4 numbers (pads), for the four edges of an image, found 3: ${refit}`,
    ],
    ['one stride', { b: { strides: [2] } }, `b: expected 2 numbers (strides), for rows and columns, found 1: ${refit}`],
    [
      'three sides of a window',
      { b: { kernel_shape: [2, 2, 2] } },
      `b: expected 2 numbers (kernel_shape), for rows and columns, found 3: ${refit}`,
    ],
    [
      'one dilation',
      { a: { dilations: [1] } },
      `a: expected 2 numbers (dilations), for rows and columns, found 1: ${refit}`,
    ],
    [
      'more of one axis alone',
      { y: { output_padding: [0] } },
      `y: expected 2 numbers (output_padding), for rows and columns, found 1: ${refit}`,
    ],
  ])('%s', async (_, change, expected) => {
    expect(await of(imageModel(change))).toBe(`a.onnx: ${expected}`);
  });

  test('an operator set that is yet to come, unless it is of another domain', async () => {
    // Of two pieces of a message of one field readers take both.
    const asking = (domain: string): Uint8Array =>
      Buffer.concat([
        imageModel(),
        new MessageWriter().message(8, (set) => set.text(1, domain).integer(2, 99)).finish(),
      ]);
    expect(await of(asking(''))).toMatch(
      /^a\.onnx: expected an operator set up to \d+, found 99: export it with an older one \(opset_version=17\)\.$/,
    );
    expect(await of(asking('com.example'))).toBe('a model');
  });
});
