import { tf } from './tensorflow.ts';

/**
 * How badly codes keep their images' neighbours: contrastive neighbour embedding by InfoNCE (Damrich et al. 2023, eq. 8) under
 * the Cauchy similarity 1 / (1 + d² / radius²) of t-SNE. For each image the nats by which its partner fails to stand out from
 * all codes of the batch, averaged over the images; 0 where it alone is near.
 * @param codes float32 [2n, units]: of n images, then of each one's partner
 * @param radius the distance at which two codes are half as similar as at none
 */
export function neighbourLoss(codes: tf.Tensor2D, radius: number): tf.Scalar {
  const pairs = codes.shape[0] / 2;
  // Around their mean, so that far-off codes do not drown the differences in float32.
  const scaled = tf.div(tf.sub(codes, tf.mean(codes, 0)), radius) as tf.Tensor2D;
  const [own, partners] = tf.split(scaled, 2) as [tf.Tensor2D, tf.Tensor2D];
  const near = tf.log1p(tf.sum(tf.square(tf.sub(own, partners)), 1));
  // |a|² + |b|² − 2 a·b, which a product of matrices gives; rounding may leave a little less than nothing.
  const squares = tf.sum(tf.square(scaled), 1, true);
  const [ownSquares] = tf.split(squares, 2) as [tf.Tensor, tf.Tensor];
  const product = tf.mul(tf.matMul(own, scaled, false, true), -2);
  const distances = tf.relu(tf.add(tf.add(product, ownSquares), tf.transpose(squares)));
  const others = tf.cast(tf.notEqual(column(pairs), tf.reshape(column(2 * pairs), [1, 2 * pairs])), 'float32');
  const similarities = tf.mul(tf.reciprocal(tf.add(distances, 1)), others);
  return tf.mean(tf.add(near, tf.log(tf.sum(similarities, 1))));
}

/** 0 … count − 1: int32 [count, 1] */
const column = (count: number): tf.Tensor => tf.reshape(tf.range(0, count, 1, 'int32'), [count, 1]);
