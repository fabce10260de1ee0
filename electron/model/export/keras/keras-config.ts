import { StudioError } from '../../../domain/errors.ts';
import { paddingWord, transposedStart } from '../../../domain/geometry.ts';
import type { Padding, PlainDense, PlainModel, PlainOp } from '../plain-model.ts';

/** The Keras whose configurations these are; later ones read them too. */
export const KERAS_VERSION = '3.15.1';

/** A Keras object as its configuration file has it. */
export interface KerasObject {
  readonly module: string;
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly registered_name: 'Functional' | null;
}

/** A layer, and the step whose weights it takes. */
export interface KerasLayer extends KerasObject {
  readonly op?: PlainOp;
  /** Names of the layers that are added up, or put side by side, or of that which it takes; others take what the one before gives. */
  readonly sources?: readonly string[];
  /** What its step gives, without the batch. */
  readonly shape?: readonly number[];
}

/**
 * A plain model as the layers of a Keras `Sequential`, the input first. Keras's "same" padding and transposed convolutions are
 * TensorFlow's, which the plain steps describe; what overshoots is cropped by a layer of its own.
 * @param bytesIn whether images come as uint8 and are divided by 255 here
 */
export function kerasLayers(model: PlainModel, bytesIn: boolean): readonly KerasLayer[] {
  const input = layer('InputLayer', {
    name: model.part === 'decoder' ? 'code' : 'image',
    batch_shape: [null, ...model.inputShape],
    dtype: bytesIn ? 'uint8' : 'float32',
  });
  const scale = bytesIn ? [layer('Rescaling', { name: 'scale', scale: 1 / 255, offset: 0 })] : [];
  const before = [input, ...scale].map((each) => ({ ...each, shape: model.inputShape }));
  return stacked(model.ops, before);
}

/** @param before the layers that come first */
function stacked(ops: readonly PlainOp[], before: readonly KerasLayer[]): readonly KerasLayer[] {
  return ops.reduce((layers, op) => {
    const own = layersOf(op, layers).map((layer) => ({ ...layer, shape: layer.shape ?? op.shape }));
    return [...layers, ...own];
  }, before);
}

/** config.json of a `.keras` file, and `model_config` of a `.h5` file: a Sequential model, or a Functional one where layers take several. */
export function kerasModel({ part }: PlainModel, layers: readonly KerasLayer[]): KerasObject {
  // The step and where a layer's inputs come from are ours.
  const plain = layers.map(({ module, class_name, config, registered_name }) => ({
    module,
    class_name,
    config,
    registered_name,
  }));
  if (layers.some(({ sources }) => sources !== undefined)) {
    return {
      module: 'keras.src.models.functional',
      class_name: 'Functional',
      config: {
        name: part,
        trainable: true,
        layers: layers.map((layer, index) => ({
          ...plain[index]!,
          name: nameOf(layer),
          inbound_nodes: nodesOf(layer, layers.slice(0, index)),
        })),
        input_layers: [[nameOf(layers[0]!), 0, 0]],
        output_layers: [[nameOf(layers.at(-1)!), 0, 0]],
      },
      registered_name: 'Functional',
    };
  }
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: { name: part, trainable: true, dtype: 'float32', layers: plain },
    registered_name: null,
  };
}

const nameOf = ({ config }: KerasLayer): string => config['name'] as string;

/** Where a layer's inputs come from, as Keras writes it; shapes are looked up anew when it is read. */
function nodesOf({ sources }: KerasLayer, before: readonly KerasLayer[]): readonly unknown[] {
  const last = before.at(-1);
  if (last === undefined) return [];
  const tensors = (sources ?? [nameOf(last)]).map((name) => {
    const shape = [null, ...(before.find((layer) => nameOf(layer) === name)?.shape ?? [])];
    return { class_name: '__keras_tensor__', config: { shape, dtype: 'float32', keras_history: [name, 0, 0] } };
  });
  return [{ args: tensors.length === 1 ? tensors : [tensors], kwargs: {} }];
}

