import * as v from 'valibot';
import { between, count } from './numbers.ts';

/**
 * Activations without weights: what a code or an output may end with. The last four are those of models from elsewhere: GELU by its
 * approximation (Hendrycks & Gimpel 2016, §2), x · relu6(x + 3) / 6 (Howard et al. 2019), x · tanh(softplus(x)) (Misra 2019), and
 * x / (1 + |x|).
 */
export const plainActivations = [
  'linear',
  'sigmoid',
  'tanh',
  'relu',
  'leaky-relu',
  'elu',
  'gelu',
  'softplus',
  'silu',
  'selu',
  'clip',
  'gelu-tanh',
  'hard-silu',
  'mish',
  'softsign',
] as const;

/** All of them; PReLU learns the slope below zero of each unit or channel (He et al. 2015). */
export const activations = [...plainActivations, 'prelu'] as const;

export const PlainActivationSchema = v.picklist(plainActivations);
const ActivationSchema = v.picklist(activations);

const dropoutRate = between(0, 0.95);

const finish = {
  activation: ActivationSchema,
  /** Below zero, of a leaky ReLU; 0.2 when left out. */
  slope: v.exactOptional(between(0, 0.99)),
  batchNorm: v.optional(v.boolean()),
  /** Fraction of the units silenced in training. */
  dropout: v.optional(dropoutRate),
} as const;

/** Windows that reach beyond the image ("same": as many places as the stride leaves), or none that does. */
const PaddingSchema = v.picklist(['same', 'valid']);

const DenseLayerSchema = v.strictObject({ kind: v.literal('dense'), units: count(1, 65_536), ...finish });

const ConvLayerSchema = v.strictObject({
  kind: v.literal('conv'),
  filters: count(1, 4_096),
  kernel: count(1, 15),
  /** In the encoder the image shrinks by it; in the decoder it grows by it. */
  stride: count(1, 8),
  /** "same" when left out. */
  padding: v.exactOptional(PaddingSchema),
  /** In a decoder whose ends are none, where both kinds may stand: the image grows by the stride. */
  transposed: v.exactOptional(v.boolean()),
  ...finish,
});

/** A convolution of each channel by itself, then a 1 × 1 convolution over them (Chollet 2017). */
const SeparableLayerSchema = v.strictObject({
  kind: v.literal('separable'),
  filters: count(1, 4_096),
  kernel: count(1, 15),
  stride: count(1, 8),
  padding: v.exactOptional(PaddingSchema),
  ...finish,
});

/**
 * Two convolutions or three beside what comes in, added, then the activation, which stands between them too (He et al. 2016, fig. 2), or
 * before each of them. Images keep their shape, unless what comes in passes a 1 × 1 convolution (there eq. 2).
 */
const ResidualLayerSchema = v.strictObject({
  kind: v.literal('residual'),
  /** Of the convolutions but the last, which gives as many channels as come in. */
  filters: count(1, 4_096),
  kernel: count(1, 15),
  /** Of the last convolution; the first's when left out. */
  secondKernel: v.exactOptional(count(1, 15)),
  /** Of a convolution between the two, of as many filters as the first: a bottleneck (there fig. 5). None when left out. */
  middleKernel: v.exactOptional(count(1, 15)),
  /** What the sum has: what comes in passes a 1 × 1 convolution, normalised as the second one is. As many as come in when left out. */
  channels: v.exactOptional(count(1, 4_096)),
  /**
   * Of the first convolution, of three the middle one, and of that beside them: the image shrinks. 1 when left out, as it must be without
   * `channels`.
   */
  stride: v.exactOptional(count(1, 8)),
  /** Of three convolutions the first has the stride, not the middle one. */
  firstStrides: v.exactOptional(v.boolean()),
  /** Each convolution is normalised over so many groups of channels and all places (Wu & He 2018), in place of the batch. */
  groups: v.exactOptional(count(1, 4_096)),
  /** Added to the variance over groups; 0.001 when left out. */
  epsilon: v.exactOptional(between(0, 1)),
  /** The activation stands between the convolutions alone, not behind the sum (He et al. 2016b, fig. 4). */
  plainSum: v.exactOptional(v.boolean()),
  /** The activation, and normalisation before it, stand before each convolution, none behind the sum (He et al. 2016b, fig. 4e). */
  preActivation: v.exactOptional(v.boolean()),
  ...finish,
});

