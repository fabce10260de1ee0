import { NORM_EPSILON, type LayerFinish, type LayerSettings, type LayerShape } from '../../domain/layer-settings.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import { samePadding, transposedStart } from '../../domain/geometry.ts';
import type { PlainWeight } from '../export/plain-model.ts';
import type { LayerUnit, NormStep } from './layer-units.ts';
import { bad, sizeOf } from './read-chain.ts';

/** A layer as the app's spec can say it, and its weights in the app's own order. */
export interface AppLayer {
  /** As the file calls it. */
  readonly name: string;
  readonly settings: LayerSettings;
  readonly shape: LayerShape;
  /** By what follows the layer's own name in the weights file: "/kernel", "-norm/gamma". */
  readonly weights: Readonly<Record<string, StoredTensor>>;
}

type Conv = Extract<LayerUnit, { kind: 'conv' | 'conv-transpose' }>;

/** Side of the largest kernel that a spec can say. */
const MOST_KERNEL = 15;

/**
 * @param decoder which half of the model the layer is in: convolutions shrink images before the code and enlarge them behind it
 * @throws StudioError `bad-file` naming the layer that the app has none of
 */
export function appLayer(unit: LayerUnit, decoder: boolean, file: string): AppLayer {
  const { name, shape } = unit;
  switch (unit.kind) {
    case 'pool':
      return { name, shape, settings: { kind: 'pool', method: unit.method, size: unit.size }, weights: {} };
    case 'upsample':
      return { name, shape, settings: { kind: 'upsample', size: unit.size }, weights: {} };
    case 'dense': {
      const kernel = { shape: unit.kernel.shape, data: unit.kernel.data };
      return { name, shape, settings: { kind: 'dense', ...finishOf(unit) }, weights: weightsOf(unit, kernel) };
    }
    default: {
      const kernel = decoder ? growingKernel(unit, file) : shrinkingKernel(unit, file);
      const [side = 1, , third = 1, fourth = 1] = kernel.shape;
      const settings: LayerSettings = {
        kind: 'conv',
        filters: decoder ? third : fourth,
        kernel: side,
        stride: unit.stride,
        transposed: decoder,
        ...finishOf(unit),
      };
      return { name, shape, settings, weights: weightsOf(unit, kernel) };
    }
  }
}

/** A dense layer that gives what it takes: where a foreign model has no dense layer and the app's has one. */
export function identityLayer(name: string, size: number, shape: LayerShape): AppLayer {
  const data = new Float32Array(size * size);
  for (let at = 0; at < data.length; at += size + 1) data[at] = 1;
  const weights = {
    '/kernel': { shape: [size, size], data },
    '/bias': { shape: [size], data: new Float32Array(size) },
  };
  return { name, shape, settings: { kind: 'dense', activation: 'linear', batchNorm: false, dropout: 0 }, weights };
}

const finishOf = ({ activation, batchNorm, dropout }: LayerFinish): LayerFinish => ({ activation, batchNorm, dropout });

function shrinkingKernel(unit: Conv, file: string): StoredTensor {
  const where = `${file}: ${unit.name}`;
  if (unit.kind === 'conv-transpose') {
    throw bad(where, 'a convolution that is not transposed before the code', 'a transposed one');
  }
  const { inputShape, stride } = unit;
  const expected = inputShape.slice(0, 2).map((size) => Math.ceil(size / stride));
  const found = unit.shape.slice(0, 2);
  if (expected.join() !== found.join()) {
    throw bad(where, `padding that gives ${expected.join(' × ')} ("same")`, `an output of ${found.join(' × ')}`);
  }
  return fitted(
    unit,
    unit.kernel,
    (side) => {
      const { top, left } = samePadding(inputShape, side, stride);
      return [top, left];
    },
    where,
  );
}

/** Behind the code a plain convolution becomes a transposed one, which of stride 1 is the same with its kernel turned around. */
function growingKernel(unit: Conv, file: string): StoredTensor {
  const where = `${file}: ${unit.name}`;
  const start = (stride: number) => (side: number) => {
    const first = transposedStart(side, stride);
    return [first, first] as const;
  };
  if (unit.kind === 'conv-transpose') return fitted(unit, unit.kernel, start(unit.stride), where);
  if (unit.stride !== 1) {
    throw bad(where, 'a convolution of stride 1, or a transposed one, behind the code', `one of stride ${unit.stride}`);
  }
  if (unit.inputShape.slice(0, 2).join() !== unit.shape.slice(0, 2).join()) {
    const expected = unit.inputShape.slice(0, 2).join(' × ');
    const found = unit.shape.slice(0, 2).join(' × ');
    throw bad(where, `padding that gives ${expected} ("same")`, `an output of ${found}`);
  }
  const [high = 1, wide = 1] = unit.kernel.shape;
  const turned = { ...unit, top: high - 1 - unit.top, left: wide - 1 - unit.left };
  return fitted(turned, turnedAround(unit.kernel), start(1), where);
}

