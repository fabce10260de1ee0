import { symmetricEigen } from '../native-ops.ts';
import { tf, valuesOf } from '../tensorflow.ts';

/** Strengths that are tried, as shares of the largest eigenvalue; float32 knows no smaller one. */
const STRENGTHS = Array.from({ length: 12 }, (_, step) => 10 ** (-5.5 + step / 2));

/** Values that choose between strengths, of those that are predicted; and the step between them, a prime number. */
const MOST_CHOOSING = 4_096;
const SPREAD = 7_919;

/** So many standard errors a gain on held-out rows must exceed to count: of few rows one alone can make the mean. */
const SURE = 2;

/** Rows of predictors [n, features] and of what they are to predict [n, values]. */
export interface Rows {
  readonly predictors: tf.Tensor2D;
  readonly targets: tf.Tensor2D;
}

/** Gives the rows block by block; `visit` must keep nothing of them. */
export type EachBlock = (visit: (rows: Rows) => void) => Promise<void>;

/** targets ≈ predictors · kernel + bias; dispose when done. */
export interface Ridge {
  /** Squared error on the held-out rows, per row: as predicted, and with nothing in its place. */
  readonly error: number;
  readonly errorOfNone: number;
  /** Whether it errs less than nothing in its place by more than such held-out rows differ by chance; of one row never. */
  readonly helps: boolean;
  /** float32 kernel [features, values] and bias [values]: the dearest product of all, so only where it is wanted. */
  weights(): { readonly kernel: tf.Tensor2D; readonly bias: tf.Tensor1D };
  dispose(): void;
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
 * rows: the predictors' covariance is decomposed once, after which each strength costs a product of as many rows as are held out.
 * Of very many values some, spread over all, choose the strength; the errors are those of all values.
 * @param centre about the predictors' mean, so that their covariance is no difference of two large float32 numbers: [features]
 */
export async function fitRidge(training: EachBlock, heldOut: EachBlock, centre: tf.Tensor1D): Promise<Ridge> {
  const moments = await momentsOf(training, centre);
  const { values, vectors } = tf.tidy(() => symmetricEigen(moments.covariance));
  const dispose = (): void => tf.dispose([...Object.values(moments), values, vectors]);
  try {
    const largest = Math.max(1e-12, valuesOf(() => tf.max(values))[0] ?? 0);
    const shrink = (strength: number): tf.Tensor1D => tf.div(1, tf.add(tf.maximum(values, 0), strength)) as tf.Tensor1D;
    const predictor = new Predictor(moments, vectors);
    const strengths = STRENGTHS.map((share) => share * largest);
    const all = await predictor.errors(
      heldOut,
      strengths.map((strength) => () => shrink(strength)),
      MOST_CHOOSING,
    );
    const errors = all.map(meanOf);
    const least = errors.slice(0, -1).reduce((best, error, index) => (error < errors[best]! ? index : best), 0);
    const chosen = (): tf.Tensor1D => shrink(strengths[least]!);
    const [ridged = [], none = []] = await predictor.errors(heldOut, [chosen]);
    return {
      error: meanOf(ridged),
      errorOfNone: meanOf(none),
      helps: isSurely(none.map((error, row) => error - ridged[row]!)),
      weights: () => predictor.weights(chosen),
      dispose,
    };
  } catch (failed) {
    dispose();
    throw failed;
  }
}

/** What a regression of any strength predicts, from the moments and the eigenvectors of the covariance. */
class Predictor {
  private readonly moments: Moments;
  private readonly vectors: tf.Tensor2D;

  constructor(moments: Moments, vectors: tf.Tensor2D) {
    this.moments = moments;
    this.vectors = vectors;
  }

  /**
   * @param shrinks for each strength the factors along the eigenvectors
   * @param most values that count
   * @returns the squared error of every row with each of them, and last those of no prediction
   */
  async errors(rows: EachBlock, shrinks: readonly (() => tf.Tensor1D)[], most = Infinity): Promise<number[][]> {
    const errors = Array.from({ length: shrinks.length + 1 }, (): number[] => []);
    const columns = someOf(this.moments.targetMean.size, most);
    const some = <T extends tf.Tensor>(of: T): T => (columns === undefined ? of : tf.gather(of, columns, of.rank - 1));
    const cross = tf.tidy(() => tf.clone(some(this.moments.cross)));
    try {
      await rows(({ predictors, targets }) => {
        const found = valuesOf(() => {
          const { predictorMean, targetMean } = this.moments;
          const wanted = some(targets);
          const about = tf.sub(wanted, some(targetMean));
          const along = tf.matMul(tf.sub(predictors, predictorMean) as tf.Tensor2D, this.vectors);
          // The few rows are shrunk and turned back, not the many values that are predicted.
          const missed = shrinks.map((shrink) => {
            const back = tf.matMul(tf.mul(along, shrink()) as tf.Tensor2D, this.vectors, false, true) as tf.Tensor2D;
            return tf.sum(tf.squaredDifference(about, tf.matMul(back, cross)), 1);
          });
          return tf.stack([...missed, tf.sum(tf.square(wanted), 1)]);
        });
        const [count] = predictors.shape;
        errors.forEach((each, index) => each.push(...found.subarray(index * count, (index + 1) * count)));
      });
    } finally {
      tf.dispose([cross, ...(columns === undefined ? [] : [columns])]);
    }
    return errors;
  }

  weights(shrink: () => tf.Tensor1D): ReturnType<Ridge['weights']> {
    const { predictorMean, targetMean, cross } = this.moments;
    const [kernel, bias] = tf.tidy(() => {
      const inverse = tf.matMul(
        tf.mul(this.vectors, shrink()) as tf.Tensor2D,
        this.vectors,
        false,
        true,
      ) as tf.Tensor2D;
      const weights = tf.matMul(inverse, cross) as tf.Tensor2D;
      const shift = tf.reshape(tf.matMul(tf.reshape(predictorMean, [1, -1]), weights), [-1]);
      return [weights, tf.sub(targetMean, shift) as tf.Tensor1D] as const;
    });
    return { kernel, bias };
  }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Whether the mean of gains exceeds `SURE` standard errors of its own. */
function isSurely(gains: readonly number[]): boolean {
  const mean = meanOf(gains);
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  return mean > SURE * Math.sqrt(squares / (gains.length - 1) / gains.length);
}

/** Places of so many of the values, spread over all by steps of a prime number, which pass no channel and no column over. */
function someOf(values: number, most: number): tf.Tensor1D | undefined {
  if (values <= most) return undefined;
  return tf.tensor1d(
    Int32Array.from({ length: most }, (_, at) => (at * SPREAD) % values),
    'int32',
  );
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
