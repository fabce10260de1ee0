import { MOST_VALUES } from '../read-chain.ts';
import type { ChainValue } from './chain-writer.ts';
import { gather, slice, split } from './cut-operators.ts';
import { FOR_TRAINING } from './node-attributes.ts';
import { axesOf, isOfFractions, wanted, withAxes } from './constants.ts';
import type { EnlargingMethod } from '../../../domain/layer-settings.ts';
import type { Layout } from './layout.ts';
import type { LayerNode } from './layer-operators.ts';

type Operator = (node: LayerNode, batch: number) => ChainValue;

/** What moves, repeats or cuts off values, by ONNX's names (onnx.ai/onnx/operators). The batch stays in front. */
export const shapeOperators: Readonly<Record<string, Operator>> = {
  Cast: ({ value, attributes }) => {
    if (isOfFractions(attributes.integer('to', 1))) return value;
    throw attributes.bad('fractions all the way', 'values that are cast to whole numbers: export without rounding');
  },
  Dropout: ({ value, constants, attributes }) => {
    if ((constants[2]?.data[0] ?? 0) === 0) return value;
    throw attributes.bad('a model for use', FOR_TRAINING);
  },
  Flatten: (node) => {
    const axis = node.attributes.integer('axis', 1);
    // From the end too: the batch is an axis more.
    if (axis !== 1 && axis !== -node.value.layout.dims.length)
      throw node.attributes.bad('rows, one an image', `axis ${axis}: flatten from axis 1 on`);
    return reshaped(node, [node.value.layout.size]);
  },
  Gather: gather,
  Identity: ({ value }) => value,
  Reshape: (node, batch) => {
    const before = [batch, ...node.value.layout.dims];
    const target = Array.from(node.constants[1]?.data ?? []);
    const after = wanted(target, before, node.attributes.integer('allowzero', 0) !== 0);
    if (after?.[0] === batch) return reshaped(node, after.slice(1));
    // As exporters write a dense layer of each pixel by itself.
    const isByPixel = target.length === 2 && before.length > 2 && target[1] === before.at(-1);
    const remedy = isByPixel
      ? 'put a convolution of 1 × 1 in the place of a dense layer of pixels'
      : 'export for a batch of any size';
    const found = `[${target.join(', ')}]: ${remedy}`;
    throw node.attributes.bad(`a shape of ${node.value.layout.size} values an image`, found);
  },
  // Without places for pixels among its inputs it is operator set 10’s, which enlarges as Upsample does.
  Resize: (node) => (node.names.length > 2 ? resize(node) : enlarged(node)),
  Upsample: enlarged,
  Slice: slice,
  Split: split,
  Squeeze: (node) => {
    const dims = [0, ...node.value.layout.dims];
    const gone = axesOf(axesIn(node, 1), dims.length);
    const kept = dims.filter((size, at) => at === 0 || (gone === undefined ? size !== 1 : !gone.includes(at)));
    return reshaped(node, kept.slice(1));
  },
  Tile: (node) => {
    const [batch, ...times] = Array.from(node.constants[1]?.data ?? []);
    let { layout } = node.value;
    if (batch !== 1 || times.length !== layout.dims.length)
      throw node.attributes.bad('the batch once', 'it repeated: export for a batch of any size');
    for (const [at, each] of times.entries()) {
      if (each === 1) continue;
      if (!Number.isSafeInteger(each) || each < 1 || each > MOST_TIMES) {
        throw node.attributes.bad(`1 to ${MOST_TIMES} times`, `${each}: repeat values less often`);
      }
      layout = fitting(node, layout.tiled(at, each));
      if (layout.size > MOST_VALUES)
        throw node.attributes.bad(`at most ${MOST_VALUES} values`, `${layout.size}: export a smaller model`);
    }
    return { ...node.value, layout };
  },
  Transpose: (node) => {
    const rank = node.value.layout.dims.length;
    const order = node.attributes.integers('perm') ?? [];
    const inner = order.slice(1).map((from) => from - 1);
    const isWhole = [...inner].sort((a, b) => a - b).every((from, at) => from === at) && inner.length === rank;
    if (order[0] !== 0 || !isWhole)
      throw node.attributes.bad('the batch in front', `[${order.join(', ')}]: keep it there`);
    return { ...node.value, layout: fitting(node, node.value.layout.transposed(inner)) };
  },
  Unsqueeze: (node) => {
    const axes = axesIn(node, 1) ?? [];
    const dims = withAxes([0, ...node.value.layout.dims], axes);
    if (dims[0] !== 0)
      throw node.attributes.bad('the batch in front', 'another axis before it: export for batches of images');
    return reshaped(node, dims.slice(1));
  },
};

/** Of an image that is repeated both ways there are five. */
const MOST_AXES = 8;
/** Enlarging further makes nothing that could be seen. */
const MOST_TIMES = 64;
/** What one layer of a spec can say. */
const MOST_AT_ONCE = 8;
const EVENLY = `enlarging by 1 to ${MOST_TIMES}, the same both ways`;

