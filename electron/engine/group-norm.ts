import { tf } from './tensorflow.ts';

interface GroupNormOptions {
  readonly name: string;
  readonly groups: number;
  readonly epsilon: number;
}

/**
 * Group normalisation (Wu & He 2018, eq. 1): each image by itself, over all places and the channels of one group, then scaled and
 * shifted by channel. TensorFlow.js has no such layer.
 */
export class GroupNorm extends tf.layers.Layer {
  static readonly className = 'GroupNorm';
  private readonly options: GroupNormOptions;
  private gamma: ReturnType<tf.layers.Layer['addWeight']> | undefined;
  private beta: ReturnType<tf.layers.Layer['addWeight']> | undefined;

  constructor(options: GroupNormOptions) {
    super({ name: options.name });
    this.options = options;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = (inputShape as tf.Shape).at(-1) ?? 1;
    this.gamma = this.addWeight('gamma', [channels], 'float32', tf.initializers.ones());
    this.beta = this.addWeight('beta', [channels], 'float32', tf.initializers.zeros());
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return inputShape as tf.Shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
      const { groups, epsilon } = this.options;
      const [count = 1, ...sizes] = x.shape;
      const channels = sizes.at(-1) ?? 1;
      const places = sizes.slice(0, -1).reduce((all, size) => all * size, 1);
      const parted = tf.reshape(x, [count, places, groups, channels / groups]);
      const centred = tf.sub(parted, tf.mean(parted, [1, 3], true));
      const variance = tf.mean(tf.square(centred), [1, 3], true);
      const normal = tf.reshape(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), x.shape);
      return tf.add(tf.mul(normal, this.gamma!.read()), this.beta!.read());
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { groups, epsilon } = this.options;
    return { ...super.getConfig(), groups, epsilon };
  }
}
