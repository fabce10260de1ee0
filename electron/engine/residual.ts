import { tf } from './tensorflow.ts';

/**
 * Adds to its input what its inner layers make of it (He et al. 2016, eq. 1), or to what a convolution makes of it (eq. 2). It lives in the engine's lists of layers alone: in
 * models it is those layers and a sum, and training runs through them one by one.
 */
export class Residual extends tf.layers.Layer {
  static readonly className = 'Residual';
  readonly inner: readonly tf.layers.Layer[];
  readonly shortcut: readonly tf.layers.Layer[];

  /** @param shortcut what the input passes before it is added, to the shape that the inner layers give */
  constructor(name: string, inner: readonly tf.layers.Layer[], shortcut: readonly tf.layers.Layer[]) {
    super({ name });
    this.inner = inner;
    this.shortcut = shortcut;
  }

  /** All of its layers, in the order of their weights. */
  get parts(): readonly tf.layers.Layer[] {
    return [...this.inner, ...this.shortcut];
  }

  /** The sum, as layers of a model. */
  connect(input: tf.SymbolicTensor): tf.SymbolicTensor {
    const through = (layers: readonly tf.layers.Layer[]): tf.SymbolicTensor =>
      layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
    const output = through(this.inner);
    const sum = tf.layers.add({ name: `${this.name}-sum` });
    return sum.apply([through(this.shortcut), output]) as tf.SymbolicTensor;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return this.shortcut.reduce((shape, layer) => layer.computeOutputShape(shape) as tf.Shape, inputShape as tf.Shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const input = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
      const through = (layers: readonly tf.layers.Layer[]): tf.Tensor =>
        layers.reduce((x, layer) => layer.apply(x, { training: false }) as tf.Tensor, input);
      return tf.add(through(this.shortcut), through(this.inner));
    });
  }
}

/** What a layer's weights are called by: its own name, or of a sum those of its inner layers. */
export const namesOf = (layer: tf.layers.Layer): readonly string[] =>
  layer instanceof Residual ? layer.parts.map(({ name }) => name) : [layer.name];
