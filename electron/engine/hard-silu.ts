import { tf } from './tensorflow.ts';

/** x · relu6(x + 3) / 6 (Howard et al. 2019, §5.2), which TensorFlow.js has no layer for; made of ops whose gradients compile. */
export class HardSilu extends tf.layers.Layer {
  static readonly className = 'HardSilu';

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return inputShape as tf.Shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
    return tf.tidy(() => tf.mul(x, tf.clipByValue(tf.add(tf.mul(x, 1 / 6), 0.5), 0, 1)));
  }
}
