import type { Activation } from '../domain/layer-spec.ts';
import { LEAKY_SLOPE, NORM_EPSILON, type Bending, type LayerFinish } from '../domain/layer-settings.ts';
import { HardSilu } from './hard-silu.ts';
import { tf } from './tensorflow.ts';

/** What tfjs calls the activations that it applies within a layer of weights. */
type WithinLayer = Exclude<Activation, 'leaky-relu' | 'prelu' | 'clip' | 'hard-silu'>;
const ofTfjs = {
  linear: 'linear',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  relu: 'relu',
  elu: 'elu',
  gelu: 'gelu',
  softplus: 'softplus',
  silu: 'swish',
  selu: 'selu',
  'gelu-tanh': 'gelu_new',
  mish: 'mish',
  softsign: 'softsign',
} as const satisfies Record<WithinLayer, string>;

/** Of batch normalisation: the share of the old statistics that stays at each step (Keras's). */
const MOMENTUM = 0.99;

export function batchNormLayer(name: string): tf.layers.Layer {
  return tf.layers.batchNormalization({ name, momentum: MOMENTUM, epsilon: NORM_EPSILON });
}

/**
 * What stands behind a layer of weights: batch normalisation between it and its activation (Ioffe & Szegedy 2015, §3.2), dropout
 * after that.
 * @param onImages whether it gives images
 */
export function finishLayers(
  name: string,
  own: LayerFinish & { readonly tiedTo?: string },
  onImages: boolean,
): tf.layers.Layer[] {
  const layers: tf.layers.Layer[] = [];
  if (own.batchNorm) layers.push(batchNormLayer(`${name}-norm`));
  if (!('activation' in inLayerActivation(own))) layers.push(...activationLayers(`${name}-activation`, own, onImages));
  if (own.dropout > 0) layers.push(tf.layers.dropout({ rate: own.dropout, name: `${name}-dropout` }));
  return layers;
}

/** An activation as a layer of its own; none where it is linear. */
export function activationLayers(
  name: string,
  { activation, slope = LEAKY_SLOPE }: Bending,
  onImages: boolean,
): tf.layers.Layer[] {
  switch (activation) {
    case 'linear':
      return [];
    case 'leaky-relu':
      return [tf.layers.leakyReLU({ alpha: slope, name })];
    case 'prelu':
      // One slope for a channel, wherever in the image.
      return [tf.layers.prelu(onImages ? { name, sharedAxes: [1, 2] } : { name })];
    case 'clip':
      return [tf.layers.reLU({ maxValue: 1, name })];
    case 'hard-silu':
      return [new HardSilu({ name })];
    default:
      return [tf.layers.activation({ activation: ofTfjs[activation], name })];
  }
}

/** The activation that tfjs applies within the layer; nothing where a layer of its own does. */
export function inLayerActivation({ activation, batchNorm, tiedTo }: LayerFinish & { readonly tiedTo?: string }): {
  activation?: (typeof ofTfjs)[WithinLayer];
} {
  if (batchNorm || tiedTo !== undefined) return {};
  return activation in ofTfjs ? { activation: ofTfjs[activation as WithinLayer] } : {};
}
