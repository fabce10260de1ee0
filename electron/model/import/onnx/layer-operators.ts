import type { PlainWeight } from '../../export/plain-model.ts';
import { dilated, ungrouped, ungroupedTransposed } from '../kernel-forms.ts';
import type { ChainValue, ChainWriter } from './chain-writer.ts';
import { permuted } from './constants.ts';
import { DAMAGED, type NodeAttributes } from './node-attributes.ts';
import { Layout } from './layout.ts';
import { batchNorm, groupNorm, instanceNorm, layerNorm } from './norm-operators.ts';
import type { OnnxNode, OnnxTensor } from './onnx-file.ts';
import { paddingOf, rowsAt, weight, weightOf } from './operator-parts.ts';
import { shuffle, unshuffle, type ShuffleOrder } from './pixel-shuffle.ts';
import { globalPool, pool, poolOfPlaces } from './pool-operators.ts';
import { numberAt } from './weight-changes.ts';

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
  readonly part: OnnxNode['part'] | undefined;
}

type Operator = (node: LayerNode) => ChainValue;

/** What computes with weights or windows, by ONNX's names (onnx.ai/onnx/operators). */
export const layerOperators: Readonly<Record<string, Operator>> = {
  'ai.onnx.ml.LinearRegressor': linearRegressor,
  'ai.onnx.ml.Scaler': scaler,
  AveragePool: (node) => pool(node, 'average'),
  BatchNormalization: batchNorm,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  DepthToSpace: (node) => shuffled(node, shuffle),
  Gemm: dense,
  GroupNormalization: groupNorm,
  MatMul: dense,
  GlobalAveragePool: (node) => globalPool(node, 'average'),
  InstanceNormalization: instanceNorm,
  ReduceMean: (node) => poolOfPlaces(node, 'average'),
  GlobalMaxPool: (node) => globalPool(node, 'max'),
  LayerNormalization: layerNorm,
  MaxPool: (node) => pool(node, 'max'),
  PRelu: prelu,
  Pad: pad,
  ReduceMax: (node) => poolOfPlaces(node, 'max'),
  SpaceToDepth: (node) => shuffled(node, unshuffle),
};