function reshaped(node: LayerNode, dims: readonly number[]): ChainValue {
  if (dims.length > MOST_AXES)
    throw node.attributes.bad(`at most ${MOST_AXES} axes`, `${dims.length}: reshape to fewer`);
  return { ...node.value, layout: fitting(node, node.value.layout.reshaped(dims)) };
}

function fitting({ attributes, value }: LayerNode, layout: Layout | undefined): Layout {
  if (layout !== undefined) return layout;
  const found = `another than [${value.layout.dims.join(', ')}]: export with fewer transpositions and reshapings`;
  throw attributes.bad('a shape that keeps the order of values', found);
}

/** Given as an attribute, or since operator set 13 as an input. */
function axesIn({ attributes, constants }: LayerNode, input: number): readonly number[] | undefined {
  const given = constants[input];
  return given === undefined ? attributes.integers('axes') : Array.from(given.data);
}

function resize(node: LayerNode): ChainValue {
  const { constants, attributes, value } = node;
  const mode = attributes.text('mode') || 'nearest';
  if (mode !== 'nearest' && mode !== 'linear') {
    throw attributes.bad(
      'nearest-neighbour or bilinear enlarging',
      `${JSON.stringify(mode)}: put one of them in its place`,
    );
  }
  const before = [1, ...value.layout.dims];
  const given = (at: number): readonly number[] | undefined => {
    const values = Array.from(constants[at]?.data ?? []);
    const axes = axesOf(attributes.integers('axes'), before.length);
    if (values.length === 0 || axes === undefined) return values.length === 0 ? undefined : values;
    return before.map((size, axis) =>
      axes.includes(axis) ? (values[axes.indexOf(axis)] ?? 0) : at === SIZES ? size : 1,
    );
  };
  const sizes = given(SIZES);
  const scales = given(2) ?? [];
  const [, all, down = 0, across] = before.map((size, axis) =>
    sizes === undefined ? (scales[axis] ?? 0) : (sizes[axis] ?? 0) / size,
  );
  const isWhole = Number.isSafeInteger(down) && down >= 1 && down <= MOST_TIMES;
  if (all !== 1 || down !== across || before.length !== 4 || !isWhole)
    throw attributes.bad(EVENLY, `${down} and ${across}: ${SCALES}`);
  if (mode === 'nearest' && !isRepeating(attributes, down)) {
    const found = `"${attributes.text('coordinate_transformation_mode')}", "${attributes.text('nearest_mode')}"`;
    throw attributes.bad('enlarging that repeats each pixel', `${found}: ${SCALES}`);
  }
  if (mode === 'nearest') return grown(node, down, 'nearest');
  const places = attributes.text('coordinate_transformation_mode') || 'half_pixel';
  if (places === 'align_corners') return grown(node, down, 'bilinear-corners');
  if (['half_pixel', 'pytorch_half_pixel', 'half_pixel_symmetric'].includes(places))
    return grown(node, down, 'bilinear');
  const found = `${JSON.stringify(places)}: use one of these in the model, train it on, and export it again`;
  throw attributes.bad('pixels whose middles, or whose corners’ middles, are their places', found);
}

/** Where Resize has sizes among its inputs. */
const SIZES = 3;
const SCALES = 'enlarge by a whole number of times, the same both ways, and export again';

/** By a factor that the app's layers do at once, or nearest ones one after another. */
function grown({ name, value, attributes, chain }: LayerNode, times: number, method: EnlargingMethod): ChainValue {
  const isWhole = Number.isSafeInteger(times) && times >= 1 && times <= MOST_TIMES;
  const factors = isWhole ? factorsOf(times, method === 'nearest') : undefined;
  if (factors === undefined) throw attributes.bad(EVENLY, `${times}: ${SCALES}`);
  if (factors.length === 0) return value;
  let { shape } = chain.image(value, name);
  let step: ChainValue | undefined;
  for (const size of factors) {
    shape = [shape[0] * size, shape[1] * size, shape[2]];
    step = chain.add(name, { kind: 'upsample', size, method }, shape);
  }
  return step ?? value;
}

/** Numbers of 2 to 8 that are so many times together; one alone where others would not do the same. */
function factorsOf(times: number, several: boolean): readonly number[] | undefined {
  if (times === 1) return [];
  if (times <= MOST_AT_ONCE) return [times];
  const first = [8, 7, 6, 5, 4, 3, 2].find((size) => times % size === 0);
  const rest = first === undefined || !several ? undefined : factorsOf(times / first, several);
  return first === undefined || rest === undefined ? undefined : [first, ...rest];
}

/** What Resize was until operator set 10: factors alone, pixel x of the result at x / factor. */
function enlarged(node: LayerNode): ChainValue {
  const { constants, attributes } = node;
  const mode = attributes.text('mode') || 'nearest';
  if (mode !== 'nearest') {
    const found = `${JSON.stringify(mode)}: export with operator set 11 or a later one`;
    throw attributes.bad('nearest-neighbour enlarging', found);
  }
  const [images, all, times = 0, across] = Array.from(constants[1]?.data ?? attributes.numbers('scales') ?? []);
  const isEven = images === 1 && all === 1 && times === across;
  if (!isEven) throw attributes.bad(EVENLY, `${times} and ${across}: ${SCALES}`);
  return grown(node, times, 'nearest');
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
