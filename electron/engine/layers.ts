import type { Activation } from '../domain/experiment.ts';
import { LEAKY_SLOPE, NORM_EPSILON, type LayerFinish } from '../domain/layer-settings.ts';
import type { LayoutLayer, ModelLayout } from '../domain/model-layout.ts';
import { TiedDense } from './tied-dense.ts';
import { tf } from './tensorflow.ts';

export interface NetworkLayers {
  readonly encoder: readonly tf.layers.Layer[];
  readonly code: readonly tf.layers.Layer[];
  /** A variational code's second head. */
  readonly logVariance: tf.layers.Layer | undefined;
  readonly decoder: readonly tf.layers.Layer[];
}

type Dense = Extract<LayoutLayer, { kind: 'dense' }>;
type Conv = Extract<LayoutLayer, { kind: 'conv' }>;

/** The tfjs-layers of a model that has been laid out, not yet connected. */
export function makeLayers({ layers }: ModelLayout, variational: boolean): NetworkLayers {
  const made: Record<LayoutLayer['part'], tf.layers.Layer[]> = { encoder: [], code: [], decoder: [] };
  /** By path: what tied layers share. */
  const kernels = new Map<string, tf.layers.Layer>();
  let logVariance: tf.layers.Layer | undefined;
  for (const layer of layers) {
    // Both heads of a code see the same features, and so the flattening belongs to the encoder.
    if (layer.inputShape.length > 1 && layer.kind === 'dense') {
      made[layer.part === 'code' ? 'encoder' : layer.part].push(tf.layers.flatten({ name: `${layer.name}-flatten` }));
    }
    const own = layersOf(layer, kernels);
    if (own[0] !== undefined) kernels.set(layer.path, own[0]);
    made[layer.part].push(...own);
    if (layer.part === 'code' && variational) {
      const [units = 1] = layer.shape;
      logVariance = tf.layers.dense({ units, name: `${layer.name}-log-variance`, ...zeroInitialisers });
    }
  }
  return { ...made, logVariance };
}

/** A layer of the layout becomes several of tfjs; the first holds its kernel. */
function layersOf(layer: LayoutLayer, kernels: ReadonlyMap<string, tf.layers.Layer>): tf.layers.Layer[] {
  const { name, shape } = layer;
  switch (layer.kind) {
    case 'dense': {
      const made = [denseLayer(layer, kernels), ...finish(layer)];
      return shape.length > 1
        ? [...made, tf.layers.reshape({ targetShape: [...shape], name: `${name}-reshape` })]
        : made;
    }
    case 'conv':
      return layer.transposed
        ? [transposedConvolution(layer), ...finish(layer), ...crop(layer, layer.stride)]
        : [tf.layers.conv2d(convolutionOptions(layer)), ...finish(layer)];
    case 'pool': {
      const options = { poolSize: layer.size, strides: layer.size, padding: 'same', name } as const;
      return [layer.method === 'max' ? tf.layers.maxPooling2d(options) : tf.layers.averagePooling2d(options)];
    }
    case 'upsample':
      return [tf.layers.upSampling2d({ size: [layer.size, layer.size], name }), ...crop(layer, layer.size)];
  }
}

/** Kernels and biases are set afterwards from the run's seed (initial-weights.ts); zeros cost nothing to make. */
const zeroInitialisers = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const;

function denseLayer(layer: Dense, kernels: ReadonlyMap<string, tf.layers.Layer>): tf.layers.Layer {
  const { name, shape, batchNorm, tiedTo } = layer;
  const units = shape.reduce((product, size) => product * size, 1);
  const source = tiedTo === undefined ? undefined : kernels.get(tiedTo);
  if (source) return new TiedDense({ name, units, useBias: !batchNorm }, source);
  return tf.layers.dense({ units, name, useBias: !batchNorm, ...inLayerActivation(layer), ...zeroInitialisers });
}

function transposedConvolution(layer: Conv): tf.layers.Layer {
  return tf.layers.conv2dTranspose(convolutionOptions(layer));
}

function convolutionOptions(layer: Conv) {
  const { name, filters, kernel, stride, batchNorm } = layer;
  return {
    filters,
    kernelSize: kernel,
    strides: stride,
    padding: 'same',
    useBias: !batchNorm,
    name,
    ...inLayerActivation(layer),
    ...zeroInitialisers,
  } as const;
}

/** Cuts off at the far edges what growing by a whole number overshoots of an odd size. */
function crop({ name, inputShape, shape }: LayoutLayer, by: number): tf.layers.Layer[] {
  const extra = [0, 1].map((axis) => (inputShape[axis] ?? 1) * by - (shape[axis] ?? 1));
  const [rows = 0, columns = 0] = extra;
  if (rows <= 0 && columns <= 0) return [];
  const cropping: [[number, number], [number, number]] = [
    [0, rows],
    [0, columns],
  ];
  return [tf.layers.cropping2D({ cropping, name: `${name}-crop` })];
}

/** Batch normalisation stands between a layer and its activation (Ioffe & Szegedy 2015, §3.2); dropout after it. */
function finish(layer: Dense | Conv): tf.layers.Layer[] {
  const { name, activation, batchNorm, dropout } = layer;
  const layers: tf.layers.Layer[] = [];
  if (batchNorm)
    layers.push(tf.layers.batchNormalization({ name: `${name}-norm`, momentum: 0.99, epsilon: NORM_EPSILON }));
  if (activation === 'leaky-relu') {
    layers.push(tf.layers.leakyReLU({ alpha: LEAKY_SLOPE, name: `${name}-activation` }));
  } else if (activation !== 'linear' && !('activation' in inLayerActivation(layer))) {
    layers.push(tf.layers.activation({ activation, name: `${name}-activation` }));
  }
  if (dropout > 0) layers.push(tf.layers.dropout({ rate: dropout, name: `${name}-dropout` }));
  return layers;
}

/** The activation that tfjs applies within the layer; nothing where a layer of its own does. */
function inLayerActivation(layer: LayerFinish & { readonly tiedTo?: string }): {
  activation?: Exclude<Activation, 'leaky-relu'>;
} {
  const { activation, batchNorm, tiedTo } = layer;
  if (batchNorm || tiedTo !== undefined || activation === 'leaky-relu') return {};
  return { activation };
}