/** @param before the layers that come first, of which a sum adds the last */
function layersOf(op: PlainOp, before: readonly KerasLayer[]): KerasLayer[] {
  const { name } = op;
  switch (op.kind) {
    case 'flatten':
      return [layer('Flatten', { name })];
    case 'reshape':
      return [layer('Reshape', { name, target_shape: op.shape })];
    case 'dense':
      return [layer('Dense', { name, units: op.kernel.shape[1], use_bias: op.bias !== undefined }, op)];
    case 'conv':
      return [layer('Conv2D', { ...windowOf(op), use_bias: op.bias !== undefined, filters: op.kernel.shape[3] }, op)];
    case 'conv-transpose':
      return transposedLayers(op);
    case 'batch-norm':
      return [layer('BatchNormalization', { name, axis: -1, momentum: 0.99, epsilon: op.epsilon }, op)];
    case 'activation':
      return [activationLayer(op)];
    case 'pool': {
      const kind = op.method === 'max' ? 'MaxPooling2D' : 'AveragePooling2D';
      const padding = paddingWord(op.inputShape, op.size, op.stride, op.padding);
      return [layer(kind, { name, pool_size: op.size, strides: op.stride, padding })];
    }
    case 'upsample': {
      const grown = op.inputShape.slice(0, 2).map((size) => size * op.size);
      return [
        layer('UpSampling2D', { name, size: [op.size, op.size], interpolation: op.method }),
        ...cropped(op, 0, 0, grown),
      ];
    }
    case 'residual': {
      const inner = stacked(op.ops, before).slice(before.length);
      const beside = stacked(op.shortcut, before).slice(before.length);
      const sources = [nameOf(beside.at(-1) ?? before.at(-1)!), nameOf(inner.at(-1)!)];
      return [...abreast(beside, inner, before), { ...layer('Add', { name }), sources }];
    }
    case 'conditional':
      return conditionalLayers(op, before);
    case 'quantise':
      throw new StudioError('internal', `${name}: expected steps that Keras has layers for, found a codebook.`);
    default:
      return [plainLayer(op)];
  }
}

/**
 * Two ways from the last layer before to a sum, in the order in which Keras counts layers and with them their weights: by how far they are
 * from the output, of two as far the one first whose value the sum has first (functional.py, `map_graph`).
 */
function abreast(
  first: readonly KerasLayer[],
  second: readonly KerasLayer[],
  before: readonly KerasLayer[],
): readonly KerasLayer[] {
  if (first.length === 0) return second;
  const ways = [first, second].map((way) =>
    way.map((layer, at) => ({ ...layer, sources: [nameOf(at === 0 ? before.at(-1)! : way[at - 1]!)] })),
  );
  const longest = Math.max(first.length, second.length);
  return Array.from({ length: longest }, (_, at) => ways.flatMap((way) => way.at(at - longest) ?? [])).flat();
}

function conditionalLayers(
  { name, classes, style }: Extract<PlainOp, { kind: 'conditional' }>,
  before: readonly KerasLayer[],
): KerasLayer[] {
  const dense = (op: PlainDense, activation: string): KerasLayer => ({
    ...layer('Dense', { name: op.name, units: op.kernel.shape[1], use_bias: true, activation }, op),
    shape: op.shape,
  });
  const beside = (own: string, sources: readonly string[], units: number): KerasLayer => ({
    ...layer('Concatenate', { name: own, axis: -1 }),
    sources,
    shape: [units],
  });
  const given = `${style.name}-given`;
  return [
    dense(classes, 'softmax'),
    beside(given, [nameOf(before.at(-1)!), classes.name], style.kernel.shape[0] ?? 1),
    dense(style, 'linear'),
    beside(name, [style.name, classes.name], style.shape[0]! + classes.shape[0]!),
  ];
}

