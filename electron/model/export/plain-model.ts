import type { Activation } from '../../domain/experiment.ts';
import type { ModelPart } from '../../domain/export-formats.ts';
import type { Padding } from '../../domain/geometry.ts';
import type { EnlargingMethod, LayerShape } from '../../domain/layer-settings.ts';

export type { Padding };

/** One tensor of weights under the name it has in every format: "encoder-1/kernel". */
export interface PlainWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row by row. */
  readonly data: Float32Array;
}

/**
 * What a step computes, on images [n, height, width, channels] or rows [n, units]: the whole vocabulary of trained networks, so
 * that a format that can say these can say every model. Nothing here is for training: dropout is gone, batch normalisation has
 * its moving statistics, a variational code is its mean.
 */
export type PlainStep =
  /** [n, h, w, c] → [n, h · w · c], channels running fastest. */
  | { readonly kind: 'flatten' }
  /** [n, h · w · c] → [n, h, w, c]. */
  | { readonly kind: 'reshape' }
  /** Kernel [inputs, units], bias [units]. */
  | { readonly kind: 'dense'; readonly kernel: PlainWeight; readonly bias?: PlainWeight }
  /** Cross-correlation; kernel [height, width, in, out], bias [out]. */
  | {
      readonly kind: 'conv';
      readonly kernel: PlainWeight;
      readonly bias?: PlainWeight;
      readonly stride: number;
      readonly padding: Padding;
    }
  /**
   * The transpose of a convolution; kernel [height, width, out, in]. Each input value adds its kernel, times itself, at `stride`
   * times its place; of that image the output is the part from row `top`, column `left` on, beyond its ends zeros. Then bias.
   */
  | {
      readonly kind: 'conv-transpose';
      readonly kernel: PlainWeight;
      readonly bias?: PlainWeight;
      readonly stride: number;
      readonly top: number;
      readonly left: number;
    }
  /** Over the last axis: (x - mean) / √(variance + epsilon) · scale + shift. */
  | {
      readonly kind: 'batch-norm';
      readonly scale: PlainWeight;
      readonly shift: PlainWeight;
      readonly mean: PlainWeight;
      readonly variance: PlainWeight;
      readonly epsilon: number;
    }
  /** A convolution of each channel by itself; kernel [height, width, channels, 1]. */
  | { readonly kind: 'depthwise'; readonly kernel: PlainWeight; readonly stride: number; readonly padding: Padding }
  /** Each place, or row, by itself over the last axis: (x - mean) / √(variance + epsilon) · scale + shift. */
  | {
      readonly kind: 'layer-norm';
      readonly scale: PlainWeight;
      readonly shift: PlainWeight;
      readonly epsilon: number;
    }
  /** The same over all places and each group of as many channels, one after another. */
  | {
      readonly kind: 'group-norm';
      readonly scale: PlainWeight;
      readonly shift: PlainWeight;
      readonly epsilon: number;
      readonly groups: number;
    }
  /** `slope` is that of a leaky ReLU below zero. GELU is the exact one, with the error function (Hendrycks & Gimpel 2016). */
  | {
      readonly kind: 'activation';
      readonly activation: Exclude<Activation, 'linear' | 'prelu'>;
      readonly slope?: number;
    }
  /** Below zero times the slope of its place on the last axis: alpha [units], or [1, 1, channels] for images. */
  | { readonly kind: 'prelu'; readonly alpha: PlainWeight }
  /** Windows of `size` × `size`; padding counts neither as a value nor in the mean. */
  | {
      readonly kind: 'pool';
      readonly method: 'max' | 'average';
      readonly size: number;
      readonly stride: number;
      readonly padding: Padding;
    }
  /** [n, h, w, c] → [n, c]: over all places. */
  | { readonly kind: 'global-pool'; readonly method: 'max' | 'average' }
  /**
   * Each value `size` × `size` times, or bilinear: pixel x lies at (x + ½) / size - ½ of the source, whose edge is repeated;
   * with corners at x · (h - 1) / (h · size - 1), h the source's height or width. What overshoots the output's shape is cut off at the
   * bottom and right.
   */
  | { readonly kind: 'upsample'; readonly size: number; readonly method: EnlargingMethod }
  /** Rows and columns of zeros around an image. */
  | { readonly kind: 'pad'; readonly padding: Padding }
  /** Rows and columns cut off an image. */
  | { readonly kind: 'crop'; readonly padding: Padding }
  /** x · scale + offset. */
  | { readonly kind: 'rescale'; readonly scale: number; readonly offset: number }
  /** What these steps make of x, and what the shortcut's do, added: of a shortcut without steps x itself. */
  | { readonly kind: 'residual'; readonly ops: readonly PlainOp[]; readonly shortcut: readonly PlainOp[] }
  /**
   * Rows of features → rows of style and classes, side by side: classes are the softmax of one dense step of the features, style
   * another of the features with the classes behind them.
   */
  | { readonly kind: 'conditional'; readonly classes: PlainDense; readonly style: PlainDense }
  /** Each place of an image becomes the nearest of these vectors [vectors, channels], of two as near the first. */
  | { readonly kind: 'quantise'; readonly codebook: PlainWeight };

