import { CholeskyDecomposition, inverse, Matrix } from 'ml-matrix';
import { statelessNormal } from '../../../electron/engine/native-ops.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { breathe } from '../../../electron/training/emit.ts';

/** The posteriors of images: rows of a float32 [images × size] each. */
export interface Posteriors {
  readonly mean: Float32Array;
  readonly logVariance: Float32Array;
}

/** A mixture of normal distributions over codes: K shares, means [K × size], lower Cholesky factors of the covariances. */
export interface FittedPrior {
  readonly size: number;
  readonly shares: readonly number[];
  readonly means: readonly Float32Array[];
  readonly roots: readonly Matrix[];
}

const SEED = 2018;
const ROUNDS = 40;
/** What each covariance is drawn towards: that of the standard normal, as of so many codes. */
const OWN_CODES = 20;
/** Below this no component's share falls. */
const LEAST_CODES = 1e-3;

/**
 * The mixture of normal distributions that codes drawn from the posteriors are likeliest of, by expectation–maximisation
 * (Dempster, Laird & Rubin 1977), the codes drawn anew each round: what takes the place of N(0, 1) as the prior of a model that is
 * trained (Tomczak & Welling 2018 learn it along; Dai & Wipf 2019 fit it afterwards, as here).
 * @param components K; each needs many codes for its covariance
 */
export async function fitPrior(posteriors: Posteriors, size: number, components: number): Promise<FittedPrior> {
  const count = posteriors.mean.length / size;
  const mean = tf.tensor2d(posteriors.mean, [count, size]);
  const deviation = tf.tidy(() => tf.exp(tf.mul(0.5, tf.tensor2d(posteriors.logVariance, [count, size]))));
  const drawn = (round: number): tf.Tensor2D =>
    tf.add(mean, tf.mul(deviation, statelessNormal([count, size], tf.tensor1d([SEED, round], 'int32'))));
  try {
    // The means of images spread evenly over the set.
    let prior: FittedPrior = {
      size,
      shares: Array.from({ length: components }, () => 1 / components),
      means: Array.from({ length: components }, (_, index) => {
        const row = Math.floor(((index + 0.5) * count) / components);
        return posteriors.mean.slice(row * size, (row + 1) * size);
      }),
      roots: Array.from({ length: components }, () => Matrix.eye(size)),
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const sums = valuesOf(() => {
        const codes = drawn(round);
        const share = tf.softmax(jointDensities(prior, codes)) as tf.Tensor2D;
        // Beside a one, the products of codes with codes hold the sums of codes too.
        const extended = tf.concat([codes, tf.ones([count, 1])], 1);
        const products = tf
          .unstack(share, 1)
          .map((column) => tf.matMul(tf.mul(extended, tf.expandDims(column, 1)), extended, true));
        return tf.stack(products);
      });
      prior = maximised(sums, size, components);
      await breathe();
    }
    return prior;
  } finally {
    tf.dispose([mean, deviation]);
  }
}

/** log p(h) of codes [n × size], [n]: without the size / 2 · log 2π that a posterior's has as well. */
export const logDensity = (prior: FittedPrior, codes: tf.Tensor2D): tf.Tensor1D =>
  tf.logSumExp(jointDensities(prior, codes), 1);

/** The logarithm of each component's share times its density, [n × K]. */
function jointDensities({ size, shares, means, roots }: FittedPrior, codes: tf.Tensor2D): tf.Tensor2D {
  const columns = roots.map((root, index) => {
    const whitening = tf.tensor2d(inverse(root).to1DArray(), [size, size]);
    const whitened = tf.matMul(tf.sub(codes, means[index]!), whitening, false, true);
    const constant = Math.log(shares[index]!) - root.diagonal().reduce((sum, value) => sum + Math.log(value), 0);
    return tf.add(tf.mul(tf.sum(tf.square(whitened), 1), -0.5), constant);
  });
  return tf.stack(columns, 1) as tf.Tensor2D;
}

/** @param sums of each component, [K × (size + 1)²]: products of codes with codes, their sums and their number */
function maximised(sums: Float32Array, size: number, components: number): FittedPrior {
  const side = size + 1;
  const parts = Array.from({ length: components }, (_, index) =>
    Matrix.from1DArray(side, side, sums.subarray(index * side * side, (index + 1) * side * side)),
  );
  const counts = parts.map((part) => Math.max(LEAST_CODES, part.get(size, size)));
  const whole = counts.reduce((sum, each) => sum + each, 0);
  const fitted = parts.map((part, index) => {
    const count = counts[index]!;
    const mean = Matrix.rowVector(part.getRow(size).slice(0, size)).div(count);
    const moments = part.subMatrix(0, size - 1, 0, size - 1);
    const scatter = Matrix.sub(moments, mean.transpose().mmul(mean).mul(count));
    // What float32 sums leave unlike between a product and its mirror image is evened out.
    const even = scatter.add(scatter.transpose()).div(2);
    const covariance = even.add(Matrix.eye(size).mul(OWN_CODES)).div(count + OWN_CODES);
    return {
      mean: Float32Array.from(mean.getRow(0)),
      root: new CholeskyDecomposition(covariance).lowerTriangularMatrix,
    };
  });
  return {
    size,
    shares: counts.map((count) => count / whole),
    means: fitted.map(({ mean }) => mean),
    roots: fitted.map(({ root }) => root),
  };
}
