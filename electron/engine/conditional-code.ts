import type { ModelSpec } from '../domain/experiment.ts';
import { tf } from './tensorflow.ts';

/** How many of a code's numbers are not the probabilities of classes. */
export const styleSize = ({ code }: Pick<ModelSpec, 'code'>): number => code.size - (code.classes ?? 0);

/**
 * A code that knows the label (Kingma et al. 2014, §2.2; Sohn et al. 2015). What the encoder makes of an image becomes the
 * probabilities of its classes, q(y|x), and with these beside it the style z; the code is [z, y]. Where the label is known, as in
 * training, it stands in the place of the probabilities. It lives in the engine's lists of layers alone: in models it is two dense
 * layers and what puts their values side by side.
 */
export class ConditionalCode extends tf.layers.Layer {
  static readonly className = 'ConditionalCode';
  /** Features → probabilities, then features and probabilities → style. */
  readonly inner: readonly [classes: tf.layers.Layer, style: tf.layers.Layer];

  /**
   * @param classes softmax units, taking features
   * @param style taking features with the probabilities behind them
   */
  constructor(name: string, classes: tf.layers.Layer, style: tf.layers.Layer) {
    super({ name });
    this.inner = [classes, style];
  }

  /** The code, as layers of a model. */
  connect(features: tf.SymbolicTensor): tf.SymbolicTensor {
    const [classes, style] = this.inner;
    const beside = (name: string, parts: tf.SymbolicTensor[]): tf.SymbolicTensor =>
      tf.layers.concatenate({ name: `${style.name}-${name}` }).apply(parts) as tf.SymbolicTensor;
    const probabilities = classes.apply(features) as tf.SymbolicTensor;
    const given = beside('given', [features, probabilities]);
    return beside('whole', [style.apply(given) as tf.SymbolicTensor, probabilities]);
  }

  /** What the class of each image looks like before softmax: float32 [n, classes]. */
  logits(features: tf.Tensor): tf.Tensor2D {
    const [kernel, bias] = this.inner[0].weights.map((weight) => weight.read()) as [tf.Tensor2D, tf.Tensor1D];
    return tf.add(tf.matMul(features as tf.Tensor2D, kernel), bias);
  }

  /** Features with the classes behind them: float32 [n, features + classes]. */
  given(features: tf.Tensor, classes: tf.Tensor): tf.Tensor2D {
    return tf.concat([features as tf.Tensor2D, classes as tf.Tensor2D], 1);
  }

  /** @param classes one-hot or probabilities: float32 [n, classes]. @returns float32 [n, style] */
  style(features: tf.Tensor, classes: tf.Tensor): tf.Tensor2D {
    return this.inner[1].apply(this.given(features, classes)) as tf.Tensor2D;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch = null] = inputShape as tf.Shape;
    const units = this.inner.map((layer) => (layer.getConfig() as { units: number }).units);
    return [batch, units.reduce((all, each) => all + each, 0)];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const features = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor2D;
      const classes = tf.softmax(this.logits(features));
      return tf.concat([this.style(features, classes), classes], 1);
    });
  }
}

/** Class numbers as rows of zeros with a one: float32 [n] → [n, classes]. */
export function oneHot(labels: tf.Tensor1D, classes: number): tf.Tensor2D {
  return tf.cast(tf.equal(tf.reshape(labels, [-1, 1]), tf.range(0, classes)), 'float32') as tf.Tensor2D;
}

/** −log q(y|x) in nats, averaged over the images: the last term of Kingma et al. 2014, eq. 9. */
export function classLoss(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Scalar {
  return tf.mean(tf.sub(tf.logSumExp(logits, 1), tf.sum(tf.mul(logits, labels), 1)));
}
