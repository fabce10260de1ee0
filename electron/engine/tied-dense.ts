import { tf } from './tensorflow.ts';

interface TiedDenseOptions {
  readonly name: string;
  readonly units: number;
  readonly useBias: boolean;
}

/**
 * A dense layer that uses another one's kernel, transposed (Vincent et al. 2010, §2.2: tied weights); its only weights are its
 * biases. It lives in the engine alone: models that leave it are untied first (untie.ts).
 */
export class TiedDense extends tf.layers.Layer {
  static readonly className = 'TiedDense';
  private readonly options: TiedDenseOptions;
  private readonly source: tf.layers.Layer;
  private bias: ReturnType<tf.layers.Layer['addWeight']> | undefined;

  /** @param source whose first weight is a kernel [units, inputs of this layer] */
  constructor(options: TiedDenseOptions, source: tf.layers.Layer) {
    super({ name: options.name });
    this.options = options;
    this.source = source;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const { units, useBias } = this.options;
    if (useBias) this.bias = this.addWeight('bias', [units], 'float32', tf.initializers.zeros());
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch = null] = inputShape as tf.Shape;
    return [batch, this.options.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const input = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor2D;
      const kernel = this.source.weights[0]?.read() as tf.Tensor2D;
      const product = tf.matMul(input, kernel, false, true);
      return this.bias === undefined ? product : tf.add(product, this.bias.read());
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.options.units, useBias: this.options.useBias };
  }
}
