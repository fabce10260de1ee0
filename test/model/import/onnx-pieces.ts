import { InferenceSession, Tensor } from 'onnxruntime-web';
import { onnxMessage, type OnnxNode, type OnnxTensor } from '../../../electron/model/export/onnx/onnx-file.ts';
import { node, scattered, tensor, whole } from './onnx-graph.ts';

export const [COUNT, HEIGHT, WIDTH, CHANNELS] = [2, 6, 4, 4] as const;
export const PADDED = { pads: [1, 1, 1, 1] };

export const values = (count: number, name: string): number[] => scattered(count + name.length).slice(name.length);

/** A convolution and its weights. */
export function conv(output: string, input: string, [outs, ins, side]: readonly [number, number, number], stride = 1) {
  const padding = side === 3 ? PADDED : {};
  return {
    nodes: [node('Conv', output, [input, `${output}/k`, `${output}/b`], { ...padding, strides: [stride, stride] })],
    tensors: [
      tensor(`${output}/k`, [outs, ins, side, side], values(outs * ins * side * side, output)),
      tensor(`${output}/b`, [outs], values(outs, output)),
    ],
  };
}

export const bent = (output: string, input: string) => ({ nodes: [node('Relu', output, [input])], tensors: [] });
export const sum = (output: string, ...of: readonly string[]) => ({ nodes: [node('Add', output, of)], tensors: [] });

/** Batch normalisation of so many channels. */
export function batch(output: string, input: string, units: number) {
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
export function grouped(output: string, input: string, channels: number, epsilon = 1e-5) {
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

export type Piece = { readonly nodes: readonly OnnxNode[]; readonly tensors: readonly OnnxTensor[] };

/** Back to the whole size. */
export const enlarged: Piece = {
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
export function bytesOf(pieces: readonly Piece[]): Uint8Array {
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

/** What ONNX Runtime makes of images of this shape. */
export async function known(
  bytes: Uint8Array,
  pixels: Float32Array,
  shape: readonly number[] = [COUNT, 1, HEIGHT, WIDTH],
): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes);
  try {
    const { y } = await session.run({ x: new Tensor('float32', pixels, shape) });
    return (await y!.getData()) as Float32Array;
  } finally {
    await session.release();
  }
}

/** 4 → 2 → 2 → 4 channels. */
export const three = (
  from: string,
  stride: readonly [number, number],
  normed: typeof batch | undefined,
): readonly Piece[] => {
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
