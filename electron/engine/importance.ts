import { crossEntropies } from './losses.ts';
import { tf } from './tensorflow.ts';

/** k codes drawn for each of n images: all images once, then all again. */
export interface DrawnCodes {
  readonly mean: tf.Tensor2D;
  readonly logVariance: tf.Tensor2D;
  /** Standard normal: float32 [k × n, units] */
  readonly noise: tf.Tensor2D;
  /** mean + noise × deviation: float32 [k × n, units] */
  readonly sample: tf.Tensor2D;
}

/** The reparameterisation of Kingma & Welling 2014, §2.4, with `count` codes for each image. */
export function drawCodes(
  mean: tf.Tensor2D,
  logVariance: tf.Tensor2D,
  count: number,
  draw: (shape: number[]) => tf.Tensor,
): DrawnCodes {
  const again = (x: tf.Tensor2D): tf.Tensor2D => (count === 1 ? x : tf.tile(x, [count, 1]));
  const noise = draw([count * mean.shape[0], mean.shape[1]]) as tf.Tensor2D;
  const deviation = again(tf.exp(tf.mul(logVariance, 0.5)));
  return { mean, logVariance, noise, sample: tf.add(again(mean), tf.mul(deviation, noise)) };
}

/**
 * The importance-weighted bound on −log p(x), in nats averaged over the images: −log (1/k) Σ wᵢ with
 * log w = log p(x|z) + β (log p(z) − log q(z|x)), which for β = 1 is eq. 8 of Burda, Grosse & Salakhutdinov 2016.
 * @param target float32 [n, h, w, c]
 * @param output of the drawn codes: float32 [k × n, h, w, c]
 */
export function importanceBound(
  target: tf.Tensor4D,
  output: tf.Tensor4D,
  { logVariance, noise, sample }: DrawnCodes,
  beta: tf.Scalar,
): tf.Scalar {
  const n = target.shape[0];
  const k = output.shape[0] / n;
  const unlikely = crossEntropies(tf.tile(target, [k, 1, 1, 1]), output);
  // The normal densities' constants cancel.
  const prior = tf.mul(tf.sum(tf.square(sample), 1), -0.5);
  const posterior = tf.mul(tf.sum(tf.add(tf.square(noise), tf.tile(logVariance, [k, 1])), 1), -0.5);
  const logWeights = tf.sub(tf.mul(tf.sub(prior, posterior), beta), unlikely);
  const bound = tf.logSumExp(tf.reshape(logWeights, [k, n]), 0);
  return tf.sub(Math.log(k), tf.mean(bound)) as tf.Scalar;
}
