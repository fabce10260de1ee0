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
    const upright = (vectors: tf.Tensor): tf.Tensor2D =>
      tf.tensor2d(orthonormal(vectors.dataSync() as Float32Array, length), [wanted, length]);
    let basis = upright(tf.randomNormal([wanted, length], 0, 1, 'float32', 1));
    for (let round = 0; round < ROUNDS; round += 1) basis = upright(tf.matMul(basis, covariance));
    const along = tf.sum(tf.mul(tf.matMul(basis, covariance), basis), 1);
    return [middle, basis, along];
  }) as [Float32Array, Float32Array, Float32Array];
  // They fall, but for what the last rounds have not told apart.
  return withoutRounding({ mean, components, variances }, Math.max(1e-12, 1e-5 * Math.max(...variances)));
}

/** Rows of this length, each less what lies along those before it, of length 1 (Gram and Schmidt): TensorFlow would be asked for some hundred ops. */
function orthonormal(vectors: Float32Array, length: number): Float32Array {
  const rows = Float32Array.from(vectors);
  for (let first = 0; first < rows.length; first += length) {
    const own = rows.subarray(first, first + length);
    for (let before = 0; before < first; before += length) {
      const other = rows.subarray(before, before + length);
      const along = dot(own, other);
      for (let at = 0; at < length; at += 1) own[at]! -= along * other[at]!;
    }
    const norm = Math.sqrt(dot(own, own));
    for (let at = 0; at < length; at += 1) own[at]! /= norm;
  }
  return rows;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += a[at]! * b[at]!;
  return sum;
}
