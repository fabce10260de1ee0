import { symmetricEigen } from '../native-ops.ts';
import { tf, valuesOf } from '../tensorflow.ts';

/** Strengths that are tried, as shares of the largest eigenvalue; float32 knows no smaller one. */
const STRENGTHS = Array.from({ length: 12 }, (_, step) => 10 ** (-5.5 + step / 2));

/** Rows of predictors [n, features] and of what they are to predict [n, values]. */
export interface Rows {
  readonly predictors: tf.Tensor2D;
  readonly targets: tf.Tensor2D;
}

/** Gives the rows block by block; `visit` must keep nothing of them. */
export type EachBlock = (visit: (rows: Rows) => void) => Promise<void>;

/** targets ≈ predictors · kernel + bias; dispose when done. */
export interface Ridge {
  /** float32 [features, values] */
  readonly kernel: tf.Tensor2D;
  /** float32 [values] */
  readonly bias: tf.Tensor1D;
  /** Squared error on the held-out rows, per row: with this kernel and bias, and with nothing in their place. */
  readonly error: number;
  readonly errorOfNone: number;
}

/** Means and second moments of rows, in one pass. */
interface Moments {
  readonly predictorMean: tf.Tensor1D;
  readonly targetMean: tf.Tensor1D;
  /** Covariance of the predictors [features, features], and with the targets [features, values]. */
  readonly covariance: tf.Tensor2D;
  readonly cross: tf.Tensor2D;
}

/**
 * Ridge regression (Hoerl & Kennard 1970) of many values at once. The strength is that of twelve which errs least on held-out
 * rows: the predictors' covariance is decomposed once, after which each strength costs one product.
 * @param centre about the predictors' mean, so that their covariance is no difference of two large float32 numbers: [features]
 */
export async function fitRidge(training: EachBlock, heldOut: EachBlock, centre: tf.Tensor1D): Promise<Ridge> {
  const moments = await momentsOf(training, centre);
  const { values, vectors } = tf.tidy(() => symmetricEigen(moments.covariance));
  const turned = tf.tidy(() => tf.matMul(vectors, moments.cross, true) as tf.Tensor2D);
  try {
    const largest = Math.max(1e-12, valuesOf(() => tf.max(values))[0] ?? 0);
    const strengths = STRENGTHS.map((share) => share * largest);
    const shrink = (strength: number): tf.Tensor2D =>
      tf.reshape(tf.div(1, tf.add(tf.maximum(values, 0), strength)), [-1, 1]);
    const errors = new Float64Array(strengths.length);
    let [errorOfNone, count] = [0, 0];
    await heldOut(({ predictors, targets }) => {
      const found = valuesOf(() => {
        const axes = tf.matMul(tf.sub(predictors, moments.predictorMean) as tf.Tensor2D, vectors);
        const wanted = tf.sub(targets, moments.targetMean);
        const missed = strengths.map((strength) =>
          tf.sum(tf.square(tf.sub(wanted, tf.matMul(axes, tf.mul(turned, shrink(strength)) as tf.Tensor2D)))),
        );
        return tf.stack([...missed, tf.sum(tf.square(targets))]);
      });
      strengths.forEach((_, index) => (errors[index]! += found[index] ?? Number.NaN));
      errorOfNone += found[strengths.length] ?? Number.NaN;
      count += predictors.shape[0];
    });
    const best = errors.reduce((least, error, index) => (error < errors[least]! ? index : least), 0);
    const [kernel, bias] = tf.tidy(() => {
      const weights = tf.matMul(vectors, tf.mul(turned, shrink(strengths[best]!)) as tf.Tensor2D) as tf.Tensor2D;
      const shift = tf.reshape(tf.matMul(tf.reshape(moments.predictorMean, [1, -1]), weights), [-1]);
      return [weights, tf.sub(moments.targetMean, shift) as tf.Tensor1D] as const;
    });
    return { kernel, bias, error: errors[best]! / count, errorOfNone: errorOfNone / count };
  } finally {
    tf.dispose([...Object.values(moments), values, vectors, turned]);
  }
}

async function momentsOf(eachBlock: EachBlock, centre: tf.Tensor1D): Promise<Moments> {
  let sums: tf.Tensor[] = [];
  let count = 0;
  try {
    await eachBlock(({ predictors, targets }) => {
      const next = tf.tidy(() => {
        const centred = tf.sub(predictors, centre) as tf.Tensor2D;
        const found = [
          tf.sum(centred, 0),
          tf.sum(targets, 0),
          tf.matMul(centred, centred, true),
          tf.matMul(centred, targets, true),
        ];
        return sums.length === 0 ? found : found.map((sum, index) => tf.add(sum, sums[index]!));
      });
      tf.dispose(sums);
      // Blocks may be visited within a tidy.
      sums = next.map((sum) => tf.keep(sum));
      count += predictors.shape[0];
    });
    return tf.tidy(() => {
      const [shift, targetMean, within, between] = sums.map((sum) => tf.div(sum, count)) as [
        tf.Tensor1D,
        tf.Tensor1D,
        tf.Tensor2D,
        tf.Tensor2D,
      ];
      const covariance = tf.sub(within, tf.outerProduct(shift, shift)) as tf.Tensor2D;
      return {
        predictorMean: tf.add(centre, shift) as tf.Tensor1D,
        targetMean,
        covariance: tf.mul(0.5, tf.add(covariance, tf.transpose(covariance))) as tf.Tensor2D,
        cross: tf.sub(between, tf.outerProduct(shift, targetMean)) as tf.Tensor2D,
      };
    });
  } finally {
    tf.dispose(sums);
  }
}
