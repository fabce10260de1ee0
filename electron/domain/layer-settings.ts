import type { Activation, LayerSpec, Padding } from './layer-spec.ts';

/** The slope below zero of the unit that is called leaky (Maas et al. 2013 take less; this is Keras's). */
export const LEAKY_SLOPE = 0.2;

/** Added to a variance before its root is taken (Keras's). */
export const NORM_EPSILON = 1e-3;

/** [height, width, channels] of an image, [units] of a dense layer's output. */
export type LayerShape = readonly number[];

/** How values are bent. */
export interface Bending {
  readonly activation: Activation;
  /** Below zero, of a leaky ReLU: `LEAKY_SLOPE` where it is left out. */
  readonly slope?: number;
}

/** What a layer of weights is followed by. */
export interface LayerFinish extends Bending {
  readonly batchNorm: boolean;
  /** Fraction of the units silenced in training. */
  readonly dropout: number;
}

/** Rows and columns at an image's edges. */
export interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

interface Window {
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: Padding;
}

/** How pixels become more of them. */
export type EnlargingMethod = NonNullable<Extract<LayerSpec, { kind: 'upsample' }>['method']>;

/** A layer's own settings, all of them said. */
export type LayerSettings =
  | (LayerFinish & {
      readonly kind: 'dense';
      /** Path of the layer whose weights it uses, transposed. */
      readonly tiedTo?: string;
    })
  | (LayerFinish &
      Window & {
        readonly kind: 'conv';
        /** It grows the image by its stride, where a plain one shrinks it; what overshoots is cropped. */
        readonly transposed: boolean;
      })
  | (LayerFinish & Window & { readonly kind: 'separable' })
  | (LayerFinish & {
      readonly kind: 'residual';
      readonly filters: number;
      readonly kernel: number;
      readonly secondKernel: number;
      /** Of a convolution between the two. */
      readonly middleKernel?: number;
      /** What the sum has, where a convolution of 1 × 1 stands beside the two. */
      readonly channels?: number;
      readonly stride: number;
      /** Of three convolutions the first has the stride. */
      readonly firstStrides: boolean;
      /** Of channels, over which each convolution is normalised in place of the batch. */
      readonly groups?: number;
      readonly epsilon: number;
      /** No activation stands behind the sum. */
      readonly plainSum: boolean;
      /** The activation stands before each convolution: the sum is plain. */
      readonly preActivation: boolean;
    })
  | {
      readonly kind: 'pool';
      readonly method: 'max' | 'average';
      readonly size: number;
      readonly stride: number;
      readonly padding: Padding;
    }
  | { readonly kind: 'global-pool'; readonly method: 'max' | 'average' }
  | { readonly kind: 'upsample'; readonly size: number; readonly method: EnlargingMethod }
  /** `groups` is 1 where there are none. */
  | {
      readonly kind: 'norm';
      readonly method: 'batch' | 'layer' | 'group';
      readonly groups: number;
      readonly epsilon: number;
    }
  | (Bending & { readonly kind: 'activation' })
  | { readonly kind: 'dropout'; readonly method: 'units' | 'channels' | 'gaussian'; readonly rate: number }
  | (Sides & { readonly kind: 'zero-pad' | 'crop' })
  | { readonly kind: 'reshape' }
  | { readonly kind: 'rescale'; readonly scale: number; readonly offset: number };

export interface LayoutProblem {
  /** The layer's path, else a field of the model: "decoder". */
  readonly path: string;
  /** What was expected and what was found: "expected …, found …". */
  readonly message: string;
}

/** A spec's layer as the encoder has it, or a decoder whose ends are none. */
export function settingsOf(spec: LayerSpec): LayerSettings {
  switch (spec.kind) {
    case 'dense':
      return { kind: 'dense', ...finishOf(spec) };
    case 'conv':
      return { kind: 'conv', ...windowOf(spec), transposed: spec.transposed === true, ...finishOf(spec) };
    case 'separable':
      return { kind: 'separable', ...windowOf(spec), ...finishOf(spec) };
    case 'residual':
      return { kind: 'residual', ...residualOf(spec), ...finishOf(spec) };
    case 'pool': {
      const { kind, method, size, stride = size, padding = 'same' } = spec;
      return { kind, method, size, stride, padding };
    }
    case 'upsample':
      return { kind: 'upsample', size: spec.size, method: spec.method ?? 'nearest' };
    case 'norm':
      return { kind: 'norm', method: spec.method, groups: spec.groups ?? 1, epsilon: spec.epsilon ?? NORM_EPSILON };
    case 'activation':
      return { kind: 'activation', ...bendingOf(spec) };
    case 'reshape':
      return { kind: 'reshape' };
    default:
      return spec;
  }
}

type Finished = Extract<LayerSpec, { batchNorm?: unknown }>;

/** What of a spec's layer says how its output is treated. */
export function finishOf(spec: Pick<Finished, 'activation' | 'slope' | 'batchNorm' | 'dropout'>): LayerFinish {
  return { ...bendingOf(spec), batchNorm: spec.batchNorm === true, dropout: spec.dropout ?? 0 };
}

/** Whether a layer is one of weights with a finish of its own. */
export function isFinished<T extends { readonly kind: string }>(
  layer: T,
): layer is Extract<T, { kind: 'dense' | 'conv' | 'separable' | 'residual' }> {
  return ['dense', 'conv', 'separable', 'residual'].includes(layer.kind);
}

function bendingOf({ activation, slope }: Bending): Bending {
  return slope === undefined ? { activation } : { activation, slope };
}

/** What a residual layer's convolutions are, and where its activation stands. */
export function residualOf({
  filters,
  kernel,
  secondKernel = kernel,
  middleKernel,
  channels,
  stride = 1,
  firstStrides = false,
  groups,
  epsilon = NORM_EPSILON,
  plainSum = false,
  preActivation = false,
}: Extract<LayerSpec, { kind: 'residual' }>) {
  const said = {
    ...(middleKernel === undefined ? {} : { middleKernel }),
    ...(channels === undefined ? {} : { channels }),
    ...(groups === undefined ? {} : { groups }),
  };
  const order = { firstStrides, plainSum: plainSum || preActivation, preActivation };
  return { filters, kernel, secondKernel, stride, epsilon, ...said, ...order };
}

function windowOf({
  filters,
  kernel,
  stride,
  padding = 'same',
}: Extract<LayerSpec, { stride: number; filters: number }>) {
  return { filters, kernel, stride, padding };
}