/** Steps that are one layer of Keras each. */
function plainLayer(
  op: Extract<
    PlainOp,
    { kind: 'depthwise' | 'layer-norm' | 'group-norm' | 'prelu' | 'global-pool' | 'pad' | 'crop' | 'rescale' }
  >,
): KerasLayer {
  const { name } = op;
  switch (op.kind) {
    case 'depthwise':
      return layer('DepthwiseConv2D', { ...windowOf(op), use_bias: false }, op);
    case 'layer-norm':
      return layer('LayerNormalization', { name, axis: -1, epsilon: op.epsilon }, op);
    case 'group-norm':
      return layer('GroupNormalization', { name, groups: op.groups, axis: -1, epsilon: op.epsilon }, op);
    case 'prelu':
      return layer('PReLU', { name, shared_axes: op.shape.length > 1 ? [1, 2] : null }, op);
    case 'global-pool':
      return layer(op.method === 'max' ? 'GlobalMaxPooling2D' : 'GlobalAveragePooling2D', { name });
    case 'pad':
      return layer('ZeroPadding2D', { name, padding: sidesOf(op.padding) });
    case 'crop':
      return layer('Cropping2D', { name, cropping: sidesOf(op.padding) });
    case 'rescale':
      return layer('Rescaling', { name, scale: op.scale, offset: op.offset });
  }
}

const sidesOf = ({ top, left, bottom, right }: Padding): readonly (readonly [number, number])[] => [
  [top, bottom],
  [left, right],
];

function windowOf(op: Extract<PlainOp, { kind: 'conv' | 'depthwise' }>): Readonly<Record<string, unknown>> {
  const [height = 1, width = 1] = op.kernel.shape;
  return {
    name: op.name,
    kernel_size: [height, width],
    strides: [op.stride, op.stride],
    padding: paddingWord(op.inputShape, height, op.stride, op.padding),
  };
}

/**
 * With padding "same" where the output begins as that has it, else without padding: what lies before the output and behind it is
 * cut off, and what the kernels do not reach is reached by zeros behind the image.
 */
function transposedLayers(op: Extract<PlainOp, { kind: 'conv-transpose' }>): KerasLayer[] {
  const { name, stride, top, left, inputShape, shape } = op;
  const [window = 1, wide = 1, filters] = op.kernel.shape;
  const same = top === left && top === transposedStart(window, stride) && window === wide;
  const fits = [0, 1].every((axis) => (shape[axis] ?? 1) <= (inputShape[axis] ?? 1) * stride);
  const padding = same && fits ? 'same' : 'valid';
  const [rows = 1, columns = 1] = inputShape;
  const reached = [(rows - 1) * stride + window, (columns - 1) * stride + wide] as const;
  const [height = 1, width = 1] = shape;
  const beyond = [Math.max(top + height - reached[0], 0), Math.max(left + width - reached[1], 0)] as const;
  const options = {
    name,
    kernel_size: [window, wide],
    strides: [stride, stride],
    padding,
    filters,
    use_bias: op.bias !== undefined,
    ...(padding === 'valid' ? { output_padding: beyond } : {}),
  };
  const grown =
    padding === 'same' ? [rows * stride, columns * stride] : [reached[0] + beyond[0], reached[1] + beyond[1]];
  const [above, before] = padding === 'same' ? [0, 0] : [top, left];
  return [layer('Conv2DTranspose', options, op), ...cropped(op, above, before, grown)];
}

function activationLayer({ name, activation, slope }: Extract<PlainOp, { kind: 'activation' }>): KerasLayer {
  // Keras's own slope is another.
  if (activation === 'leaky-relu') return layer('LeakyReLU', { name, negative_slope: slope });
  // Keras has no name for it: a ReLU that ends at 1.
  if (activation === 'clip') return layer('ReLU', { name, max_value: 1 });
  return layer('Activation', { name, activation: activation.replace('-', '_') });
}

/** What is more than the output's shape, from this row and column on. */
function cropped({ name, shape }: PlainOp, top: number, left: number, grown: readonly number[]): KerasLayer[] {
  const [bottom = 0, right = 0] = [top, left].map((start, axis) => (grown[axis] ?? 0) - start - (shape[axis] ?? 0));
  if (top + left + bottom + right === 0) return [];
  return [layer('Cropping2D', { name: `${name}-crop`, cropping: sidesOf({ top, left, bottom, right }) })];
}

function layer(className: string, config: Readonly<Record<string, unknown>>, op?: PlainOp): KerasLayer {
  const plain = { module: 'keras.layers', class_name: className, config, registered_name: null } as const;
  return op === undefined ? plain : { ...plain, op };
}
