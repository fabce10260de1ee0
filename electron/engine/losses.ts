import { assertNever } from '../domain/errors.ts';
import type { TrainingSpec } from '../domain/experiment.ts';
import { meanSimilarity } from './similarity.ts';
import { tf } from './tensorflow.ts';

/** Probabilities are kept this far from 0 and 1 before a logarithm (as Keras does). */
const LEAST_PROBABILITY = 1e-7;

/** Where the Huber loss turns, in pixel values, if the experiment does not say. */
export const HUBER_DELTA = 0.1;

/**
 * The loss of a batch [n, h, w, c]. All but `bce` are means over images, pixels and channels:
 * - `mse`: squared difference;
 * - `mae`: absolute difference;
 * - `huber`: half the squared difference up to `huberDelta` δ, δ (|difference| − δ / 2) beyond (Huber 1964, eq. 8);
 * - `ssim`: 1 − mean structural similarity, from 0 (the same) to 2;
 * - `bce`: nats, summed over pixels, averaged over images.
 */
export function reconstructionLoss(
  loss: TrainingSpec['loss'],
  target: tf.Tensor4D,
  output: tf.Tensor4D,
  huberDelta = HUBER_DELTA,
): tf.Scalar {
  switch (loss) {
    case 'mse':
      return tf.mean(tf.squaredDifference(target, output));
    case 'mae':
      return tf.mean(tf.abs(tf.sub(output, target)));
    case 'huber':
      return huber(tf.abs(tf.sub(output, target)), huberDelta);
    case 'ssim':
      return tf.sub(1, meanSimilarity(target, output));
    case 'bce':
      return crossEntropy(target, output);
    default:
      return assertNever(loss);
  }
}

/** The part of the difference up to δ counts by its square, the rest by its length. */
function huber(difference: tf.Tensor, delta: number): tf.Scalar {
  const near = tf.minimum(difference, delta);
  return tf.mean(tf.add(tf.mul(tf.square(near), 0.5), tf.mul(tf.sub(difference, near), delta)));
}

function crossEntropy(target: tf.Tensor4D, output: tf.Tensor4D): tf.Scalar {
  return tf.mean(crossEntropies(target, output));
}

/** Nats of each image, summed over its pixels: [n]. */
export function crossEntropies(target: tf.Tensor4D, output: tf.Tensor4D): tf.Tensor1D {
  const probability = tf.clipByValue(output, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY);
  const likelihood = tf.add(
    tf.mul(target, tf.log(probability)),
    tf.mul(tf.sub(1, target), tf.log(tf.sub(1, probability))),
  );
  return tf.neg(tf.sum(likelihood, [1, 2, 3]));
}

/**
 * Kullback-Leibler divergence from N(mean, exp(logVariance)) to N(0, 1): nats an image, averaged over the batch
 * (Kingma & Welling 2014, appendix B).
 * @param freeBits each number's mean divergence over the batch counts as at least so many nats (Kingma et al. 2016, eq. 15)
 */
export function divergence(mean: tf.Tensor, logVariance: tf.Tensor, freeBits = 0): tf.Scalar {
  const each = divergences(mean, logVariance);
  return tf.sum(freeBits === 0 ? each : tf.maximum(each, freeBits));
}

/** The same of each number of the code: nats, averaged over the batch, float32 [units]. */
export function divergences(mean: tf.Tensor, logVariance: tf.Tensor): tf.Tensor1D {
  const inner = tf.sub(tf.sub(tf.add(1, logVariance), tf.square(mean)), tf.exp(logVariance));
  return tf.mul(tf.mean(inner, 0), -0.5);
}
