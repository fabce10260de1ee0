import { sizeOf } from '../read-chain.ts';
import { broadcast, placesIn } from './broadcast.ts';
import type { OnnxTensor } from './onnx-file.ts';

/** An operator's attributes, as far as constants need them. */
export interface ConstantSettings {
  readonly integer: (name: string, otherwise: number) => number;
  readonly integers: (name: string) => readonly number[] | undefined;
  readonly tensor: (name: string) => OnnxTensor | undefined;
}

/** ONNX's numbers of kinds of values (onnx.proto, TensorProto.DataType): float, float16, double, bfloat16. */
const FRACTIONS: readonly number[] = [1, 10, 11, 16];
const BOOLEAN = 9;

export const isOfFractions = (kind: number): boolean => FRACTIONS.includes(kind);

type Fold = (inputs: readonly OnnxTensor[], settings: ConstantSettings) => OnnxTensor | undefined;

/** Of what shapes are made of. */
const MOST_COMPUTED = 4_096;
/** Of weights that graphs compute, such as those that were parted into length and direction. */
const MOST_WEIGHTS = 2 ** 24;
/** Of weights there are four. */
const MOST_AXES = 8;

/**
 * Computes an operator on constants: what graphs do to make shapes, and to turn weights around.
 * @returns undefined where it is not known, or not on such constants
 */
export function folded(op: string, inputs: readonly OnnxTensor[], settings: ConstantSettings): OnnxTensor | undefined {
  return Object.hasOwn(folds, op) ? folds[op]?.(inputs, settings) : undefined;
}

const arithmetic =
  (compute: (x: number, y: number) => number): Fold =>
  ([a, b]) => {
    if (a === undefined || b === undefined) return undefined;
    const dims = broadcast(a.dims, b.dims);
    if (dims === undefined) return undefined;
    const isWhole = !(a.data instanceof Float32Array || b.data instanceof Float32Array);
    const count = sizeOf(dims);
    if (count > (isWhole ? MOST_COMPUTED : MOST_WEIGHTS)) return undefined;
    const [places, others] = [placesIn(a.dims, dims), placesIn(b.dims, dims)];
    const at = (index: number): number => compute(a.data[places(index)] as number, b.data[others(index)] as number);
    if (!isWhole) return { dims, data: Float32Array.from({ length: count }, (_, index) => at(index)) };
    return { dims, data: Array.from({ length: count }, (_, index) => Math.trunc(at(index))) };
  };

/** Number by number. @param fractions whether it computes with fractions alone */
const oneByOne =
  (compute: (x: number) => number, fractions = false): Fold =>
  ([x]) => {
    if (x === undefined || x.data.length > MOST_WEIGHTS) return undefined;
    const { dims, data } = x;
    if (data instanceof Float32Array) return { dims, data: data.map(compute) };
    return fractions ? undefined : { dims, data: Array.from(data, compute) };
  };

/** Over some axes, or all, into one number each. */
const reducing =
  (add: (sum: number, x: number) => number, last = (sum: number): number => sum): Fold =>
  ([x, given], { integer, integers }) => {
    const listed = given === undefined || given.data.length === 0 ? integers('axes') : Array.from(given.data);
    if (x === undefined || !(x.data instanceof Float32Array) || x.data.length > MOST_WEIGHTS) return undefined;
    const axes = axesOf(listed, x.dims.length) ?? x.dims.map((_, at) => at);
    const whole = x.dims.map((size, at) => (axes.includes(at) ? 1 : size));
    if (sizeOf(whole) > MOST_WEIGHTS) return undefined;
    const sums = new Float64Array(sizeOf(whole));
    const place = placesIn(whole, x.dims);
    for (let at = 0; at < x.data.length; at += 1)
      sums[place(at)] = add(sums[place(at)] as number, x.data[at] as number);
    const dims = integer('keepdims', 1) === 1 ? whole : x.dims.filter((_, at) => !axes.includes(at));
    return { dims, data: Float32Array.from(sums, last) };
  };

