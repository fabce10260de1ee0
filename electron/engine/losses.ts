import type { TrainingSpec } from '../contract/experiment.ts';
import { tf } from './tensorflow.ts';

/** Probabilities are kept this far from 0 and 1 before a logarithm (as Keras does). */
const LEAST_PROBABILITY = 1e-7;

/** The loss of a batch. `mse`: mean over images and pixels. `bce`: nats, summed over pixels, averaged over images. */
export function reconstructionLoss(loss: TrainingSpec['loss'], target: tf.Tensor4D, output: tf.Tensor4D): tf.Scalar {
  if (loss === 'mse') return tf.mean(tf.squaredDifference(target, output));
  const probability = tf.clipByValue(output, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY);
  const likelihood = tf.add(
    tf.mul(target, tf.log(probability)),
    tf.mul(tf.sub(1, target), tf.log(tf.sub(1, probability))),
  );
  return tf.neg(tf.mean(tf.sum(likelihood, [1, 2, 3])));
}

/**
 * Kullback-Leibler divergence from N(mean, exp(logVariance)) to N(0, 1): nats an image, averaged over the batch
 * (Kingma & Welling 2014, appendix B).
 */
export function divergence(mean: tf.Tensor, logVariance: tf.Tensor): tf.Scalar {
  const inner = tf.sub(tf.sub(tf.add(1, logVariance), tf.square(mean)), tf.exp(logVariance));
  return tf.mul(tf.mean(tf.sum(inner, 1)), -0.5);
}
