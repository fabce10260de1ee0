import type { PlainModel, PlainOp } from '../plain-model.ts';

/** The Keras whose configurations these are; later ones read them too. */
export const KERAS_VERSION = '3.15.1';

/** A Keras object as its configuration file has it. */
export interface KerasObject {
  readonly module: string;
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly registered_name: null;
}

/** A layer, and the step whose weights it takes. */
export interface KerasLayer extends KerasObject {
  readonly op?: PlainOp;
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
  return [input, ...scale, ...model.ops.flatMap(layersOf)];
}

/** config.json of a `.keras` file, and `model_config` of a `.h5` file. */
export function kerasModel({ part }: PlainModel, layers: readonly KerasLayer[]): KerasObject {
  // The step is ours.
  const plain = layers.map(({ module, class_name, config, registered_name }) => ({
    module,
    class_name,
    config,
    registered_name,
  }));
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: { name: part, trainable: true, dtype: 'float32', layers: plain },
    registered_name: null,
  };
}

function layersOf(op: PlainOp): KerasLayer[] {
  const { name } = op;
  switch (op.kind) {
    case 'flatten':
      return [layer('Flatten', { name })];
    case 'reshape':
      return [layer('Reshape', { name, target_shape: op.shape })];
    case 'dense':
      return [layer('Dense', { name, units: op.kernel.shape[1], use_bias: op.bias !== undefined }, op)];
    case 'conv':
      return [layer('Conv2D', { ...convolution(op), filters: op.kernel.shape[3] }, op)];
    case 'conv-transpose':
      return [
        layer('Conv2DTranspose', { ...convolution(op), filters: op.kernel.shape[2] }, op),
        ...cropped(op, op.stride),
      ];
    case 'batch-norm':
      return [layer('BatchNormalization', { name, axis: -1, momentum: 0.99, epsilon: op.epsilon }, op)];
    case 'activation':
      return [activationLayer(op)];
    case 'pool': {
      const kind = op.method === 'max' ? 'MaxPooling2D' : 'AveragePooling2D';
      return [layer(kind, { name, pool_size: op.size, strides: op.size, padding: 'same' })];
    }
    case 'upsample':
      return [layer('UpSampling2D', { name, size: [op.size, op.size] }), ...cropped(op, op.size)];
  }
}

function convolution(op: Extract<PlainOp, { kind: 'conv' | 'conv-transpose' }>): Readonly<Record<string, unknown>> {
  const [height, width] = op.kernel.shape;
  return {
    name: op.name,
    kernel_size: [height, width],
    strides: [op.stride, op.stride],
    padding: 'same',
    use_bias: op.bias !== undefined,
  };
}

function activationLayer({ name, activation, slope }: Extract<PlainOp, { kind: 'activation' }>): KerasLayer {
  // Keras's own slope is another.
  if (activation === 'leaky-relu') return layer('LeakyReLU', { name, negative_slope: slope });
  return layer('Activation', { name, activation });
}

/** What growing by a whole number overshoots of an odd size, cut off at the far edges. */
function cropped({ name, inputShape, shape }: PlainOp, by: number): KerasLayer[] {
  const [rows = 0, columns = 0] = [0, 1].map((axis) => (inputShape[axis] ?? 0) * by - (shape[axis] ?? 0));
  if (rows === 0 && columns === 0) return [];
  const cropping = [
    [0, rows],
    [0, columns],
  ];
  return [layer('Cropping2D', { name: `${name}-crop`, cropping })];
}

function layer(className: string, config: Readonly<Record<string, unknown>>, op?: PlainOp): KerasLayer {
  const plain = { module: 'keras.layers', class_name: className, config, registered_name: null } as const;
  return op === undefined ? plain : { ...plain, op };
}