const folds: Readonly<Record<string, Fold>> = {
  Identity: ([x]) => x,
  Cast: ([x], { integer }) => {
    const to = integer('to', 1);
    if (x === undefined || isOfFractions(to) === x.data instanceof Float32Array) return x;
    if (isOfFractions(to)) return { dims: x.dims, data: Float32Array.from(x.data) };
    return { dims: x.dims, data: Array.from(x.data, to === BOOLEAN ? (value) => Number(value !== 0) : Math.trunc) };
  },
  Abs: oneByOne(Math.abs),
  Add: arithmetic((x, y) => x + y),
  Ceil: oneByOne(Math.ceil),
  ConstantOfShape: ([shape], { tensor }) => {
    const dims = Array.from(shape?.data ?? []);
    const count = sizeOf(dims);
    if (shape === undefined || !(count >= 0 && count <= MOST_COMPUTED)) return undefined;
    const value = tensor('value');
    const fill = value?.data[0] ?? 0;
    const isWhole = value !== undefined && !(value.data instanceof Float32Array);
    return { dims, data: isWhole ? Array.from({ length: count }, () => fill) : new Float32Array(count).fill(fill) };
  },
  Equal: arithmetic((x, y) => Number(x === y)),
  Exp: oneByOne(Math.exp, true),
  Expand: ([x, shape]) => {
    const dims = x && shape && broadcast(x.dims, Array.from(shape.data));
    if (x === undefined || dims === undefined || sizeOf(dims) > MOST_COMPUTED) return undefined;
    const place = placesIn(x.dims, dims);
    return { dims, data: alike(x, dims, (index) => x.data[place(index)] as number) };
  },
  Floor: oneByOne(Math.floor),
  Max: arithmetic(Math.max),
  Min: arithmetic(Math.min),
  Neg: oneByOne((x) => -x),
  Pow: arithmetic((x, y) => x ** y),
  Range: ([start, end, step]) => {
    const [from = 0, to = 0, by = 1] = [start?.data[0], end?.data[0], step?.data[0]];
    const count = Math.max(Math.ceil((to - from) / by), 0);
    if (!(count <= MOST_COMPUTED) || start?.data instanceof Float32Array) return undefined;
    return { dims: [count], data: Array.from({ length: count }, (_, at) => from + at * by) };
  },
  Reciprocal: oneByOne((x) => 1 / x, true),
  ReduceProd: ([x], { integer }) => {
    if (x === undefined || x.dims.length !== 1 || x.data instanceof Float32Array) return undefined;
    return { dims: integer('keepdims', 1) === 1 ? [1] : [], data: [sizeOf(x.data)] };
  },
  Shape: ([x], settings) => (x === undefined ? undefined : shapeOf(x.dims, settings)),
  Sqrt: oneByOne(Math.sqrt, true),
  Where: ([condition, x, y]) => {
    const one = condition && x && broadcast(condition.dims, x.dims);
    const dims = one && y && broadcast(one, y.dims);
    if (condition === undefined || x === undefined || y === undefined || dims === undefined) return undefined;
    if (sizeOf(dims) > MOST_COMPUTED) return undefined;
    const [test, first, second] = [condition, x, y].map((each) => placesIn(each.dims, dims));
    const at = (index: number): number =>
      (condition.data[test!(index)] === 0 ? y.data[second!(index)] : x.data[first!(index)]) as number;
    return { dims, data: alike(x, dims, at) };
  },
  Sub: arithmetic((x, y) => x - y),
  Mul: arithmetic((x, y) => x * y),
  Div: arithmetic((x, y) => x / y),
  Mod: arithmetic((x, y) => (y === 0 ? 0 : ((x % y) + y) % y)),
  Concat: (inputs) => {
    if (inputs.some(({ dims }) => dims.length !== 1)) return undefined;
    const data = inputs.flatMap((input) => Array.from(input.data));
    return data.length > MOST_COMPUTED ? undefined : { dims: [data.length], data };
  },
  Gather: ([x, at]) => {
    if (x === undefined || at === undefined || x.dims.length !== 1) return undefined;
    const data = Array.from(at.data, (index) => x.data[index < 0 ? index + x.data.length : index]);
    return data.every((value) => value !== undefined) ? { dims: at.dims, data } : undefined;
  },
  ReduceL2: reducing((sum, x) => sum + x * x, Math.sqrt),
  ReduceSum: reducing((sum, x) => sum + x),
  Slice: ([x, starts, ends, given, steps], { integers }) => {
    const part = (tensor: OnnxTensor | undefined, key: string): readonly number[] | undefined =>
      tensor === undefined || tensor.data.length === 0 ? integers(key) : Array.from(tensor.data);
    const [from, to] = [part(starts, 'starts'), part(ends, 'ends')];
    if (x === undefined || from === undefined || to === undefined || x.data.length > MOST_COMPUTED) return undefined;
    if (x.dims.some((size) => size > MOST_COMPUTED)) return undefined;
    const axes = axesOf(part(given, 'axes'), x.dims.length) ?? from.map((_, at) => at);
    const by = part(steps, 'steps') ?? [];
    const kept = x.dims.map((size, axis) => {
      const at = axes.indexOf(axis);
      return at < 0 ? Array.from({ length: size }, (_, place) => place) : sliced(size, from[at], to[at], by[at] ?? 1);
    });
    const dims = kept.map(({ length }) => length);
    const places = placesOf(kept, x.dims);
    return { dims, data: alike(x, dims, (index) => x.data[places[index] as number] as number) };
  },
  Reshape: ([x, shape]) => {
    if (x === undefined || shape === undefined) return undefined;
    const dims = wanted(Array.from(shape.data), x.dims, false);
    return dims === undefined ? undefined : { dims, data: x.data };
  },
  Squeeze: ([x, axes], { integers }) => {
    if (x === undefined) return undefined;
    const gone = axesOf(axes === undefined ? integers('axes') : Array.from(axes.data), x.dims.length);
    return { dims: x.dims.filter((size, at) => (gone === undefined ? size !== 1 : !gone.includes(at))), data: x.data };
  },
  Unsqueeze: ([x, axes], { integers }) => {
    const list = axes === undefined ? integers('axes') : Array.from(axes.data);
    if (x === undefined || list === undefined || x.dims.length + list.length > MOST_AXES) return undefined;
    return { dims: withAxes(x.dims, list), data: x.data };
  },
  Transpose: ([x], { integers }) => {
    if (x === undefined) return undefined;
    const order = integers('perm') ?? x.dims.map((_, at) => x.dims.length - 1 - at);
    return permuted(x, order);
  },
};

