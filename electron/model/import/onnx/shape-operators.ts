import { MOST_VALUES } from '../read-chain.ts';
import type { ChainValue } from './chain-writer.ts';
import { FOR_TRAINING } from './node-attributes.ts';
import { axesOf, isOfFractions, wanted, withAxes } from './constants.ts';
import { Layout } from './layout.ts';
import type { LayerNode } from './layer-operators.ts';

type Operator = (node: LayerNode, batch: number) => ChainValue;

/** What moves, repeats or cuts off values, by ONNX's names (onnx.ai/onnx/operators). The batch stays in front. */
export const shapeOperators: Readonly<Record<string, Operator>> = {
  Cast: ({ value, attributes }) => {
    if (isOfFractions(attributes.integer('to', 1))) return value;
    throw attributes.bad('fractions all the way', 'values that are cast to whole numbers');
  },
  Dropout: ({ value, constants, attributes }) => {
    if ((constants[2]?.data[0] ?? 0) === 0) return value;
    throw attributes.bad('a model for use', FOR_TRAINING);
  },
  Flatten: (node) => {
    const axis = node.attributes.integer('axis', 1);
    // From the end too: the batch is an axis more.
    if (axis !== 1 && axis !== -node.value.layout.dims.length)
      throw node.attributes.bad('rows, one an image', 'another shape');
    return reshaped(node, [node.value.layout.size]);
  },
  Identity: ({ value }) => value,
  Reshape: (node, batch) => {
    const before = [batch, ...node.value.layout.dims];
    const target = Array.from(node.constants[1]?.data ?? []);
    const after = wanted(target, before, node.attributes.integer('allowzero', 0) !== 0);
    if (after?.[0] === batch) return reshaped(node, after.slice(1));
    throw node.attributes.bad(`a shape of ${node.value.layout.size} values an image`, `[${target.join(', ')}]`);
  },
  Resize: resize,
  Upsample: enlarged,
  Slice: slice,
  Squeeze: (node) => {
    const dims = [0, ...node.value.layout.dims];
    const gone = axesOf(axesIn(node, 1), dims.length);
    const kept = dims.filter((size, at) => at === 0 || (gone === undefined ? size !== 1 : !gone.includes(at)));
    return reshaped(node, kept.slice(1));
  },
  Tile: (node) => {
    const [batch, ...times] = Array.from(node.constants[1]?.data ?? []);
    let { layout } = node.value;
    if (batch !== 1 || times.length !== layout.dims.length) throw node.attributes.bad('the batch once', 'it repeated');
    for (const [at, each] of times.entries()) {
      if (each === 1) continue;
      if (!Number.isSafeInteger(each) || each < 1 || each > MOST_TIMES) {
        throw node.attributes.bad(`1 to ${MOST_TIMES} times`, `${each}`);
      }
      layout = fitting(node, layout.tiled(at, each));
      if (layout.size > MOST_VALUES) throw node.attributes.bad(`at most ${MOST_VALUES} values`, `${layout.size}`);
    }
    return { ...node.value, layout };
  },
  Transpose: (node) => {
    const rank = node.value.layout.dims.length;
    const order = node.attributes.integers('perm') ?? [];
    const inner = order.slice(1).map((from) => from - 1);
    const isWhole = [...inner].sort((a, b) => a - b).every((from, at) => from === at) && inner.length === rank;
    if (order[0] !== 0 || !isWhole) throw node.attributes.bad('the batch in front', `[${order.join(', ')}]`);
    return { ...node.value, layout: fitting(node, node.value.layout.transposed(inner)) };
  },
  Unsqueeze: (node) => {
    const axes = axesIn(node, 1) ?? [];
    const dims = withAxes([0, ...node.value.layout.dims], axes);
    if (dims[0] !== 0) throw node.attributes.bad('the batch in front', 'another axis before it');
    return reshaped(node, dims.slice(1));
  },
};

/** Of an image that is repeated both ways there are five. */
const MOST_AXES = 8;
/** Enlarging further makes nothing that could be seen. */
const MOST_TIMES = 64;

function reshaped(node: LayerNode, dims: readonly number[]): ChainValue {
  if (dims.length > MOST_AXES) throw node.attributes.bad(`at most ${MOST_AXES} axes`, `${dims.length}`);
  return { ...node.value, layout: fitting(node, node.value.layout.reshaped(dims)) };
}

function fitting({ attributes, value }: LayerNode, layout: Layout | undefined): Layout {
  if (layout !== undefined) return layout;
  throw attributes.bad('a shape that keeps the order of values', `another than [${value.layout.dims.join(', ')}]`);
}

/** Given as an attribute, or since operator set 13 as an input. */
function axesIn({ attributes, constants }: LayerNode, input: number): readonly number[] | undefined {
  const given = constants[input];
  return given === undefined ? attributes.integers('axes') : Array.from(given.data);
}

