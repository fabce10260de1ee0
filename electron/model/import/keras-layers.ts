import { bent, prelu } from './keras-activation-layers.ts';
import type { LayerChain } from './keras-config.ts';
import { convolution, depthwise, separable, transposedConvolution } from './keras-convolutions.ts';
import { KerasLayer, NO_PADDING } from './keras-layer.ts';
import { batchNorm, groupNorm, layerNorm, normalization } from './keras-normalisations.ts';
import { operation } from './keras-operations.ts';
import { crop, globalPool, pool, reshape, upsample, zeroPad } from './keras-shapes.ts';
import { addRescaling, ChainBuilder, sizeOf, type ReadChain, type ReadOp } from './read-chain.ts';
import type { FindWeight, WeightWish } from './weight-wish.ts';

/**
 * Keras's layers as plain steps.
 * @throws StudioError `bad-file` naming the layer that is not known, or an option of it that is not
 */
export function kerasChain(
  { inputShape, layers, notes, major, lacksChannels = false }: LayerChain,
  find: FindWeight,
  file: string,
): ReadChain {
  const builder = new ChainBuilder(file, inputShape);
  builder.notes.push(...notes);
  builder.lacksChannels = lacksChannels;
  /** How many steps there are before each layer; none of one within a block. */
  const lengths: (number | undefined)[] = [];
  const startOf = (count: number): number => lengths[count] ?? builder.ops.length;
  const endAt = (from: number): void => {
    lengths.forEach((length, at) => {
      if (length !== undefined && length > from) lengths[at] = undefined;
    });
  };
  let aside: readonly ReadOp[] | undefined;
  for (const layer of layers) {
    const { adds, returns } = layer;
    if (returns !== undefined) {
      const from = startOf(returns);
      aside = builder.setAside(layer.name, from);
      endAt(from);
    }
    lengths.push(builder.ops.length);
    if (adds === undefined) read(new KerasLayer(layer, find, builder, major));
    else {
      const from = startOf(adds);
      builder.addTo(layer.name, from, aside);
      aside = undefined;
      endAt(from);
    }
  }
  return builder.finish('Keras');
}

/** The same, each weight empty but for its shape: what a file claims, before any of it is read. */
export function weightWishes(chain: LayerChain, file: string): WeightWish[] {
  const wishes: WeightWish[] = [];
  kerasChain(
    chain,
    (wish) => {
      wishes.push(wish);
      return { name: wish.name, shape: wish.shape, data: new Float32Array(0) };
    },
    file,
  );
  return wishes;
}

function read(layer: KerasLayer): void {
  if (layer.operands !== undefined && operation(layer, layer.operands)) return;
  switch (layer.className) {
    case 'Dense':
      return dense(layer);
    case 'Conv2D':
      return convolution(layer);
    case 'Conv2DTranspose':
      return transposedConvolution(layer);
    case 'BatchNormalization':
    case 'BatchNormalizationV1':
    case 'BatchNormalizationV2':
      return batchNorm(layer);
    case 'Activation':
      return layer.activation(layer.config['activation']);
    case 'ReLU':
    case 'LeakyReLU':
    case 'ELU':
      return bent(layer);
    case 'PReLU':
      return prelu(layer);
    case 'SeparableConv2D':
      return separable(layer);
    case 'DepthwiseConv2D':
      return depthwise(layer);
    case 'ZeroPadding2D':
      return zeroPad(layer);
    case 'GlobalAveragePooling2D':
      return globalPool(layer, 'average');
    case 'GlobalMaxPooling2D':
      return globalPool(layer, 'max');
    case 'LayerNormalization':
      return layerNorm(layer);
    case 'GroupNormalization':
      return groupNorm(layer);
    case 'Normalization':
      return normalization(layer);
    case 'MaxPooling2D':
      return pool(layer, 'max');
    case 'AveragePooling2D':
      return pool(layer, 'average');
    case 'UpSampling2D':
      return upsample(layer);
    case 'Flatten':
      return layer.builder.add(layer.name, { kind: 'flatten' }, [sizeOf(layer.builder.shape)]);
    case 'Reshape':
      return reshape(layer);
    case 'Dropout':
    case 'AlphaDropout':
      return dropOut(layer, 'units');
    case 'SpatialDropout2D':
      return dropOut(layer, 'channels');
    case 'GaussianDropout':
      return dropOut(layer, 'gaussian');
    case 'Cropping2D':
      return crop(layer);
    case 'Rescaling':
      return rescaling(layer);
    case 'GaussianNoise':
    case 'ActivityRegularization':
      return leftOut(layer);
    case 'Identity':
      return undefined;
    default: {
      if (isForTraining(layer.className)) return leftOut(layer);
      const others =
        layer.operands === undefined
          ? 'put others in its place, and save the model again'
          : 'put Activation, Rescaling or Reshape in its place, or leave it out, train the model on, and save it again';
      const remedy = remedies[layer.className] ?? others;
      throw layer.bad('a layer that the app knows', `one of class "${layer.className}": ${remedy}`);
    }
  }
}

