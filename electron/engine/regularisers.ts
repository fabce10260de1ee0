import type { ModelSpec, TrainingSpec } from '../domain/experiment.ts';
import type { PlainActivation } from '../domain/layer-spec.ts';
import { assertNever } from '../domain/errors.ts';
import { LEAKY_SLOPE } from '../domain/layer-settings.ts';
import { tf } from './tensorflow.ts';

/** Mean activations are kept this far from 0 and 1 before a logarithm. */
const LEAST_ACTIVATION = 1e-6;

/** What a code is penalised by. */
export interface PenalisedCode {
  /** float32 [batch, units] */
  readonly code: tf.Tensor;
  /** What the code's layer takes in: float32 [batch, features] */
  readonly features: tf.Tensor;
  readonly activation: ModelSpec['code']['activation'];
  readonly kernel: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
}

/** The penalties that an experiment asks for, each already weighted; none where it asks for none. */
export function penalties(spec: TrainingSpec['regularisers'], on: PenalisedCode): tf.Scalar[] {
  const { codeL1, codeL2 = 0, codeKl, contractive } = spec;
  const terms: tf.Scalar[] = [];
  if (codeL1 > 0) terms.push(tf.mul(tf.mean(tf.sum(tf.abs(on.code), 1)), codeL1));
  if (codeL2 > 0) terms.push(tf.mul(tf.mean(tf.sum(tf.square(on.code), 1)), codeL2 / 2));
  if (codeKl && codeKl.weight > 0) terms.push(tf.mul(sparsity(on.code, codeKl.target), codeKl.weight));
  if (contractive > 0) terms.push(tf.mul(contraction(on), contractive));
  return terms;
}

/**
 * Kullback-Leibler divergence between units that are on with probability `target` and the units' mean activations over the batch:
 * nats, summed over units (Lee et al. 2008 by way of Ng's lecture notes on sparse autoencoders, 2011).
 * @param code sigmoid units: float32 [batch, units]
 */
export function sparsity(code: tf.Tensor, target: number): tf.Scalar {
  const mean = tf.clipByValue(tf.mean(code, 0), LEAST_ACTIVATION, 1 - LEAST_ACTIVATION);
  const on = tf.mul(tf.log(tf.div(target, mean)), target);
  const off = tf.mul(tf.log(tf.div(1 - target, tf.sub(1, mean))), 1 - target);
  return tf.sum(tf.add(on, off));
}

/**
 * Squared Frobenius norm of the Jacobian of the code by its input, averaged over the batch (Rifai et al. 2011, eq. 7, there for
 * sigmoid units): each unit's squared slope times the sum of its squared weights.
 */
export function contraction({ features, activation, kernel, bias }: Omit<PenalisedCode, 'code'>): tf.Scalar {
  const slopes = slope(activation, tf.add(tf.matMul(features as tf.Tensor2D, kernel), bias));
  return tf.mean(tf.sum(tf.mul(tf.square(slopes), tf.sum(tf.square(kernel), 0)), 1));
}

/** Of SELU (Klambauer et al. 2017, §2). */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** The derivative of an activation at x. */
function slope(activation: PlainActivation, x: tf.Tensor): tf.Tensor {
  switch (activation) {
    case 'linear':
      return tf.onesLike(x);
    case 'sigmoid': {
      const y = tf.sigmoid(x);
      return tf.mul(y, tf.sub(1, y));
    }
    case 'tanh':
      return tf.sub(1, tf.square(tf.tanh(x)));
    case 'relu':
      return tf.step(x);
    case 'leaky-relu':
      return tf.add(tf.mul(tf.step(x), 1 - LEAKY_SLOPE), LEAKY_SLOPE);
    case 'elu':
      return tf.exp(tf.minimum(x, 0));
    case 'gelu': {
      // Φ(x) + x φ(x), as the activation is x Φ(x).
      const below = tf.mul(tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1), 0.5);
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.add(below, tf.mul(x, density));
    }
    case 'softplus':
      return tf.sigmoid(x);
    case 'silu': {
      const y = tf.sigmoid(x);
      return tf.mul(y, tf.add(tf.mul(x, tf.sub(1, y)), 1));
    }
    case 'selu': {
      const below = tf.mul(tf.exp(tf.minimum(x, 0)), SELU_SCALE * SELU_ALPHA);
      const above = tf.step(x);
      return tf.add(tf.mul(above, SELU_SCALE), tf.mul(tf.sub(1, above), below));
    }
    case 'clip':
      return tf.mul(tf.step(x), tf.step(tf.sub(1, x)));
    case 'gelu-tanh': {
      const y = tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI)));
      const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * 0.044715), 1), Math.sqrt(2 / Math.PI));
      return tf.mul(tf.add(tf.add(y, 1), tf.mul(tf.mul(tf.sub(1, tf.square(y)), x), inner)), 0.5);
    }
    case 'hard-silu': {
      const bent = tf.mul(tf.step(tf.add(x, 3)), tf.step(tf.sub(3, x)));
      const above = tf.step(tf.sub(x, 3));
      return tf.add(above, tf.mul(bent, tf.add(tf.mul(x, 1 / 3), 0.5)));
    }
    case 'mish': {
      const y = tf.tanh(tf.softplus(x));
      return tf.add(y, tf.mul(tf.mul(x, tf.sigmoid(x)), tf.sub(1, tf.square(y))));
    }
    case 'softsign':
      return tf.square(tf.reciprocal(tf.add(tf.abs(x), 1)));
    default:
      return assertNever(activation);
  }
}
