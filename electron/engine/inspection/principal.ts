import { symmetricEigen } from '../native-ops.ts';
import { tf, valuesOfAll } from '../tensorflow.ts';

/** Rows' mean and the leading directions in which they differ. */
export interface Principal {
  /** [size] */
  readonly mean: Float32Array;
  /** Of length 1, the one of most variance first: [kept × size]. */
  readonly components: Float32Array;
  /** [kept] */
  readonly variances: Float32Array;
}

/** Components of less than this share of the first one's variance are rounding. */
const LEAST_SHARE = 1e-6;

/**
 * Principal component analysis by the eigenvectors of the smaller of the rows' two products.
 * @param rows float32 [count × size], count at least 1
 * @param most components that are kept; fewer where the rows have no more (at least one)
 */
export function principalOf(rows: Float32Array, size: number, most: number): Principal {
  const count = rows.length / size;
  const wanted = Math.max(1, Math.min(most, count - 1, size));
  const [mean, components, variances] = valuesOfAll(() => {
    const all = tf.tensor2d(rows, [count, size]);
    const middle = tf.mean(all, 0);
    const centred = tf.sub(all, middle) as tf.Tensor2D;
    const isWide = count < size;
    const product = tf.matMul(centred, centred, !isWide, isWide) as tf.Tensor2D;
    const { values, vectors } = symmetricEigen(product);
    const width = Math.min(count, size);
    // They rise.
    const leading = tf.reverse(tf.slice(vectors, [0, width - wanted], [width, wanted]), 1) as tf.Tensor2D;
    const long = isWide ? tf.matMul(leading, centred, true) : tf.transpose(leading);
    const unit = tf.div(long, tf.maximum(tf.norm(long, 'euclidean', 1, true), 1e-20));
    const own = tf.div(tf.reverse(tf.slice(values, [width - wanted], [wanted])), count);
    return [middle, unit, own];
  }) as [Float32Array, Float32Array, Float32Array];
  return withoutRounding({ mean, components, variances }, Math.max(LEAST_SHARE * variances[0]!, 1e-12));
}

/** The components before the first whose variance is less than `least` (at least one); no variance that is kept is less. */
export function withoutRounding({ mean, components, variances }: Principal, least: number): Principal {
  const first = variances.findIndex((variance) => variance < least);
  const kept = Math.max(1, first < 0 ? variances.length : first);
  return {
    mean,
    components: components.slice(0, kept * mean.length),
    variances: variances.slice(0, kept).map((variance) => Math.max(variance, least)),
  };
}

/** Rows' coordinates along the components [count × kept], and what the components leave of them [count × size]. */
export function projected(
  { mean, components }: Principal,
  rows: Float32Array,
): { readonly coordinates: Float32Array; readonly left: Float32Array } {
  const size = mean.length;
  const [coordinates, left] = valuesOfAll(() => {
    const centred = tf.sub(tf.tensor2d(rows, [rows.length / size, size]), tf.tensor1d(mean)) as tf.Tensor2D;
    const axes = tf.tensor2d(components, [components.length / size, size]);
    const along = tf.matMul(centred, axes, false, true);
    return [along, tf.sub(centred, tf.matMul(along, axes))];
  }) as [Float32Array, Float32Array];
  return { coordinates, left };
}