/** What Shape makes of sizes: all of them, or since operator set 15 those from one axis to another. */
export function shapeOf(dims: readonly number[], { integer }: Pick<ConstantSettings, 'integer'>): OnnxTensor {
  // Counted from the end where they are negative, as slices are.
  const data = dims.slice(integer('start', 0), integer('end', dims.length));
  return { dims: [data.length], data };
}

/** Numbers of a tensor's kind, by their places. */
function alike(
  { data }: OnnxTensor,
  dims: readonly number[],
  at: (index: number) => number,
): Float32Array | readonly number[] {
  const numbers = Array.from({ length: sizeOf(dims) }, (_, index) => at(index));
  return data instanceof Float32Array ? Float32Array.from(numbers) : numbers;
}

/** The places of one axis that a slice keeps, by ONNX's rules: from the end where they are negative, backwards by a negative step. */
function sliced(size: number, from = 0, to = size, step = 1): readonly number[] {
  const within = (place: number, least: number, most: number): number =>
    Math.min(Math.max(place < 0 ? place + size : place, least), most);
  const kept: number[] = [];
  if (step > 0) for (let at = within(from, 0, size); at < within(to, 0, size); at += step) kept.push(at);
  const end = to < -size ? -1 : within(to, -1, size - 1);
  if (step < 0) for (let at = within(from, 0, size - 1); at > end; at += step) kept.push(at);
  return kept;
}

/** Where numbers lie whose places along each axis are given. */
function placesOf(kept: readonly (readonly number[])[], dims: readonly number[]): readonly number[] {
  return kept.reduce<readonly number[]>(
    (all, axis, at) => all.flatMap((before) => axis.map((place) => before * (dims[at] as number) + place)),
    [0],
  );
}

/** A tensor with its dimensions in another order. Undefined where the order names no such dimensions. */
export function permuted({ dims, data }: OnnxTensor, order: readonly number[]): OnnxTensor | undefined {
  if ([...order].sort((a, b) => a - b).join() !== dims.map((_, at) => at).join()) return undefined;
  const strides = dims.map((_, at) => sizeOf(dims.slice(at + 1)));
  const sizes = order.map((from) => dims[from] as number);
  const steps = order.map((from) => strides[from] as number);
  const to = data instanceof Float32Array ? new Float32Array(data.length) : new Array<number>(data.length);
  const place = sizes.map(() => 0);
  let from = 0;
  for (let at = 0; at < data.length; at += 1) {
    to[at] = data[from] as number;
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
      from += steps[axis] as number;
      place[axis]! += 1;
      if (place[axis]! < sizes[axis]!) break;
      from -= (steps[axis] as number) * sizes[axis]!;
      place[axis] = 0;
    }
  }
  return { dims: sizes, data: to };
}

/** What Reshape makes of sizes: 0 keeps one, -1 is the rest. Undefined where they do not fit. */
export function wanted(
  target: readonly number[],
  dims: readonly number[],
  zeroIsZero: boolean,
): readonly number[] | undefined {
  const kept = target.map((size, at) => (size === 0 && !zeroIsZero ? (dims[at] ?? 0) : size));
  const rest = sizeOf(dims) / kept.filter((size) => size !== -1).reduce((all, size) => all * size, 1);
  const sizes = kept.map((size) => (size === -1 ? rest : size));
  const fits = sizes.every((size) => Number.isSafeInteger(size) && size >= 0) && sizeOf(sizes) === sizeOf(dims);
  return fits && kept.filter((size) => size === -1).length <= 1 ? sizes : undefined;
}

/** Axes counted from the front. */
export function axesOf(axes: readonly number[] | undefined, rank: number): readonly number[] | undefined {
  return axes?.map((axis) => (axis < 0 ? axis + rank : axis));
}

/** Sizes of 1 put in, as Unsqueeze does. */
export function withAxes(dims: readonly number[], axes: readonly number[]): readonly number[] {
  const rank = dims.length + axes.length;
  const added = new Set(axesOf(axes, rank));
  const rest = [...dims];
  return Array.from({ length: rank }, (_, at) => (added.has(at) ? 1 : (rest.shift() ?? 1)));
}