/** [h, w, in, out] → [h, w, out, in], rows and columns from the other end. */
function turnedAround({ shape, data, name }: PlainWeight): PlainWeight {
  const [high = 1, wide = 1, ins = 1, outs = 1] = shape;
  const turned = new Float32Array(data.length);
  let to = 0;
  for (let y = high - 1; y >= 0; y -= 1) {
    for (let x = wide - 1; x >= 0; x -= 1) {
      const from = (y * wide + x) * ins * outs;
      for (let out = 0; out < outs; out += 1) {
        for (let each = 0; each < ins; each += 1, to += 1) turned[to] = data[from + each * outs + out]!;
      }
    }
  }
  return { name, shape: [high, wide, outs, ins], data: turned };
}

/**
 * The kernel in the smallest one that the app would pad as the file does: zeros around it move it to its place.
 * @param begin what the app pads before the first row and column for a kernel of that side
 */
function fitted(
  { top, left }: { readonly top: number; readonly left: number },
  kernel: PlainWeight,
  begin: (side: number) => readonly [number, number],
  where: string,
): StoredTensor {
  const [high = 1, wide = 1, third = 1, fourth = 1] = kernel.shape;
  const depth = third * fourth;
  for (let side = Math.max(high, wide); side <= MOST_KERNEL; side += 1) {
    const [beginTop, beginLeft] = begin(side);
    const [down, across] = [beginTop - top, beginLeft - left];
    if (down < 0 || across < 0 || down + high > side || across + wide > side) continue;
    const shape = [side, side, third, fourth];
    if (side === high && side === wide) return { shape, data: kernel.data };
    const data = new Float32Array(sizeOf(shape));
    for (let y = 0; y < high; y += 1) {
      const row = kernel.data.subarray(y * wide * depth, (y + 1) * wide * depth);
      data.set(row, ((y + down) * side + across) * depth);
    }
    return { shape, data };
  }
  throw bad(
    where,
    `a kernel and padding that fit into ${MOST_KERNEL} × ${MOST_KERNEL}`,
    `${high} × ${wide}, padded by ${top} and ${left}`,
  );
}

function weightsOf(unit: Conv | Extract<LayerUnit, { kind: 'dense' }>, kernel: StoredTensor): AppLayer['weights'] {
  // A transposed convolution's kernel has its filters before its inputs.
  const units = unit.kernel.shape.at(unit.kind === 'conv-transpose' ? 2 : -1) ?? 1;
  const bias = unit.bias?.data ?? new Float32Array(units);
  if (unit.norm === undefined) return { '/kernel': kernel, '/bias': { shape: [units], data: bias } };
  return { '/kernel': kernel, ...normWeights(unit.norm, bias) };
}

/**
 * Batch normalisation with the app's epsilon and without the layer's bias, computing the same:
 * γ (x + b - μ) / √(σ² + ε) = γ' (x - μ') / √(σ'² + ε'), where σ'² + ε' = σ² + ε wherever that leaves a variance.
 */
function normWeights({ scale, shift, mean, variance, epsilon }: NormStep, bias: Float32Array): AppLayer['weights'] {
  const units = mean.data.length;
  const isOwn = Math.abs(epsilon - NORM_EPSILON) < 1e-9;
  const own = isOwn ? variance.data : variance.data.map((value) => Math.max(value + epsilon - NORM_EPSILON, 0));
  const ratio = (unit: number): number => (own[unit]! + NORM_EPSILON) / (variance.data[unit]! + epsilon);
  const gamma = isOwn ? scale.data : scale.data.map((value, unit) => value * Math.sqrt(ratio(unit)));
  const of = (data: Float32Array): StoredTensor => ({ shape: [units], data });
  return {
    '-norm/gamma': of(gamma),
    '-norm/beta': of(shift.data),
    '-norm/moving_mean': of(mean.data.map((value, unit) => value - bias[unit]!)),
    '-norm/moving_variance': of(own),
  };
}
