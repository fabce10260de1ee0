import { symmetricEigen } from '../../../electron/engine/native-ops.ts';
import { tf } from '../../../electron/engine/tensorflow.ts';
import type { Through } from '../../../electron/engine/inspection/through.ts';

/** PCA of pictures (one after another, `size` values each) with so many components, as if it were a model. */
export function pcaThrough(
  training: Float32Array,
  size: number,
  components: number,
): (pictures: Float32Array) => Promise<Through> {
  const count = training.length / size;
  const kept = Math.min(components, count - 1, size);
  const { mean, axes } = tf.tidy(() => {
    const rows = tf.tensor2d(training, [count, size]);
    const middle = tf.mean(rows, 0);
    const centred = tf.sub(rows, middle) as tf.Tensor2D;
    // The smaller of the two products has the same eigenvalues.
    const isWide = count < size;
    const product = isWide ? tf.matMul(centred, centred, false, true) : tf.matMul(centred, centred, true);
    const { vectors } = symmetricEigen(product as tf.Tensor2D);
    const width = Math.min(count, size);
    const leading = tf.slice(vectors, [0, width - kept], [width, kept]);
    const long = isWide ? tf.matMul(centred, leading, true) : leading;
    const unit = tf.div(long, tf.norm(long, 'euclidean', 0, true));
    return { mean: middle.dataSync() as Float32Array, axes: unit.dataSync() as Float32Array };
  });
  return async (pictures) =>
    tf.tidy(() => {
      const rows = tf.sub(tf.tensor2d(pictures, [pictures.length / size, size]), tf.tensor1d(mean));
      const basis = tf.tensor2d(axes, [size, kept]);
      const codes = tf.matMul(rows as tf.Tensor2D, basis);
      const outputs = tf.add(tf.matMul(codes, basis, false, true), tf.tensor1d(mean));
      return { codes: codes.dataSync() as Float32Array, outputs: outputs.dataSync() as Float32Array };
    });
}
