import { sizeOf } from '../read-chain.ts';
import type { OnnxTensor } from './onnx-file.ts';

/** An operator's attributes, as far as constants need them. */
export interface ConstantSettings {
  readonly integer: (name: string, otherwise: number) => number;
  readonly integers: (name: string) => readonly number[] | undefined;
}

/** ONNX's numbers of kinds of values (onnx.proto, TensorProto.DataType): float, float16, double, bfloat16. */
const FRACTIONS: readonly number[] = [1, 10, 11, 16];
const BOOLEAN = 9;

export const isOfFractions = (kind: number): boolean => FRACTIONS.includes(kind);

type Fold = (inputs: readonly OnnxTensor[], settings: ConstantSettings) => OnnxTensor | undefined;

/** Arithmetic is done on the few numbers that shapes are made of. */
const MOST_COMPUTED = 4_096;
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
    const wide = a.data.length >= b.data.length ? a : b;
    if (Math.min(a.data.length, b.data.length) !== 1 && a.dims.join() !== b.dims.join()) return undefined;
    if (wide.data.length > MOST_COMPUTED) return undefined;
    const of = ({ data }: OnnxTensor, at: number): number => data[data.length === 1 ? 0 : at] as number;
    const whole = Array.from({ length: wide.data.length }, (_, at) => compute(of(a, at), of(b, at)));
    return { dims: wide.dims, data: a.data instanceof Float32Array ? Float32Array.from(whole) : whole.map(Math.trunc) };
  };

const folds: Readonly<Record<string, Fold>> = {
  Identity: ([x]) => x,
  Cast: ([x], { integer }) => {
    const to = integer('to', 1);
    if (x === undefined || isOfFractions(to) === x.data instanceof Float32Array) return x;
    if (isOfFractions(to)) return { dims: x.dims, data: Float32Array.from(x.data) };
    return { dims: x.dims, data: Array.from(x.data, to === BOOLEAN ? (value) => Number(value !== 0) : Math.trunc) };
  },
  Add: arithmetic((x, y) => x + y),
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
  Slice: ([x, starts, ends, , steps], { integers }) => {
    const [from, to] = [starts?.data[0] ?? integers('starts')?.[0], ends?.data[0] ?? integers('ends')?.[0]];
    if (x?.dims.length !== 1 || from === undefined || to === undefined || (steps?.data[0] ?? 1) !== 1) return undefined;
    const data = Array.from(x.data).slice(from, Math.min(to, x.data.length));
    return { dims: [data.length], data };
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