function resize({ name, value, constants, attributes, chain }: LayerNode): ChainValue {
  const { shape } = chain.image(value, name);
  const [height, width, channels] = shape;
  const mode = attributes.text('mode') || 'nearest';
  if (mode !== 'nearest' && mode !== 'linear') {
    throw attributes.bad('nearest-neighbour or bilinear enlarging', JSON.stringify(mode));
  }
  const before = [1, channels, height, width];
  const scales = constants[2]?.data ?? constants[1]?.data ?? [];
  const sizes = constants[3]?.data;
  const by = before.map((size, axis) => (sizes === undefined ? (scales[axis] ?? 0) : (sizes[axis] ?? 0) / size));
  const [, , times = 0] = sizes === undefined ? by : [1, ...by.slice(1)];
  const isEven = by[1] === 1 && times === by[3] && Number.isSafeInteger(times) && times >= 1 && times <= MOST_TIMES;
  if (!isEven) throw attributes.bad(`enlarging by 1 to ${MOST_TIMES}, the same both ways`, by.slice(2).join(' and '));
  if (mode === 'linear') {
    const places = attributes.text('coordinate_transformation_mode') || 'half_pixel';
    if (!['half_pixel', 'pytorch_half_pixel', 'half_pixel_symmetric'].includes(places)) {
      throw attributes.bad('pixels whose middles are their places (align_corners=False)', JSON.stringify(places));
    }
    return chain.add(name, { kind: 'upsample', size: times, method: 'bilinear' }, [
      height * times,
      width * times,
      channels,
    ]);
  }
  if (!isRepeating(attributes, times)) {
    const found = `"${attributes.text('coordinate_transformation_mode')}", "${attributes.text('nearest_mode')}"`;
    throw attributes.bad('enlarging that repeats each pixel', found);
  }
  return chain.add(name, { kind: 'upsample', size: times, method: 'nearest' }, [
    height * times,
    width * times,
    channels,
  ]);
}

/** What Resize was until operator set 9: factors alone, pixel x of the result at x / factor. */
function enlarged(node: LayerNode): ChainValue {
  const { name, value, constants, attributes, chain } = node;
  const [height, width, channels] = chain.image(value, name).shape;
  const mode = attributes.text('mode') || 'nearest';
  if (mode !== 'nearest') throw attributes.bad('nearest-neighbour enlarging', JSON.stringify(mode));
  const [images, all, times = 0, across] = Array.from(constants[1]?.data ?? attributes.numbers('scales') ?? []);
  const isEven = images === 1 && all === 1 && times === across;
  if (!isEven || !Number.isSafeInteger(times) || times < 1 || times > MOST_TIMES) {
    throw attributes.bad(`enlarging by 1 to ${MOST_TIMES}, the same both ways`, `${times} and ${across}`);
  }
  const larger = [height * times, width * times, channels];
  return chain.add(name, { kind: 'upsample', size: times, method: 'nearest' }, larger);
}

/** Whether pixel x of the result is pixel floor(x / times) of the source, by Resize's own words. */
function isRepeating(attributes: LayerNode['attributes'], times: number): boolean {
  const mode = attributes.text('coordinate_transformation_mode') || 'half_pixel';
  const rounding = attributes.text('nearest_mode') || 'round_prefer_floor';
  const sources: Readonly<Record<string, (x: number) => number>> = {
    half_pixel: (x) => (x + 0.5) / times - 0.5,
    half_pixel_symmetric: (x) => (x + 0.5) / times - 0.5,
    pytorch_half_pixel: (x) => (x + 0.5) / times - 0.5,
    asymmetric: (x) => x / times,
    tf_half_pixel_for_nn: (x) => (x + 0.5) / times,
  };
  const roundings: Readonly<Record<string, (x: number) => number>> = {
    round_prefer_floor: (x) => Math.ceil(x - 0.5),
    round_prefer_ceil: (x) => Math.floor(x + 0.5),
    floor: Math.floor,
    ceil: Math.ceil,
  };
  const [source, round] = [sources[mode], roundings[rounding]];
  if (source === undefined || round === undefined) return false;
  // The same at every pixel: two of them tell, the first clamped at the edge.
  return Array.from({ length: 2 * times }, (_, x) => x).every(
    (x) => Math.max(0, round(source(x))) === Math.floor(x / times),
  );
}

function slice(node: LayerNode): ChainValue {
  const { name, constants, attributes, chain } = node;
  const value = chain.settled(node.value, name);
  const part = (at: number, key: string): readonly number[] | undefined =>
    constants[at] === undefined ? attributes.integers(key) : Array.from(constants[at].data);
  const starts = part(1, 'starts') ?? [];
  const ends = part(2, 'ends') ?? [];
  const axes = axesOf(part(3, 'axes') ?? starts.map((_, at) => at), value.layout.dims.length + 1) ?? [];
  if ((part(4, 'steps') ?? []).some((step) => step !== 1))
    throw attributes.bad('every row and column', 'some left out');
  const { shape } = chain.builder;
  const isLast = value.layout.dims.join() === shape.join() && value.layout.follows(Layout.plain(shape));
  const { shape: image } = isLast && shape.length === 3 ? { shape } : chain.image(value, name);
  const [height = 1, width = 1, channels = 1] = image;
  const sizes = isLast ? [0, height, width, channels] : [0, channels, height, width];
  const cut = sizes.map((size, axis) => {
    const at = axes.indexOf(axis);
    const from = (place: number): number => Math.min(Math.max(place < 0 ? place + size : place, 0), size);
    return at < 0 ? [0, 0] : [from(starts[at] ?? 0), size - from(ends[at] ?? size)];
  });
  const [, first = [], second = [], third = []] = cut;
  const [rows, columns, units] = isLast ? [first, second, third] : [second, third, first];
  const [top = 0, bottom = 0] = rows ?? [];
  const [left = 0, right = 0] = columns ?? [];
  if (axes.includes(0) || (units ?? []).some((side) => side !== 0)) {
    throw attributes.bad('rows and columns to cut off', 'images or channels');
  }
  const smaller = [height - top - bottom, width - left - right, channels];
  const step = chain.add(name, { kind: 'crop', padding: { top, left, bottom, right } }, smaller);
  return isLast ? { ...step, layout: Layout.plain(smaller) } : step;
}
