import {
  NORM_EPSILON,
  type LayerFinish,
  type LayerSettings,
  type LayerShape,
  type Sides,
} from '../../domain/layer-settings.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import { samePadding, transposedStart } from '../../domain/geometry.ts';
import type { Padding, PlainWeight } from '../export/plain-model.ts';
import { growingKernel, MOST_KERNEL, shrinkingKernel, squared } from './app-kernels.ts';
import { alphaOf, normWeights, weightsOf, type LayerWeights } from './app-weights.ts';
import type { LayerUnit, Weighted } from './layer-units.ts';
import { bad, sizeOf } from './read-chain.ts';
import { residualLayer } from './residual-layer.ts';

/** A layer as the app's spec can say it, and its weights in the app's own order. */
export interface AppLayer {
  /** As the file calls it. */
  readonly name: string;
  readonly settings: LayerSettings;
  readonly shape: LayerShape;
  /** By what follows the layer's own name in the weights file: "/kernel", "-norm/gamma". */
  readonly weights: LayerWeights;
}

type Of<Kind extends LayerUnit['kind']> = Extract<LayerUnit, { kind: Kind }>;
/**
 * A unit as layers that shrink or grow an image as the file does, each taking what the one before leaves: those of an encoder, and
 * of a decoder whose ends are none.
 * @throws StudioError `bad-file` naming the layer that the app has none of
 */
export function plainLayers(unit: LayerUnit, file: string): readonly AppLayer[] {
  const { name, shape } = unit;
  switch (unit.kind) {
    case 'dense': {
      const row = [sizeOf(shape)];
      const own = {
        name,
        shape: row,
        settings: { kind: 'dense', ...finishOf(unit) },
        weights: weightsOf(unit),
      } as const;
      return shape.length === 1 ? [own] : [own, { name, shape, settings: { kind: 'reshape' }, weights: {} }];
    }
    case 'conv':
      return convolutionLayers(unit, file);
    case 'conv-transpose':
      return transposedLayers(unit, file);
    case 'separable':
      return separableLayers(unit, file);
    default:
      return weightlessLayers(unit, file);
  }
}

/**
 * A unit as the one layer that a mirrored decoder has for it, or one between its ends: there every convolution is a transposed one.
 * @throws StudioError `bad-file` where it has none
 */
export function growingLayer(unit: LayerUnit, file: string): AppLayer {
  const { name, shape } = unit;
  if (unit.kind === 'dense') {
    return { name, shape, settings: { kind: 'dense', ...finishOf(unit) }, weights: weightsOf(unit) };
  }
  if (unit.kind === 'upsample') {
    return { name, shape, settings: { kind: 'upsample', size: unit.size, method: unit.method }, weights: {} };
  }
  if (unit.kind === 'conv' || unit.kind === 'conv-transpose') {
    const kernel = growingKernel(unit, file);
    const [side = 1, , filters = 1] = kernel.shape;
    const window = { filters, kernel: side, stride: unit.stride, padding: 'same', transposed: true } as const;
    return { name, shape, settings: { kind: 'conv', ...window, ...finishOf(unit) }, weights: weightsOf(unit, kernel) };
  }
  const [only, ...more] = plainLayers(unit, file);
  if (only !== undefined && more.length === 0) return only;
  throw bad(`${file}: ${name}`, 'one layer of the app', `${1 + more.length}`);
}

function convolutionLayers(unit: Of<'conv'>, file: string): readonly AppLayer[] {
  const { name, shape, inputShape, stride, kernel } = unit;
  const same = isSame(unit) ? shrinkingKernel(unit, file) : undefined;
  const layer = (stored: StoredTensor, padding: 'same' | 'valid', own: LayerShape = shape): AppLayer => {
    const [side = 1, , , filters = 1] = stored.shape;
    const window = { filters, kernel: side, stride, padding, transposed: false } as const;
    return {
      name,
      shape: own,
      settings: { kind: 'conv', ...window, ...finishOf(unit) },
      weights: weightsOf(unit, stored),
    };
  };
  if (same !== undefined) return [layer(same, 'same')];
  const square = squared(kernel, file, name);
  const [side = 1] = square.shape;
  const [high = 1, wide = 1] = kernel.shape;
  const { top, left, bottom, right } = unit.padding;
  // Zeros that make the kernel a square see zeros that the image has more of.
  const sides = { top, left, bottom: bottom + side - high, right: right + side - wide };
  return [...paddedBy(name, inputShape, sides, file), layer(square, 'valid')];
}

/** Whether the app's own padding gives as many rows and columns, and the file pads too wherever the app does. */
function isSame({ inputShape, shape, stride, padding, kernel }: Of<'conv'>): boolean {
  const fits = [0, 1].every((axis) => Math.ceil((inputShape[axis] ?? 1) / stride) === shape[axis]);
  const isPadded = Object.values(padding).some((side) => side > 0);
  const [high = 1] = kernel.shape;
  const needsNone = Object.values(samePadding(inputShape, high, stride)).every((side) => side === 0);
  return fits && (isPadded || needsNone);
}

