import { StudioError } from '../domain/errors.ts';
import type { ModelSpec } from '../domain/experiment.ts';
import { layOut, type ModelLayout } from '../domain/model-layout.ts';
import { initialWeights, type DrawnWeight } from './initial-weights.ts';
import { makeLayers } from './layers.ts';
import { ConditionalCode, styleSize } from './conditional-code.ts';
import { Residual } from './residual.ts';
import { tf } from './tensorflow.ts';

/** An autoencoder as three tfjs-layers models that share their weights, and as lists of layers for the training step. */
export interface Network {
  readonly spec: ModelSpec;
  /** Image → what the code layer sees. */
  readonly encoderLayers: readonly tf.layers.Layer[];
  readonly codeLayers: readonly tf.layers.Layer[];
  /** A variational code's second head. */
  readonly logVarianceLayer: tf.layers.Layer | undefined;
  readonly decoderLayers: readonly tf.layers.Layer[];
  /** images [n, h, w, c] in [0, 1] → reconstructions of the same shape (a variational code decodes its mean). */
  readonly autoencoder: tf.LayersModel;
  /** images → codes [n, code size]. */
  readonly encoder: tf.LayersModel;
  /** codes → images. */
  readonly decoder: tf.LayersModel;
  /** Every weight, in the order of the layers; the moving statistics of batch normalisation are not trainable. */
  readonly weights: readonly NetworkWeight[];
  dispose(): void;
}

export interface NetworkWeight extends DrawnWeight {
  readonly trainable: boolean;
}

/**
 * Builds the network with initial weights drawn from the seed.
 * @throws StudioError `bad-spec` naming the layer that is wrong.
 */
export function buildNetwork(spec: ModelSpec, seed: number): Network {
  const { encoder, code, logVariance, decoder } = makeLayers(checkedLayout(spec), spec);

  const image = tf.input({ shape: [...spec.inputShape], name: 'image' });
  const features = chain(encoder, image);
  const codes = chain(code, features);
  logVariance?.apply(whatSpreadSees(code, features));
  const codeInput = tf.input({ shape: [spec.code.size], name: 'code-input' });

  const layers = [...encoder, ...code, ...(logVariance ? [logVariance] : []), ...decoder];
  const models = {
    autoencoder: tf.model({ inputs: image, outputs: chain(decoder, codes), name: 'autoencoder' }),
    encoder: tf.model({ inputs: image, outputs: codes, name: 'encoder' }),
    decoder: tf.model({ inputs: codeInput, outputs: chain(decoder, codeInput), name: 'decoder' }),
  };
  const weights = layers.flatMap(weightsOf);
  initialWeights(weights, spec.initialiser, seed);
  return {
    spec,
    encoderLayers: encoder,
    codeLayers: code,
    logVarianceLayer: logVariance,
    decoderLayers: decoder,
    ...models,
    weights,
    dispose: () => layers.forEach((layer) => weightsOf(layer).forEach(({ variable }) => variable.dispose())),
  };
}

/** What turns codes into images, by itself. */
export type Decoder = Pick<Network, 'spec' | 'decoderLayers' | 'weights' | 'dispose'>;

/**
 * The decoder alone: its encoder takes no memory, but where the two share their weights. All weights are zeros, to be set.
 * @throws StudioError `bad-spec` naming the layer that is wrong
 */
export function buildDecoder(spec: ModelSpec): Decoder {
  if (spec.tiedWeights === true) return buildNetwork(spec, 0);
  const { decoder } = makeLayers(checkedLayout(spec), spec);
  chain(decoder, tf.input({ shape: [spec.code.size], name: 'code-input' }));
  return {
    spec,
    decoderLayers: decoder,
    weights: decoder.flatMap(weightsOf),
    dispose: () => decoder.forEach((layer) => weightsOf(layer).forEach(({ variable }) => variable.dispose())),
  };
}

function checkedLayout(spec: ModelSpec): ModelLayout {
  const layout = layOut(spec);
  const [problem] = layout.problems;
  if (problem) throw new StudioError('bad-spec', `model.${problem.path}: ${problem.message}`);
  return layout;
}

export function isConvolutional(network: Network): boolean {
  return network.weights.some(({ variable }) => variable.rank === 4);
}

/**
 * A variational code's log-variance, as a row beside its mean: [n, code size], of a conditional one [n, style].
 * @param labels of a conditional code, where they are known: float32 [n, classes]
 */
export function logVarianceOf(network: Network, features: tf.Tensor, labels?: tf.Tensor): tf.Tensor | undefined {
  const { logVarianceLayer, spec } = network;
  if (logVarianceLayer === undefined) return undefined;
  const conditional = conditionalOf(network);
  const seen = conditional?.given(features, labels ?? tf.softmax(conditional.logits(features))) ?? features;
  return tf.reshape(logVarianceLayer.apply(seen) as tf.Tensor, [-1, styleSize(spec)]);
}

/** The layer of a code that knows the label. */
export function conditionalOf({ codeLayers: [code] }: Pick<Network, 'codeLayers'>): ConditionalCode | undefined {
  return code instanceof ConditionalCode ? code : undefined;
}

/** The means that a variational code's spreads belong to: all of it, of a conditional one its style. */
export function meansOf({ spec }: Pick<Network, 'spec'>, code: tf.Tensor): tf.Tensor {
  return spec.code.classes === undefined ? code : tf.slice(code, [0, 0], [-1, styleSize(spec)]);
}

/** A code's second head takes what its first does. */
function whatSpreadSees(code: readonly tf.layers.Layer[], features: tf.SymbolicTensor): tf.SymbolicTensor {
  return (conditionalOf({ codeLayers: code })?.inner[1].input as tf.SymbolicTensor | undefined) ?? features;
}

function chain(layers: readonly tf.layers.Layer[], input: tf.SymbolicTensor): tf.SymbolicTensor {
  return layers.reduce(
    (tensor, layer) => (isComposite(layer) ? layer.connect(tensor) : (layer.apply(tensor) as tf.SymbolicTensor)),
    input,
  );
}

/** Layers of which models have the inner ones. */
const isComposite = (layer: tf.layers.Layer): layer is Residual | ConditionalCode =>
  layer instanceof Residual || layer instanceof ConditionalCode;

function weightsOf(layer: tf.layers.Layer): NetworkWeight[] {
  if (isComposite(layer)) return (layer instanceof Residual ? layer.parts : layer.inner).flatMap(weightsOf);
  const trainable = new Set(layer.trainableWeights);
  return layer.weights.map((weight) => ({
    // tfjs makes names unique by a suffix (kernel_3): the layer's own name and the plain word are enough.
    name: `${layer.name}/${weight.originalName.split('/').at(-1)?.replace(/_\d+$/, '') ?? 'weight'}`,
    variable: weight.read() as tf.Variable,
    trainable: trainable.has(weight),
    transposed: layer.getClassName() === 'Conv2DTranspose',
  }));
}
