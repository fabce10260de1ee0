import type { Padding, PlainWeight } from '../../export/plain-model.ts';
import { samePadding } from '../../../domain/geometry.ts';
import type { ChainValue, ChainWriter } from './chain-writer.ts';
import { permuted } from './constants.ts';
import { Layout } from './layout.ts';
import type { NodeAttributes } from './node-attributes.ts';
import type { OnnxTensor } from './onnx-file.ts';

/** A node whose first input comes of the model's input, and whose others are constants. */
export interface LayerNode {
  readonly op: string;
  readonly name: string;
  readonly value: ChainValue;
  /** By their place among the inputs; that of the value is empty. */
  readonly constants: readonly (OnnxTensor | undefined)[];
  /** What the inputs are called. */
  readonly names: readonly string[];
  readonly attributes: NodeAttributes;
  readonly chain: ChainWriter;
}

type Operator = (node: LayerNode) => ChainValue;

/** What computes with weights or windows, by ONNX's names (onnx.ai/onnx/operators). */
export const layerOperators: Readonly<Record<string, Operator>> = {
  AveragePool: (node) => pool(node, 'average'),
  BatchNormalization: batchNorm,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  Gemm: dense,
  MatMul: dense,
  GlobalAveragePool: (node) => globalPool(node, 'average'),
  GlobalMaxPool: (node) => globalPool(node, 'max'),
  LayerNormalization: layerNorm,
  MaxPool: (node) => pool(node, 'max'),
  PRelu: prelu,
  Pad: pad,
};