function transposedLayers(unit: Of<'conv-transpose'>, file: string): readonly AppLayer[] {
  const { name, shape, inputShape, stride, top, left } = unit;
  const [height = 1, width = 1] = inputShape;
  const layer = (stored: StoredTensor, padding: 'same' | 'valid', own: LayerShape): AppLayer => {
    const [side = 1, , filters = 1] = stored.shape;
    const window = { filters, kernel: side, stride, padding, transposed: true } as const;
    return {
      name,
      shape: own,
      settings: { kind: 'conv', ...window, ...finishOf(unit) },
      weights: weightsOf(unit, stored),
    };
  };
  const square = squared(unit.kernel, file, name);
  const [side = 1, , filters = 1] = square.shape;
  const cropFrom = (whole: LayerShape, above: number, before: number): readonly AppLayer[] => {
    const bottom = (whole[0] ?? 1) - above - (shape[0] ?? 1);
    const right = (whole[1] ?? 1) - before - (shape[1] ?? 1);
    return croppedBy(name, whole, { top: above, left: before, bottom, right }, file);
  };
  const within = (whole: LayerShape, above: number, before: number): boolean =>
    (whole[0] ?? 1) >= above + (shape[0] ?? 1) && (whole[1] ?? 1) >= before + (shape[1] ?? 1);
  const same = [height * stride, width * stride, filters];
  const start = transposedStart(side, stride);
  if (top === start && left === start && within(same, 0, 0))
    return [layer(square, 'same', same), ...cropFrom(same, 0, 0)];
  const more = Math.max(side - stride, 0);
  const all = [height * stride + more, width * stride + more, filters];
  if (within(all, top, left)) return [layer(square, 'valid', all), ...cropFrom(all, top, left)];
  // Beyond what the kernels reach: rows of zeros behind the image reach it.
  const missing = [top, left].map((start, axis) =>
    Math.max(Math.ceil((start + (shape[axis] ?? 1) - (all[axis] ?? 1)) / stride), 0),
  );
  const [rows = 0, columns = 0] = missing;
  const widened = paddedBy(name, inputShape, { top: 0, left: 0, bottom: rows, right: columns }, file);
  const whole = [(all[0] ?? 1) + rows * stride, (all[1] ?? 1) + columns * stride, filters];
  return [...widened, layer(square, 'valid', whole), ...cropFrom(whole, top, left)];
}

function separableLayers(unit: Of<'separable'>, file: string): readonly AppLayer[] {
  const { name, shape, inputShape, stride, depthwise, padding } = unit;
  const [side = 1, wide = 1] = depthwise.shape;
  if (side !== wide || side > MOST_KERNEL) {
    throw bad(
      `${file}: ${name}`,
      `a square kernel of at most ${MOST_KERNEL} a side`,
      `${side} × ${wide}: use one of these, and train it on`,
    );
  }
  const own = samePadding(inputShape, side, stride);
  const sides = ['top', 'left', 'bottom', 'right'] as const;
  const isOwn =
    sides.every((edge) => own[edge] === padding[edge]) &&
    [0, 1].every((axis) => Math.ceil((inputShape[axis] ?? 1) / stride) === shape[axis]);
  const window = { filters: shape[2] ?? 1, kernel: side, stride, padding: isOwn ? 'same' : 'valid' } as const;
  const { '/kernel': pointwise, ...rest } = weightsOf(unit);
  const weights = {
    '/depthwise_kernel': { shape: depthwise.shape, data: depthwise.data },
    '/pointwise_kernel': pointwise as StoredTensor,
    ...rest,
  };
  const layer: AppLayer = { name, shape, settings: { kind: 'separable', ...window, ...finishOf(unit) }, weights };
  return isOwn ? [layer] : [...paddedBy(name, inputShape, padding, file), layer];
}

