import { tf, valuesOfAll } from '../tensorflow.ts';
import { withoutRounding, type Principal } from './principal.ts';

/** Rounds of subspace iteration: the leading components of natural pieces are far enough apart. */
const ROUNDS = 12;
const LEAST_VARIANCE = 1e-10;

/**
 * The mean of rows of equal length and their leading principal components, by subspace iteration on the covariance.
 * @returns `components` [at most `most` × length], those of almost no variance left out (at least one is kept)
 */
export function leadingOf(rows: readonly Float32Array[], most: number): Principal {
  const length = rows[0]!.length;
  const flat = new Float32Array(rows.length * length);
  rows.forEach((row, at) => flat.set(row, at * length));
  const wanted = Math.min(most, length, Math.max(1, rows.length - 1));
  const [mean, components, variances] = valuesOfAll(() => {
    const all = tf.tensor2d(flat, [rows.length, length]);
    const middle = tf.mean(all, 0);
    const centred = tf.sub(all, middle);
    const plain = tf.div(tf.matMul(centred, centred, true), rows.length);
    // It leaves directions what they are; rows that are all alike would have none.
    const covariance = tf.add(plain, tf.mul(tf.eye(length), LEAST_VARIANCE)) as tf.Tensor2D;
    let basis = tf.linalg.gramSchmidt(
      tf.randomNormal([wanted, length], 0, 1, 'float32', 1) as tf.Tensor2D,
    ) as tf.Tensor2D;
    for (let round = 0; round < ROUNDS; round += 1) {
      basis = tf.linalg.gramSchmidt(tf.matMul(basis, covariance) as tf.Tensor2D) as tf.Tensor2D;
    }
    const along = tf.sum(tf.mul(tf.matMul(basis, covariance), basis), 1);
    return [middle, basis, along];
  }) as [Float32Array, Float32Array, Float32Array];
  // They fall, but for what the last rounds have not told apart.
  return withoutRounding({ mean, components, variances }, Math.max(1e-12, 1e-5 * Math.max(...variances)));
}