/** Each `size` × `size` block becomes one value. Its mirror is an `upsample` layer. */
const PoolLayerSchema = v.strictObject({
  kind: v.literal('pool'),
  method: v.picklist(['max', 'average']),
  size: count(2, 8),
  /** From one block to the next; the size when left out. */
  stride: v.exactOptional(count(1, 8)),
  /** "same" when left out: blocks beyond the edge hold fewer values. */
  padding: v.exactOptional(PaddingSchema),
});

/** Each channel of an image becomes one value. */
const GlobalPoolLayerSchema = v.strictObject({
  kind: v.literal('global-pool'),
  method: v.picklist(['max', 'average']),
});

/** Decoder only: each value becomes a block of `size` × `size`, alike or between its neighbours. */
const UpsampleLayerSchema = v.strictObject({
  kind: v.literal('upsample'),
  size: count(2, 8),
  /**
   * "nearest" when left out; "bilinear" takes pixels’ middles as places and repeats the edge, "bilinear-corners" has the middles of the
   * corners where they were (align_corners elsewhere).
   */
  method: v.exactOptional(v.picklist(['nearest', 'bilinear', 'bilinear-corners'])),
});

/** Normalisation by itself: after an activation, or of the images. */
const NormLayerSchema = v.strictObject({
  kind: v.literal('norm'),
  /** Over the batch, over the channels at each place, or over groups of channels and all places. */
  method: v.picklist(['batch', 'layer', 'group']),
  /** Of channels, for groups. */
  groups: v.exactOptional(count(1, 4_096)),
  /** Added to the variance over channels or groups; 0.001 when left out. */
  epsilon: v.exactOptional(between(0, 1)),
});

const ActivationLayerSchema = v.strictObject({
  kind: v.literal('activation'),
  activation: ActivationSchema,
  slope: finish.slope,
});

/** Only in training: values silenced one by one, or whole channels, or multiplied by noise around 1 (Srivastava et al. 2014, §10). */
const DropoutLayerSchema = v.strictObject({
  kind: v.literal('dropout'),
  method: v.picklist(['units', 'channels', 'gaussian']),
  rate: dropoutRate,
});

const sides = { top: count(0, 64), bottom: count(0, 64), left: count(0, 64), right: count(0, 64) } as const;

/** Rows and columns of zeros around an image. */
const ZeroPadLayerSchema = v.strictObject({ kind: v.literal('zero-pad'), ...sides });

/** Rows and columns cut off an image. */
const CropLayerSchema = v.strictObject({ kind: v.literal('crop'), ...sides });

/** Rows of values become images, channels last, or images rows. */
const ReshapeLayerSchema = v.strictObject({
  kind: v.literal('reshape'),
  shape: v.union([
    v.strictTuple([count(1, 2 ** 24)]),
    v.strictTuple([count(1, 1_024), count(1, 1_024), count(1, 65_536)]),
  ]),
});

/** Every value times `scale`, plus `offset`: pixels from 0 to 1 as others take them. */
const RescaleLayerSchema = v.strictObject({
  kind: v.literal('rescale'),
  scale: v.pipe(
    between(-1_000, 1_000),
    v.check((scale) => scale !== 0, 'must not be 0'),
  ),
  offset: between(-1_000, 1_000),
});

export const LayerSchema = v.variant('kind', [
  DenseLayerSchema,
  ConvLayerSchema,
  SeparableLayerSchema,
  ResidualLayerSchema,
  PoolLayerSchema,
  GlobalPoolLayerSchema,
  UpsampleLayerSchema,
  NormLayerSchema,
  ActivationLayerSchema,
  DropoutLayerSchema,
  ZeroPadLayerSchema,
  CropLayerSchema,
  ReshapeLayerSchema,
  RescaleLayerSchema,
]);

export type Activation = (typeof activations)[number];
export type PlainActivation = (typeof plainActivations)[number];
export type LayerSpec = v.InferOutput<typeof LayerSchema>;
export type LayerKind = LayerSpec['kind'];
export type Padding = v.InferOutput<typeof PaddingSchema>;
