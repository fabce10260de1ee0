import type { Activation, LayerSpec } from './experiment.ts';

/** The slope below zero of the unit that is called leaky (Maas et al. 2013 take less; this is Keras's). */
export const LEAKY_SLOPE = 0.2;

/** Added to a variance before its root is taken (Keras's). */
export const NORM_EPSILON = 1e-3;

/** [height, width, channels] of an image, [units] of a dense layer's output. */
export type LayerShape = readonly number[];

/** What a layer of weights is followed by. */
export interface LayerFinish {
  readonly activation: Activation;
  readonly batchNorm: boolean;
  /** Fraction of the units silenced in training. */
  readonly dropout: number;
}

/** A layer's own settings, all of them said. */
export type LayerSettings =
  | (LayerFinish & {
      readonly kind: 'dense';
      /** Path of the layer whose weights it uses, transposed. */
      readonly tiedTo?: string;
    })
  | (LayerFinish & {
      readonly kind: 'conv';
      readonly filters: number;
      readonly kernel: number;
      readonly stride: number;
      /** It grows the image by its stride, where a plain one shrinks it; what overshoots is cropped. */
      readonly transposed: boolean;
    })
  | { readonly kind: 'pool'; readonly method: 'max' | 'average'; readonly size: number }
  | { readonly kind: 'upsample'; readonly size: number };

export interface LayoutProblem {
  /** The layer's path, else a field of the model: "decoder". */
  readonly path: string;
  /** What was expected and what was found: "expected …, found …". */
  readonly message: string;
}

/** A spec's layer as the encoder has it. */
export function settingsOf(spec: LayerSpec): LayerSettings {
  switch (spec.kind) {
    case 'dense':
      return { kind: 'dense', ...finishOf(spec) };
    case 'conv': {
      const { filters, kernel, stride } = spec;
      return { kind: 'conv', filters, kernel, stride, transposed: false, ...finishOf(spec) };
    }
    default:
      return spec;
  }
}

/** What of a spec's layer says how its output is treated. */
export function finishOf(spec: Extract<LayerSpec, { kind: 'dense' | 'conv' }>): LayerFinish {
  return { activation: spec.activation, batchNorm: spec.batchNorm === true, dropout: spec.dropout ?? 0 };
}
