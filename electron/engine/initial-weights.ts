import { assertNever } from '../domain/errors.ts';
import type { ModelSpec } from '../domain/experiment.ts';
import { statelessNormal, statelessUniform } from './native-ops.ts';
import { tf } from './tensorflow.ts';

/** Weight i draws from the seed pair [seed, WEIGHTS_STREAM + i]; noise in training uses [seed, step] (step.ts). */
const WEIGHTS_STREAM = 0x40000000;

/** A weight as it is drawn. */
export interface DrawnWeight {
  /** Such as "encoder-1/kernel": the same for every network of one spec. */
  readonly name: string;
  readonly variable: tf.Variable;
  /** A transposed convolution's kernel is [height, width, out, in]. */
  readonly transposed: boolean;
}

/**
 * Sets every weight from the seed. `standard-normal`: kernels and biases from N(0, 1), as the article does.
 * `glorot-uniform`: U(-a, a), a = √(6 / (fan in + fan out)) (Glorot & Bengio 2010, eq. 16); `he-normal`:
 * N(0, 2 / fan in) (He et al. 2015, eq. 10); `lecun-normal`: N(0, 1 / fan in) (LeCun et al. 1998, eq. 16); `glorot-normal` and
 * `he-uniform` have the variances of their sisters. No normal is truncated; all but the first have zero biases. Batch
 * normalisation starts as the identity; a depthwise kernel sees one channel. A codebook of K vectors: U(-1 / K, 1 / K).
 */
export function initialWeights(
  weights: readonly DrawnWeight[],
  initialiser: ModelSpec['initialiser'],
  seed: number,
): void {
  weights.forEach((weight, index) => {
    tf.tidy(() => {
      const stream = tf.tensor1d([seed, WEIGHTS_STREAM + index], 'int32');
      weight.variable.assign(initialWeight(weight, initialiser, stream));
    });
  });
}

function initialWeight(weight: DrawnWeight, initialiser: ModelSpec['initialiser'], stream: tf.Tensor1D): tf.Tensor {
  const { shape } = weight.variable;
  const kind = weight.name.split('/').at(-1);
  if (kind === 'gamma' || kind === 'moving_variance') return tf.ones(shape);
  if (kind === 'beta' || kind === 'moving_mean' || kind === 'counts') return tf.zeros(shape);
  if (kind === 'codebook') return tf.sub(tf.mul(statelessUniform(shape, stream), 2 / shape[0]!), 1 / shape[0]!);
  if (kind === 'alpha') return tf.fill(shape, PRELU_SLOPE);
  if (initialiser === 'standard-normal') return statelessNormal(shape, stream);
  if (kind === 'bias') return tf.zeros(shape);
  const { fanIn, fanOut } = fans(kind === 'depthwise_kernel' ? shape.with(2, 1) : shape, weight.transposed);
  const normal = (variance: number): tf.Tensor => tf.mul(statelessNormal(shape, stream), Math.sqrt(variance));
  const uniform = (limit: number): tf.Tensor => tf.sub(tf.mul(statelessUniform(shape, stream), 2 * limit), limit);
  switch (initialiser) {
    case 'glorot-uniform':
      return uniform(Math.sqrt(6 / (fanIn + fanOut)));
    case 'glorot-normal':
      return normal(2 / (fanIn + fanOut));
    case 'he-uniform':
      return uniform(Math.sqrt(6 / fanIn));
    case 'he-normal':
      return normal(2 / fanIn);
    case 'lecun-normal':
      return normal(1 / fanIn);
    default:
      return assertNever(initialiser);
  }
}

/** What PReLU's slopes start at (He et al. 2015, §2.1). */
const PRELU_SLOPE = 0.25;

/** Kernels are [in, out] or [height, width, in, out], transposed ones [height, width, out, in]. */
function fans(shape: readonly number[], transposed: boolean): { fanIn: number; fanOut: number } {
  const field = shape.slice(0, -2).reduce((all, size) => all * size, 1);
  const [first, second] = [field * (shape.at(-2) ?? 1), field * (shape.at(-1) ?? 1)];
  return transposed ? { fanIn: second, fanOut: first } : { fanIn: first, fanOut: second };
}
