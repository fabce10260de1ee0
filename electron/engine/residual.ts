import { tf } from './tensorflow.ts';

/**
 * Adds to its input what its inner layers make of it (He et al. 2016, eq. 1). It lives in the engine's lists of layers alone: in
 * models it is those layers and a sum, and training runs through them one by one.
 */
export class Residual extends tf.layers.Layer {
  static readonly className = 'Residual';
  readonly inner: readonly tf.layers.Layer[];

  /** @param inner whose last gives the shape that the first takes */
  constructor(name: string, inner: readonly tf.layers.Layer[]) {
    super({ name });
    this.inner = inner;
  }

  /** The sum, as layers of a model. */
  connect(input: tf.SymbolicTensor): tf.SymbolicTensor {
    const output = this.inner.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
    return tf.layers.add({ name: `${this.name}-sum` }).apply([input, output]) as tf.SymbolicTensor;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return inputShape as tf.Shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const input = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
      const output = this.inner.reduce((x, layer) => layer.apply(x, { training: false }) as tf.Tensor, input);
      return tf.add(input, output);
    });
  }
}

/** What a layer's weights are called by: its own name, or of a sum those of its inner layers. */
export const namesOf = (layer: tf.layers.Layer): readonly string[] =>
  layer instanceof Residual ? layer.inner.map(({ name }) => name) : [layer.name];