function leftOut(layer: KerasLayer): void {
  layer.builder.notes.push(`${layer.name}: a ${layer.className} layer, only for training, was left out.`);
}

/** Images changed by chance, and in training alone: all of that name but those that crop or resize them always. */
const isForTraining = (className: string): boolean =>
  (className.startsWith('Random') && className !== 'RandomCrop') || ['MixUp', 'CutMix', 'AugMix'].includes(className);

/** What a person can do about layers of these classes. */
const remedies: Readonly<Record<string, string>> = {
  Lambda:
    'its function is code, which is never run here: use Rescaling, Reshape or other layers, and save the model again',
  Resizing: 'save the model without it, and import images in the size it takes',
  TimeDistributed: 'save a model of single images',
  Permute: 'save the model with channels last',
  ...Object.fromEntries(
    ['Multiply', 'Add', 'Subtract', 'TrueDivide', 'Divide', 'TFOpLambda'].map((name) => [
      name,
      'use Rescaling for numbers and Activation for functions, and save the model again',
    ]),
  ),
  ...Object.fromEntries(
    ['Conv1D', 'Conv1DTranspose', 'MaxPooling1D', 'AveragePooling1D', 'UpSampling1D', 'Conv3D'].map((name) => [
      name,
      'it does not go over images: put Conv2D and its like in its place, train it, and save the model again',
    ]),
  ),
  Softmax: 'end with sigmoid or none, train it on, and save the model again',
  UnitNormalization: 'leave it out, so that codes keep their length, train the model on, and save it again',
  InstanceNormalization: 'use GroupNormalization of as many groups as channels, train it on, and save the model again',
  'Addons>InstanceNormalization':
    'use GroupNormalization of as many groups as channels, train it on, and save the model again',
  ...Object.fromEntries(
    ['LSTM', 'GRU', 'SimpleRNN', 'RNN', 'Bidirectional', 'ConvLSTM2D'].map((name) => [
      name,
      'it goes through a sequence: put dense or convolutional layers in its place, train it, and save the model again',
    ]),
  ),
  ...Object.fromEntries(
    ['Attention', 'AdditiveAttention', 'MultiHeadAttention'].map((name) => [
      name,
      'it weighs places against each other: put a convolution in its place, train it, and save the model again',
    ]),
  ),
};

function dense(layer: KerasLayer): void {
  const { shape } = layer.builder;
  const units = layer.options.count('units');
  if (shape.length === 3) {
    const [height = 1, width = 1, channels = 1] = shape;
    // Of an image it is of each place's channels: a convolution of 1 × 1.
    const own = layer.weight('kernel', [channels, units]);
    const kernel = { ...own, shape: [1, 1, channels, units] };
    const step = { kind: 'conv', kernel, ...layer.bias(units), stride: 1, padding: NO_PADDING } as const;
    layer.builder.add(layer.name, step, [height, width, units]);
    return layer.activation(layer.config['activation']);
  }
  const kernel = layer.weight('kernel', [shape[0]!, units]);
  layer.builder.add(layer.name, { kind: 'dense', kernel, ...layer.bias(units) }, [units]);
  layer.activation(layer.config['activation']);
}

function dropOut(layer: KerasLayer, method: 'units' | 'channels' | 'gaussian'): void {
  layer.builder.add(layer.name, { kind: 'dropout', method, rate: layer.options.number('rate', 0) });
}

function rescaling(layer: KerasLayer): void {
  const scale = layer.options.number('scale', Number.NaN);
  addRescaling(layer.builder, layer.name, scale, layer.options.number('offset', 0));
}
