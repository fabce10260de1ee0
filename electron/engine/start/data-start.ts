import type { ModelSpec } from '../../domain/experiment.ts';
import { layOut, type LayoutLayer } from '../../domain/model-layout.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { forwardInference } from '../forward.ts';
import { imageTensor } from '../images.ts';
import { makeLayers } from '../layers.ts';
import type { Network } from '../network.ts';
import { shuffled } from '../shuffle.ts';
import { tf } from '../tensorflow.ts';
import { VectorQuantiser } from '../vector-quantiser.ts';

/** Values of the images that layers are scaled on. */
const MOST_VALUES = 512 * 4_096;
const MOST_IMAGES = 512;
/** The order of these images: none that an epoch of training has. */
const START_EPOCH = -1;
/** A sigmoid's mean pixel is kept this far from 0 and 1 before its logit. */
const LEAST_PIXEL = 0.01;

/**
 * Fits drawn weights to the training images: in each layer with biases of its own what comes before the activation gets mean zero
 * and variance one over some of them (Mishkin & Matas 2015, "All you need is a good init", without its orthonormal draws), the
 * first layer's centring among it; a codebook begins at places of theirs; the output's biases begin at the mean image, for a sigmoid at its logit.
 */
export function startOnData(network: Network, images: ImageColumns, seed: number): void {
  const values = images.height * images.width * images.channels;
  const count = Math.min(images.count, MOST_IMAGES, Math.max(16, Math.floor(MOST_VALUES / values)));
  tf.tidy(() => {
    const sample = imageTensor(images, shuffled(images.count, seed, START_EPOCH).subarray(0, count));
    const bare = withoutActivations(network);
    const layers = [...network.encoderLayers, ...network.codeLayers, ...network.decoderLayers];
    const output = layers.findLast((layer) => bare.has(layer.name));
    layers.reduce((x: tf.Tensor, layer) => {
      if (layer instanceof VectorQuantiser) layer.startAt(x, seed);
      const twin = bare.get(layer.name);
      if (twin !== undefined && layer.weights.length === 2) {
        if (layer === output) beginAtMean(layer, twin, x, sample, network.spec.outputActivation);
        else standardise(layer, twin, x);
      }
      return forwardInference([layer], x);
    }, sample);
    for (const twin of bare.values()) twin.weights.forEach((weight) => weight.read().dispose());
  });
}

/** The network's layers of kernels as they are before their activations, by name. */
function withoutActivations({ spec }: Network): ReadonlyMap<string, tf.layers.Layer> {
  const bare = layOut(spec).layers.map((layer): LayoutLayer => {
    return layer.kind === 'dense' || layer.kind === 'conv' ? { ...layer, activation: 'linear' } : layer;
  });
  const plainCode = { code: { ...spec.code, variational: false } };
  const { encoder, code, decoder } = makeLayers({ ...layOut(spec), layers: bare }, plainCode);
  const kinds = new Set(['Dense', 'Conv2D', 'Conv2DTranspose']);
  return new Map([...encoder, ...code, ...decoder].filter((l) => kinds.has(l.getClassName())).map((l) => [l.name, l]));
}

/** What the layer makes of x before its activation. */
function applyBare(layer: tf.layers.Layer, twin: tf.layers.Layer, x: tf.Tensor): tf.Tensor {
  twin.build(x.shape);
  twin.setWeights(layer.getWeights());
  return twin.apply(x) as tf.Tensor;
}

/** Mean zero and variance one for each unit or filter. */
function standardise(layer: tf.layers.Layer, twin: tf.layers.Layer, x: tf.Tensor): void {
  const found = applyBare(layer, twin, x);
  const [kernel, bias] = layer.weights.map((weight) => weight.read() as tf.Variable) as [tf.Variable, tf.Variable];
  const { mean, variance } = tf.moments(found, allButLast(found));
  // One factor a layer: units keep the sizes relative to each other that they were drawn with.
  const factor = tf.rsqrt(tf.maximum(tf.mean(variance), 1e-12));
  kernel.assign(tf.mul(kernel, factor));
  bias.assign(tf.mul(tf.sub(bias, mean), factor));
}

/** On average the output is the mean image: of a convolution, the mean of its channel. */
function beginAtMean(
  layer: tf.layers.Layer,
  twin: tf.layers.Layer,
  x: tf.Tensor,
  images: tf.Tensor4D,
  activation: ModelSpec['outputActivation'],
): void {
  const found = applyBare(layer, twin, x);
  const bias = layer.weights[1]!.read() as tf.Variable;
  const wanted = found.rank === 2 ? tf.reshape(images, [images.shape[0], -1]) : images;
  const mean = tf.mean(wanted, allButLast(wanted));
  const kept = tf.clipByValue(mean, LEAST_PIXEL, 1 - LEAST_PIXEL);
  const target = activation === 'sigmoid' ? tf.log(tf.div(kept, tf.sub(1, kept))) : mean;
  bias.assign(tf.add(bias, tf.sub(target, tf.mean(found, allButLast(found)))));
}

const allButLast = (x: tf.Tensor): number[] => Array.from({ length: x.rank - 1 }, (_, axis) => axis);