function weightlessLayers(unit: Exclude<LayerUnit, Weighted>, file: string): readonly AppLayer[] {
  const { name, shape, inputShape } = unit;
  const one = (settings: LayerSettings, weights: AppLayer['weights'] = {}): readonly AppLayer[] => [
    { name, shape, settings, weights },
  ];
  switch (unit.kind) {
    case 'pool':
      return poolLayers(unit, file);
    case 'global-pool':
      return one({ kind: 'global-pool', method: unit.method });
    case 'upsample': {
      const [height = 1, width = 1, channels = 1] = inputShape;
      const whole = [height * unit.size, width * unit.size, channels];
      const sides = { top: 0, left: 0, bottom: whole[0]! - (shape[0] ?? 1), right: whole[1]! - (shape[1] ?? 1) };
      const settings = { kind: 'upsample', size: unit.size, method: unit.method } as const;
      return [{ name, shape: whole, settings, weights: {} }, ...croppedBy(name, whole, sides, file)];
    }
    case 'residual':
      return [residualLayer(unit, file)];
    case 'norm':
      return [normLayer(unit)];
    case 'activation': {
      const { activation, slope, alpha } = unit;
      const weights = alpha === undefined ? {} : { '/alpha': alphaOf(alpha, shape) };
      return one({ kind: 'activation', activation, ...(slope === undefined ? {} : { slope }) }, weights);
    }
    case 'dropout':
      return one({ kind: 'dropout', method: unit.method, rate: unit.rate });
    case 'pad':
      return paddedBy(name, inputShape, unit.padding, file);
    case 'crop':
      return croppedBy(name, inputShape, unit.padding, file);
    case 'rescale':
      return one({ kind: 'rescale', scale: unit.scale, offset: unit.offset });
    case 'reshape':
      return one({ kind: 'reshape' });
  }
}

/**
 * The app's windows lie as TensorFlow's: pads at the edges as the sizes ask for, or none. Around what is never below 0, zeros change no
 * window's largest.
 */
function poolLayers(unit: Of<'pool'>, file: string): readonly AppLayer[] {
  const { name, shape, inputShape, method, size, stride, padding } = unit;
  const layer = (word: 'same' | 'valid'): readonly AppLayer[] => [
    { name, shape, settings: { kind: 'pool', method, size, stride, padding: word }, weights: {} },
  ];
  const own = samePadding(inputShape, size, stride);
  const isOwn = own.top === padding.top && own.left === padding.left;
  if (isOwn && [0, 1].every((axis) => Math.ceil((inputShape[axis] ?? 1) / stride) === shape[axis]))
    return layer('same');
  const isBare = padding.top + padding.left === 0;
  const valid = [0, 1].every((axis) => Math.floor(((inputShape[axis] ?? 1) - size) / stride) + 1 === shape[axis]);
  if (isBare && valid) return layer('valid');
  if (method === 'max' && unit.takesPositive) return [...paddedBy(name, inputShape, padding, file), ...layer('valid')];
  const expected = `padding of ${own.top} and ${own.left} at the top and left, or none`;
  const behind = method === 'max' ? ', behind a ReLU' : '';
  const found = `${padding.top} and ${padding.left}: pool without padding${behind}, or of such images that none is needed`;
  throw bad(`${file}: ${name}`, expected, found);
}

function normLayer({ name, shape, norm }: Of<'norm'>): AppLayer {
  if (norm.kind === 'batch-norm') {
    const units = norm.mean.data.length;
    const weights = normWeights(norm, new Float32Array(units), '');
    return { name, shape, settings: { kind: 'norm', method: 'batch', groups: 1, epsilon: NORM_EPSILON }, weights };
  }
  const { scale, shift, epsilon } = norm;
  const isUsual = Math.abs(epsilon - NORM_EPSILON) < 1e-9;
  const settings = {
    kind: 'norm',
    method: norm.kind === 'layer-norm' ? 'layer' : 'group',
    groups: norm.kind === 'group-norm' ? norm.groups : 1,
    // As it was said, before it was float32.
    epsilon: isUsual ? NORM_EPSILON : Number(epsilon.toPrecision(6)),
  } as const;
  const of = ({ data }: PlainWeight): StoredTensor => ({ shape: [data.length], data });
  return { name, shape, settings, weights: { '/gamma': of(scale), '/beta': of(shift) } };
}

const paddedBy = (name: string, from: LayerShape, sides: Padding, file: string): readonly AppLayer[] =>
  edged(name, 'zero-pad', from, sides, file);

const croppedBy = (name: string, from: LayerShape, sides: Padding, file: string): readonly AppLayer[] =>
  edged(name, 'crop', from, sides, file);

/** Most rows and columns at one edge that a spec can say. */
const MOST_SIDE = 64;

function edged(
  name: string,
  kind: 'zero-pad' | 'crop',
  [height = 1, width = 1, channels = 1]: LayerShape,
  { top, bottom, left, right }: Sides,
  file: string,
): readonly AppLayer[] {
  if (top + bottom + left + right === 0) return [];
  const most = Math.max(top, bottom, left, right);
  if (most > MOST_SIDE)
    throw bad(`${file}: ${name}`, `at most ${MOST_SIDE} rows and columns at an edge`, `${most}: use fewer`);
  const sign = kind === 'crop' ? -1 : 1;
  const shape = [height + sign * (top + bottom), width + sign * (left + right), channels];
  return [{ name, shape, settings: { kind, top, bottom, left, right }, weights: {} }];
}

function finishOf({ activation, slope, batchNorm, dropout }: LayerFinish): LayerFinish {
  return { activation, ...(slope === undefined ? {} : { slope }), batchNorm, dropout };
}
