import { notWritten } from '../script-limits.ts';
import type { Activation } from '../../experiment.ts';
import { LEAKY_SLOPE, NORM_EPSILON, type Bending, type LayerShape, type Sides } from '../../layer-settings.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import { literal, singleQuoted } from '../script-text.ts';
import { library, type LayerCall } from './tfjs-calls.ts';

/** Options of the activation and the biases, where the layer has them itself. */
export function inLayer({ batchNorm = false, ...bending }: Bending & { readonly batchNorm?: boolean }): string[] {
  if (batchNorm) return ['useBias: false'];
  return isOption(bending) ? [`activation: ${singleQuoted(nameOfActivation(bending.activation))}`] : [];
}

/** TensorFlow.js has some activations as layers only. */
export const isOption = ({ activation }: Bending): boolean =>
  !['linear', 'leaky-relu', 'prelu', 'clip'].includes(activation);

/** Activations that TensorFlow.js has no name for, or none that it reads back from a file. */
export const foreignWords = {
  'gelu-tanh': 'GELU by tanh in TensorFlow.js',
  'hard-silu': 'a hard SiLU in TensorFlow.js',
} as const;

const nameOfActivation = (activation: Activation): string => {
  if (activation === 'gelu-tanh' || activation === 'hard-silu') throw notWritten(foreignWords[activation]);
  return activation === 'silu' ? 'swish' : activation;
};

/** An activation as a layer of its own; none where it is linear. */
export function activationLayer(bending: Bending, shape: LayerShape): LayerCall[] {
  const { activation, slope = LEAKY_SLOPE } = bending;
  switch (activation) {
    case 'linear':
      return [];
    case 'leaky-relu':
      return [library('leakyReLU', [`alpha: ${literal(slope)}`])];
    case 'prelu': {
      const start = 'alphaInitializer: tf.initializers.constant({ value: 0.25 })';
      return [library('prelu', [start, ...(shape.length > 1 ? ['sharedAxes: [1, 2]'] : [])])];
    }
    case 'clip':
      return [library('reLU', ['maxValue: 1'])];
    default:
      return [library('activation', [`activation: ${singleQuoted(nameOfActivation(activation))}`])];
  }
}

/** Layers without kernels, which look at one value at a time, or at where it is. */
export function elementLayer(layer: LayoutLayer): LayerCall[] {
  switch (layer.kind) {
    case 'norm':
      if (layer.method === 'batch') return [BATCH_NORM];
      if (layer.method === 'group') throw notWritten('group normalisation in TensorFlow.js');
      // The gradient of its own adds up a tensor for every place of every image.
      if (layer.shape.length > 1) throw notWritten('layer normalisation of images in TensorFlow.js');
      return [library('layerNormalization', [`epsilon: ${literal(layer.epsilon)}`])];
    case 'activation':
      return activationLayer(layer, layer.shape);
    case 'dropout': {
      const rate = `rate: ${literal(layer.rate)}`;
      if (layer.method === 'gaussian') return [library('gaussianDropout', [rate])];
      return [library('dropout', [rate, ...(layer.method === 'channels' ? ['noiseShape: [null, 1, 1, null]'] : [])])];
    }
    case 'zero-pad':
      return [library('zeroPadding2d', [`padding: ${sides(layer)}`])];
    case 'crop':
      return [library('cropping2D', [`cropping: ${sides(layer)}`])];
    case 'reshape':
      if (layer.shape.length === 1 && layer.inputShape.length > 1) return [library('flatten')];
      return [library('reshape', [`targetShape: [${layer.shape.join(', ')}]`])];
    case 'rescale':
      return [library('rescaling', [`scale: ${literal(layer.scale)}`, `offset: ${literal(layer.offset)}`])];
    default:
      throw notWritten(`a ${layer.kind} layer in TensorFlow.js`);
  }
}

const sides = ({ top, bottom, left, right }: Sides): string => `[[${top}, ${bottom}], [${left}, ${right}]]`;

export const BATCH_NORM = library('batchNormalization', [`epsilon: ${NORM_EPSILON}`]);

/** Cuts off at the far edges what growing by a whole number overshoots, or fills with zeros what it leaves. */
export function cropped({ inputShape, shape }: LayoutLayer, by: number): LayerCall[] {
  const extra = [0, 1].map((axis) => (inputShape[axis] ?? 0) * by - (shape[axis] ?? 0));
  const far = (sign: 1 | -1): string => extra.map((each) => `[0, ${Math.max(sign * each, 0)}]`).join(', ');
  return [
    ...(extra.some((each) => each > 0) ? [library('cropping2D', [`cropping: [${far(1)}]`])] : []),
    ...(extra.some((each) => each < 0) ? [library('zeroPadding2d', [`padding: [${far(-1)}]`])] : []),
  ];
}