function dense({ op, name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  if (op === 'Gemm') {
    if (attributes.integer('transA', 0) !== 0)
      throw attributes.bad('rows that are not transposed', 'transposed ones (transA): export the layer as x · W + b');
  }
  const [alpha, beta] = op === 'Gemm' ? [attributes.number('alpha', 1), attributes.number('beta', 1)] : [1, 1];
  const matrix = weight(constants[1], 2, attributes);
  const current = chain.settled(value, name);
  const placed = op === 'MatMul' ? onPlaces(current, matrix, name, names[1] ?? '', chain) : undefined;
  if (placed !== undefined) return placed;
  const { units: inputs, places } = chain.row(current, name);
  const turned = op === 'Gemm' && attributes.integer('transB', 0) !== 0 ? permuted(matrix, [1, 0]) : matrix;
  const { dims, data } = turned as typeof matrix;
  const [rows = 0, units = 0] = dims;
  if (rows !== inputs) throw attributes.bad(`weights for ${inputs} values`, `weights for ${rows}: ${DAMAGED}`);
  const kernel = {
    name: names[1] ?? '',
    shape: dims,
    data: times(alpha, places === undefined ? data : rowsAt(data, places(), units)),
  };
  const { bias: own } = bias(constants[2], names[2], units, attributes);
  const moved = own && { bias: { ...own, data: times(beta, own.data) } };
  const step = chain.add(name, { kind: 'dense', kernel, ...moved }, [units]);
  const layout = step.layout.reshaped([...value.layout.dims.slice(0, -1), units]);
  return layout === undefined ? step : { ...step, layout };
}

/** A matrix on the channels of each place of an image, channels last, is a convolution of 1 × 1; undefined where it is none. */
function onPlaces(
  { layout }: ChainValue,
  { dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array },
  name: string,
  weightName: string,
  chain: ChainWriter,
): ChainValue | undefined {
  const { shape } = chain.builder;
  const isImage = shape.length === 3 && layout.dims.join() === shape.join() && layout.follows(Layout.plain(shape));
  if (!isImage || shape[2] !== dims[0]) return undefined;
  const [channels = 1, units = 1] = dims;
  const kernel = { name: weightName, shape: [1, 1, channels, units], data };
  const larger = [...shape.slice(0, 2), units];
  const step = chain.add(name, { kind: 'conv', kernel, stride: 1, padding: NO_PADDING }, larger);
  return { ...step, layout: Layout.plain(larger) };
}

/** What scikit-learn's linear models are: a row of coefficients for each target. */
function linearRegressor({ name, value, attributes, chain }: LayerNode): ChainValue {
  const { units: inputs, places } = chain.row(value, name);
  const units = attributes.integer('targets', 1);
  const coefficients = Float32Array.from(attributes.numbers('coefficients') ?? []);
  const intercepts = Float32Array.from(attributes.numbers('intercepts') ?? new Float32Array(units));
  const isPlain = ['', 'NONE'].includes(attributes.text('post_transform'));
  if (coefficients.length !== inputs * units || intercepts.length !== units || !isPlain) {
    const found = `${coefficients.length} for ${units} targets: ${DAMAGED}`;
    throw attributes.bad(`coefficients of ${inputs} values alone`, found);
  }
  const turned = permuted({ dims: [units, inputs], data: coefficients }, [1, 0])?.data as Float32Array;
  const data = places === undefined ? turned : rowsAt(turned, places(), units);
  const kernel = { name: `${name}/coefficients`, shape: [inputs, units], data };
  const bias = { name: `${name}/intercepts`, shape: [units], data: intercepts };
  return chain.add(name, { kind: 'dense', kernel, bias }, [units]);
}

/** What scikit-learn's StandardScaler is: (x - offset) · scale, one number or one a unit. */
function scaler({ name, value, attributes, chain }: LayerNode): ChainValue {
  const current = chain.settled(value, name);
  const units = chain.builder.shape.at(-1) ?? 1;
  const [offsets, scales] = (['offset', 'scale'] as const).map((key) => {
    const given = attributes.numbers(key) ?? [key === 'scale' ? 1 : 0];
    const own = given.length === 1 ? given : current.layout.byChannel([given.length], given, units);
    if (own !== undefined) return own;
    throw attributes.bad(`numbers for ${units} units`, `${given.length}: scale each value by one number`);
  }) as [ArrayLike<number>, ArrayLike<number>];
  const count = Math.max(offsets.length, scales.length);
  const moved = Array.from({ length: count }, (_, unit) => -numberAt(offsets, unit) * numberAt(scales, unit));
  return chain.scale(current, name, scales, moved);
}

function shuffled({ name, value, attributes, chain }: LayerNode, by: typeof shuffle): ChainValue {
  const order: ShuffleOrder = attributes.text('mode') === 'CRD' ? 'CRD' : 'DCR';
  const times = attributes.integer('blocksize', 1);
  const { shape } = chain.image(value, name);
  const isWhole = by === shuffle ? shape[2] % times ** 2 === 0 : shape[0] % times === 0 && shape[1] % times === 0;
  if (times < 2 || times > MOST_TIMES || !isWhole) {
    throw attributes.bad(`blocks of 2 to ${MOST_TIMES} that fit the image`, `${times}: use others, and export again`);
  }
  const moved = by(name, shape, times, order);
  chain.reserve('kernel' in moved.step ? moved.step.kernel.data.byteLength : 0);
  return chain.add(name, moved.step, moved.shape);
}

/** The largest stride of a spec. */
const MOST_TIMES = 8;
const NO_PADDING = { top: 0, left: 0, bottom: 0, right: 0 } as const;

const times = (factor: number, data: Float32Array): Float32Array =>
  factor === 1 ? data : data.map((value) => factor * value);

function convolution({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  const { shape } = chain.image(value, name);
  const [height, width, channels] = shape;
  const group = attributes.integer('group', 1);
  const read = window(constants[1], names[1], attributes);
  const { ins, outs } = read;
  const isBad = (expected: string, found: string) => attributes.bad(expected, found);
  const isDepthwise = group > 1 && ins === 1 && outs === channels && read.high === read.wide;
  const kernel = isDepthwise ? read.kernel : ungrouped(read.kernel, group, isBad);
  chain.reserve(kernel.data.byteLength - read.kernel.data.byteLength);
  const { high, wide } = read;
  if (ins * group !== channels)
    throw attributes.bad(`a kernel for ${channels} channels`, `one for ${ins * group}: ${DAMAGED}`);
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
  if (!isDepthwise) return chain.add(name, { kind: 'conv', kernel, ...own, stride, padding }, given);
  // [h, w, 1, channels] lies as [h, w, channels, 1] does.
  const depthwise = { ...kernel, shape: [high, wide, channels, 1] };
  const step = chain.add(name, { kind: 'depthwise', kernel: depthwise, stride, padding }, given);
  if (own.bias === undefined) return step;
  const data = new Float32Array(channels * channels);
  for (let at = 0; at < data.length; at += channels + 1) data[at] = 1;
  const pointwise = { name: `${name}/identity`, shape: [1, 1, channels, channels], data };
  return chain.add(name, { kind: 'conv', kernel: pointwise, ...own, stride: 1, padding: NO_PADDING }, given);
}

function transposedConvolution({ name, value, constants, names, attributes, chain }: LayerNode): ChainValue {
  const { shape } = chain.image(value, name);
  const [height, width, channels] = shape;
  // Its kernel has inputs where a convolution's has outputs.
  const group = attributes.integer('group', 1);
  const read = window(constants[1], names[1], attributes);
  const { high, wide, outs: ins } = read;
  const kernel = ungroupedTransposed(read.kernel, group, (expected, found) => attributes.bad(expected, found));
  chain.reserve(kernel.data.byteLength - read.kernel.data.byteLength);
  const outs = read.ins * group;
  if (ins !== channels) throw attributes.bad(`a kernel for ${channels} channels`, `one for ${ins}: ${DAMAGED}`);
  const stride = attributes.square('strides', 1);
  const [downBeyond = 0, acrossBeyond = 0] = attributes.ofImage('output_padding', 2) ?? [];
  const [down, across] = [stride * (height - 1) + downBeyond + high, stride * (width - 1) + acrossBeyond + wide];
  const auto = attributes.text('auto_pad');
  const same = auto === 'SAME_UPPER' || auto === 'SAME_LOWER' ? [height * stride, width * stride] : undefined;
  const wanted = attributes.integers('output_shape')?.slice(-2) ?? same;
  const begins = (total: number): number => (auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2));
  const [top = 0, left = 0, bottom = 0, right = 0] = attributes.ofImage('pads', 4) ?? [];
  const [start, size] =
    wanted === undefined
      ? [
          [top, left],
          [down - top - bottom, across - left - right],
        ]
      : [[begins(down - wanted[0]!), begins(across - wanted[1]!)], wanted];
  if (Math.min(...start) < 0 || down < size[0]! || across < size[1]!)
    throw attributes.bad('padding of 0 or more', `${start.join(' and ')} (${auto}): say pads in numbers`);
  const own = bias(constants[2], names[2], outs, attributes);
  const step = { kind: 'conv-transpose', kernel, ...own, stride, top: start[0]!, left: start[1]! } as const;
  return chain.add(name, step, [size[0]!, size[1]!, outs]);
}

/** (out, in, h, w), or of a transposed convolution (in, out, h, w), into the chain's (h, w, in, out), or (h, w, out, in). */
function window(tensor: OnnxTensor | undefined, name: string | undefined, attributes: NodeAttributes) {
  const { dims } = weight(tensor, 4, attributes);
  const turned = permuted(tensor as OnnxTensor, [2, 3, 1, 0]) as OnnxTensor;
  const [outs = 0, ins = 0] = dims;
  const own: PlainWeight = { name: name ?? '', shape: turned.dims, data: turned.data as Float32Array };
  const said = attributes.ofImage('kernel_shape', 2);
  const sides = turned.dims.slice(0, 2);
  if (said !== undefined && said.join() !== sides.join())
    throw attributes.bad(`a kernel of ${said.join(' × ')} (kernel_shape)`, `one of ${sides.join(' × ')}: ${DAMAGED}`);
  const [down = 1, across = 1] = attributes.ofImage('dilations', 2) ?? [];
  if (Math.min(down, across) < 1) throw attributes.bad('dilations of 1 or more', `${down} and ${across}: ${DAMAGED}`);
  const kernel = dilated(own, [down, across], (expected, found) => attributes.bad(expected, found));
  const [high = 0, wide = 0] = kernel.shape;
  return { kernel, high, wide, ins, outs };
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
    throw attributes.bad(
      `a slope for each of ${channels} channels`,
      `[${slopes.dims.join(', ')}]: share each channel’s slope among its places (Keras: shared_axes=[1, 2]), and train it on`,
    );
  const image = chain.builder.shape.length > 1;
  const alpha = { name: names[1] ?? '', shape: image ? [1, 1, channels] : [channels], data };
  const step = chain.add(name, { kind: 'prelu', alpha }, chain.builder.shape);
  return { ...step, layout: current.layout };
}

function pad({ name, value, constants, attributes, chain }: LayerNode): ChainValue {
  const mode = attributes.text('mode') || 'constant';
  const filled = constants[2]?.data[0] ?? attributes.number('value', 0);
  if (mode !== 'constant' || filled !== 0)
    throw attributes.bad(
      'padding by zeros',
      `${mode === 'constant' ? `by ${filled}` : mode}: pad by zeros, and train it on`,
    );
  const given = Array.from(constants[1]?.data ?? attributes.integers('pads') ?? []);
  const { shape } = chain.image(value, name);
  const [before, start, top = 0, left = 0, after, end, bottom = 0, right = 0] = given;
  const isImage = given.length === 8 && [before, start, after, end].every((side) => side === 0);
  if (!isImage || Math.min(top, left, bottom, right) < 0) {
    throw attributes.bad('rows and columns to add', `[${given.join(', ')}]: pad an image’s height and width alone`);
  }
  const [height, width, channels] = shape;
  const padding = { top, left, bottom, right };
  return chain.add(name, { kind: 'pad', padding }, [height + top + bottom, width + left + right, channels]);
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
    throw attributes.bad(`${units} biases`, `[${tensor.dims.join(', ')}]: ${DAMAGED}`);
  }
  return { bias: { name: name ?? '', shape: [units], data: one } };
}
