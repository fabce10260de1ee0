import { tf } from './tensorflow.ts';

/** Multiples of the code's own scale at which codes are compared: those of Tolstikhin et al.'s published program. */
const SCALES = [0.1, 0.2, 0.5, 1, 2, 5, 10] as const;

/**
 * How far the numbers of codes hang together, KL(q(z) ‖ Π q(zⱼ)) in nats, estimated within the batch by minibatch-weighted sampling
 * (Chen et al. 2018, eq. 5 and S5). The estimator's constant, log of (images × batch), is that of the batch's images alone: gradients do not know
 * it, the cost's value is off by what is the same for every model.
 * @param sample drawn from the codes' distributions: float32 [n, units]
 */
export function totalCorrelation(sample: tf.Tensor2D, mean: tf.Tensor2D, logVariance: tf.Tensor2D): tf.Scalar {
  const [n, units] = sample.shape;
  // log q(zⱼ of i | image m): [i, m, j]
  const off = tf.sub(tf.reshape(sample, [n, 1, units]), tf.reshape(mean, [1, n, units]));
  const squares = tf.mul(tf.square(off), tf.reshape(tf.exp(tf.neg(logVariance)), [1, n, units]));
  const densities = tf.mul(
    tf.add(tf.add(squares, tf.reshape(logVariance, [1, n, units])), Math.log(2 * Math.PI)),
    -0.5,
  );
  const whole = tf.sub(tf.logSumExp(tf.sum(densities, 2), 1), Math.log(n));
  const each = tf.sum(tf.sub(tf.logSumExp(densities, 1), Math.log(n)), 1);
  return tf.mean(tf.sub(whole, each));
}

/**
 * The squared maximum mean discrepancy between codes and draws of N(0, 1), unbiased, under the sum of inverse multiquadratic kernels
 * C / (C + |a − b|²), C = 2 × units × scale (Tolstikhin et al. 2018, §4 and appendix; Gretton et al. 2012, eq. 3).
 * @param codes float32 [n, units], n at least 2
 * @param draws of N(0, 1), as many
 */
export function meanDiscrepancy(codes: tf.Tensor2D, draws: tf.Tensor2D): tf.Scalar {
  const [n, units] = codes.shape;
  // Of a single code nothing is known.
  const pairs = Math.max(1, n * (n - 1));
  const between = (a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D => {
    const lengths = (x: tf.Tensor2D): tf.Tensor => tf.sum(tf.square(x), 1);
    const products = tf.matMul(a, b, false, true);
    const squares = tf.add(tf.reshape(lengths(a), [n, 1]), tf.reshape(lengths(b), [1, n]));
    // What rounding makes of nothing is not to be negative.
    return tf.relu(tf.sub(squares, tf.mul(products, 2)));
  };
  const ofCodes = between(codes, codes);
  const ofDraws = between(draws, draws);
  const across = between(codes, draws);
  const others = tf.sub(1, tf.eye(n));
  const terms = SCALES.map((scale) => {
    const width = 2 * units * scale;
    const alike = (squares: tf.Tensor): tf.Tensor => tf.div(width, tf.add(squares, width));
    const own = tf.div(tf.sum(tf.mul(tf.add(alike(ofCodes), alike(ofDraws)), others)), pairs);
    return tf.sub(own, tf.mul(tf.mean(alike(across)), 2));
  });
  return tf.addN(terms) as tf.Scalar;
}