function dense({ op, name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  if (op === 'Gemm') {
    if (attributes.integer('transA', 0) !== 0) throw attributes.bad('rows that are not transposed', 'transposed ones');
    const factors = ['alpha', 'beta'].map((factor) => attributes.number(factor, 1));
    if (factors.some((factor) => factor !== 1)) throw attributes.bad('alpha and beta of 1', factors.join(' and '));
  }
  const { units: inputs, places } = chain.row(value, name);
  const matrix = weight(constants[1], 2, attributes);
  const turned = op === 'Gemm' && attributes.integer('transB', 0) !== 0 ? permuted(matrix, [1, 0]) : matrix;
  const { dims, data } = turned as typeof matrix;
  const [rows = 0, units = 0] = dims;
  if (rows !== inputs) throw attributes.bad(`weights for ${inputs} values`, `weights for ${rows}`);
  const kernel = {
    name: names[1] ?? '',
    shape: dims,
    data: places === undefined ? data : rowsAt(data, places(), units),
  };
  return chain.add(name, { kind: 'dense', kernel, ...bias(constants[2], names[2], units, attributes) }, [units]);
}

/** Row i goes to its place in the chain's own order. */
function rowsAt(data: Float32Array, places: Uint32Array, units: number): Float32Array {
  const moved = new Float32Array(data.length);
  places.forEach((to, from) => moved.set(data.subarray(from * units, (from + 1) * units), to * units));
  return moved;
}

function convolution({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  const { shape } = chain.image(value, name);
  const [height, width, channels] = shape;
  const group = attributes.integer('group', 1);
  const { kernel, high, wide, ins, outs } = window(constants[1], names[1], attributes, group);
  if (ins * group !== channels) throw attributes.bad(`a kernel for ${channels} channels`, `one for ${ins * group}`);
  const stride = attributes.square('strides', 1);
  const padding = paddingOf(attributes, shape, [high, wide], stride);
  const sized = (size: number, before: number, after: number, side: number): number =>
    Math.floor((size + before + after - side) / stride) + 1;
  const given = [
    sized(height, padding.top, padding.bottom, high),
    sized(width, padding.left, padding.right, wide),
    outs,
  ];
  const own = bias(constants[2], names[2], outs, attributes);
  if (group === 1) return chain.add(name, { kind: 'conv', kernel, ...own, stride, padding }, given);
  if (ins !== 1 || outs !== channels) throw attributes.bad('one group of channels, or one a channel', `${group}`);
  // [h, w, 1, channels] lies as [h, w, channels, 1] does.
  const depthwise = { ...kernel, shape: [high, wide, channels, 1] };
  const step = chain.add(name, { kind: 'depthwise', kernel: depthwise, stride, padding }, given);
  if (own.bias === undefined) return step;
  const data = new Float32Array(channels * channels);
  for (let at = 0; at < data.length; at += channels + 1) data[at] = 1;
  const pointwise = { name: `${name}/identity`, shape: [1, 1, channels, channels], data };
  const none = { top: 0, left: 0, bottom: 0, right: 0 };
  return chain.add(name, { kind: 'conv', kernel: pointwise, ...own, stride: 1, padding: none }, given);
}

function transposedConvolution({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  const { shape } = chain.image(value, name);
  const [height, width, channels] = shape;
  // Its kernel has inputs where a convolution's has outputs.
  const { kernel, high, wide, ins: outs, outs: ins } = window(constants[1], names[1], attributes);
  if (ins !== channels) throw attributes.bad(`a kernel for ${channels} channels`, `one for ${ins}`);
  const stride = attributes.square('strides', 1);
  const [downBeyond = 0, acrossBeyond = 0] = attributes.integers('output_padding') ?? [];
  const [down, across] = [stride * (height - 1) + downBeyond + high, stride * (width - 1) + acrossBeyond + wide];
  const auto = attributes.text('auto_pad');
  const same = auto === 'SAME_UPPER' ? [height * stride, width * stride] : undefined;
  const wanted = attributes.integers('output_shape')?.slice(-2) ?? same;
  const begins = (total: number): number => (auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2));
  const [top = 0, left = 0, bottom = 0, right = 0] = attributes.integers('pads') ?? [];
  const [start, size] =
    wanted === undefined
      ? [
          [top, left],
          [down - top - bottom, across - left - right],
        ]
      : [[begins(down - wanted[0]!), begins(across - wanted[1]!)], wanted];
  if (Math.min(...start) < 0 || auto === 'SAME_LOWER')
    throw attributes.bad('padding of 0 or more', start.join(' and '));
  const own = bias(constants[2], names[2], outs, attributes);
  const step = { kind: 'conv-transpose', kernel, ...own, stride, top: start[0]!, left: start[1]! } as const;
  return chain.add(name, step, [size[0]!, size[1]!, outs]);
}

/** (out, in, h, w), or of a transposed convolution (in, out, h, w), into the chain's (h, w, in, out), or (h, w, out, in). */
function window(tensor: OnnxTensor | undefined, name: string | undefined, attributes: NodeAttributes, groups = 1) {
  const { dims } = weight(tensor, 4, attributes);
  if (attributes.integer('group', 1) !== groups) {
    throw attributes.bad('one group of channels', `${attributes.integer('group', 1)}`);
  }
  if (attributes.square('dilations', 1) !== 1) throw attributes.bad('no dilation', 'it');
  const turned = permuted(tensor as OnnxTensor, [2, 3, 1, 0]) as OnnxTensor;
  const [outs = 0, ins = 0, high = 0, wide = 0] = dims;
  const kernel: PlainWeight = { name: name ?? '', shape: turned.dims, data: turned.data as Float32Array };
  return { kernel, high, wide, ins, outs };
}

function batchNorm({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  if (attributes.integer('training_mode', 0) !== 0) throw attributes.bad('a model for use', 'one for training');
  const isRow = value.layout.dims.length === 1;
  const { layout, places } = isRow ? chain.row(value, name) : { layout: undefined, places: undefined };
  const { shape } = isRow ? chain.builder : chain.image(value, name);
  const units = shape.at(-1) ?? 1;
  const of = (at: number): PlainWeight => {
    const { data, dims } = weight(constants[at], 1, attributes);
    if (data.length !== units) throw attributes.bad(`${units} statistics`, `${data.length}`);
    return { name: names[at] ?? '', shape: dims, data: places === undefined ? data : rowsAt(data, places(), 1) };
  };
  const [scale, shift, mean, variance] = [of(1), of(2), of(3), of(4)];
  const epsilon = attributes.number('epsilon', 1e-5);
  const step = chain.add(name, { kind: 'batch-norm', scale, shift, mean, variance, epsilon }, shape);
  // A row in another order than the chain's is still in it.
  return layout === undefined ? step : { ...step, layout };
}

function pool({ name, value, attributes, chain }: LayerNode, method: 'max' | 'average'): ChainValue {
  const { shape } = chain.image(value, name);
  const [height, width, channels] = shape;
  const size = attributes.square('kernel_shape', 1);
  const stride = attributes.square('strides', 1);
  if (attributes.square('dilations', 1) !== 1) throw attributes.bad('no dilation', 'it');
  const given = paddingOf(attributes, shape, [size, size], stride);
  const ceils = attributes.integer('ceil_mode', 0) === 1;
  const places = (side: number, before: number, after: number): number => {
    const spare = side + before + after - size;
    const count = (ceils ? Math.ceil(spare / stride) : Math.floor(spare / stride)) + 1;
    // A last window that begins beyond the image and the padding before it is none (ONNX's MaxPool, ceil_mode).
    return ceils && (count - 1) * stride >= side + before ? count - 1 : count;
  };
  const [rows, columns] = [places(height, given.top, given.bottom), places(width, given.left, given.right)];
  const padding = {
    ...given,
    bottom: Math.max((rows - 1) * stride + size - height - given.top, 0),
    right: Math.max((columns - 1) * stride + size - width - given.left, 0),
  };
  const isPadded = Object.values(padding).some((side) => side > 0);
  if (method === 'average' && isPadded && attributes.integer('count_include_pad', 0) === 1) {
    throw attributes.bad('means of pixels alone', 'means of the padding too');
  }
  return chain.add(name, { kind: 'pool', method, size, stride, padding }, [rows, columns, channels]);
}

function globalPool({ name, value, chain }: LayerNode, method: 'max' | 'average'): ChainValue {
  const { shape } = chain.image(value, name);
  const pooled = chain.add(name, { kind: 'global-pool', method }, [shape[2]]);
  // One pixel is left of the image.
  return { ...pooled, layout: Layout.plain([shape[2]]).reshaped([shape[2], 1, 1]) ?? pooled.layout };
}

/** Values that are bent by a slope of their channel. */
function prelu({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  const current = chain.settled(value, name);
  const slopes = weightOf(constants[1], attributes);
  const channels = chain.builder.shape.at(-1) ?? 1;
  const data =
    slopes.data.length === 1
      ? new Float32Array(channels).fill(slopes.data[0] as number)
      : current.layout.byChannel(slopes.dims, slopes.data, channels);
  if (data === undefined)
    throw attributes.bad(`a slope for each of ${channels} channels`, `[${slopes.dims.join(', ')}]`);
  const image = chain.builder.shape.length > 1;
  const alpha = { name: names[1] ?? '', shape: image ? [1, 1, channels] : [channels], data };
  const step = chain.add(name, { kind: 'prelu', alpha }, chain.builder.shape);
  return { ...step, layout: current.layout };
}

function pad({ name, value, constants, attributes, chain }: LayerNode): ChainValue {
  const mode = attributes.text('mode') || 'constant';
  const filled = constants[2]?.data[0] ?? attributes.number('value', 0);
  if (mode !== 'constant' || filled !== 0)
    throw attributes.bad('padding by zeros', mode === 'constant' ? `by ${filled}` : mode);
  const given = Array.from(constants[1]?.data ?? attributes.integers('pads') ?? []);
  const { shape } = chain.image(value, name);
  const [before, start, top = 0, left = 0, after, end, bottom = 0, right = 0] = given;
  const isImage = given.length === 8 && [before, start, after, end].every((side) => side === 0);
  if (!isImage || Math.min(top, left, bottom, right) < 0) {
    throw attributes.bad('rows and columns to add', `[${given.join(', ')}]`);
  }
  const [height, width, channels] = shape;
  const padding = { top, left, bottom, right };
  return chain.add(name, { kind: 'pad', padding }, [height + top + bottom, width + left + right, channels]);
}

function layerNorm({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  const current = chain.settled(value, name);
  const { shape } = chain.builder;
  const channels = shape.at(-1) ?? 1;
  const axis = attributes.integer('axis', -1);
  const isLast = axis === -1 || axis === current.layout.dims.length;
  if (!isLast || !current.layout.follows(Layout.plain(shape)))
    throw attributes.bad('the channels of each place normalised', 'others');
  const of = (at: number, otherwise: number): PlainWeight => {
    const data =
      constants[at] === undefined
        ? new Float32Array(channels).fill(otherwise)
        : weightOf(constants[at], attributes).data;
    if (data.length !== channels) throw attributes.bad(`${channels} numbers`, `${data.length}`);
    return { name: names[at] ?? `${name}/${at}`, shape: [channels], data };
  };
  const step = {
    kind: 'layer-norm',
    scale: of(1, 1),
    shift: of(2, 0),
    epsilon: attributes.number('epsilon', 1e-5),
  } as const;
  return { ...chain.add(name, step, shape), layout: current.layout };
}

function weightOf(tensor: OnnxTensor | undefined, attributes: NodeAttributes) {
  if (tensor?.data instanceof Float32Array) return { dims: tensor.dims, data: tensor.data };
  throw attributes.bad('weights that are part of the file', 'none');
}

function paddingOf(
  attributes: NodeAttributes,
  [height, width]: readonly [number, number, number],
  [high, wide]: readonly [number, number],
  stride: number,
): Padding {
  const auto = attributes.text('auto_pad');
  if (auto === 'SAME_UPPER') {
    const { top, bottom } = samePadding([height, 1], high, stride);
    const { left, right } = samePadding([1, width], wide, stride);
    return { top, left, bottom, right };
  }
  if (auto !== '' && auto !== 'NOTSET' && auto !== 'VALID')
    throw attributes.bad('padding in numbers, or SAME_UPPER', auto);
  const pads = auto === 'VALID' ? [] : (attributes.integers('pads') ?? []);
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  if (Math.min(top, left, bottom, right) < 0) throw attributes.bad('padding of 0 or more', pads.join(', '));
  return { top, left, bottom, right };
}

/** Float32 of so many dimensions. */
function weight(
  tensor: OnnxTensor | undefined,
  rank: number,
  attributes: NodeAttributes,
): { readonly dims: readonly number[]; readonly data: Float32Array } {
  if (tensor === undefined) throw attributes.bad('weights that are part of the file', 'none');
  const { dims, data } = tensor;
  if (dims.length === rank && data instanceof Float32Array) return { dims, data };
  throw attributes.bad(`weights of ${rank} dimensions`, `[${dims.join(', ')}]`);
}

function bias(
  tensor: OnnxTensor | undefined,
  name: string | undefined,
  units: number,
  attributes: NodeAttributes,
): { readonly bias?: PlainWeight } {
  if (tensor === undefined) return {};
  const { data } = tensor;
  const one = data.length === 1 ? new Float32Array(units).fill(data[0] as number) : data;
  if (!(one instanceof Float32Array) || one.length !== units) {
    throw attributes.bad(`${units} biases`, `[${tensor.dims.join(', ')}]`);
  }
  return { bias: { name: name ?? '', shape: [units], data: one } };
}