/** A dense step within another one. */
export type PlainDense = Extract<PlainStep, { kind: 'dense' }> & PlainPlace & { readonly bias: PlainWeight };

export type PlainOp = PlainStep & PlainPlace;

interface PlainPlace {
  /** Unique within the model: "encoder-1", "encoder-1-activation". */
  readonly name: string;
  /** Of one image, without the batch. */
  readonly inputShape: LayerShape;
  readonly shape: LayerShape;
}

/** A network, or a part of one, as a chain of plain steps. */
export interface PlainModel {
  readonly part: ModelPart;
  /** Of one image [height, width, channels] or code [size]. */
  readonly inputShape: LayerShape;
  readonly shape: LayerShape;
  readonly ops: readonly PlainOp[];
}

/**
 * What a matrix product needs to find the nearest of a codebook's vectors e: z · factors + squares is |e|² - 2 z·e for each, their squared
 * distances from z but for |z|².
 */
export function nearestParts(codebook: PlainWeight): { readonly factors: PlainWeight; readonly squares: PlainWeight } {
  const [vectors = 0, channels = 0] = codebook.shape;
  const at = (vector: number, channel: number): number => codebook.data[vector * channels + channel]!;
  const factors = Float32Array.from(
    { length: vectors * channels },
    (_, index) => -2 * at(index % vectors, Math.floor(index / vectors)),
  );
  const squares = Float32Array.from({ length: vectors }, (_, vector) => {
    const own = Array.from({ length: channels }, (__, channel) => at(vector, channel) ** 2);
    return own.reduce((sum, square) => sum + square, 0);
  });
  return {
    factors: { name: `${codebook.name}-factors`, shape: [channels, vectors], data: factors },
    squares: { name: `${codebook.name}-squares`, shape: [vectors], data: squares },
  };
}

/** The steps that a step is made of, in their order. */
export function innerOf(op: PlainOp): readonly PlainOp[] {
  if (op.kind === 'residual') return [...op.ops, ...op.shortcut];
  return op.kind === 'conditional' ? [op.classes, op.style] : [];
}

/** Steps one after another, those within others among them. */
export const eachOp = (ops: readonly PlainOp[]): readonly PlainOp[] =>
  ops.flatMap((op) => [op, ...eachOp(innerOf(op))]);

/** An op's weights, in the order that the type names them; of one that is made of steps, theirs. */
export function weightsOf(op: PlainOp): readonly PlainWeight[] {
  switch (op.kind) {
    case 'dense':
    case 'conv':
    case 'conv-transpose':
      return op.bias === undefined ? [op.kernel] : [op.kernel, op.bias];
    case 'batch-norm':
      return [op.scale, op.shift, op.mean, op.variance];
    case 'depthwise':
      return [op.kernel];
    case 'layer-norm':
    case 'group-norm':
      return [op.scale, op.shift];
    case 'prelu':
      return [op.alpha];
    case 'quantise':
      return [op.codebook];
    case 'residual':
    case 'conditional':
      return innerOf(op).flatMap(weightsOf);
    default:
      return [];
  }
}
