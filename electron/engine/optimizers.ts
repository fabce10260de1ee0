import type { OptimizerSpec } from '../domain/experiment.ts';
import { assertNever } from '../domain/errors.ts';
import { tf } from './tensorflow.ts';

/** A weight's next value and its slots'. */
interface Update {
  readonly weight: tf.Tensor;
  readonly slots: readonly tf.Tensor[];
}

/** An optimizer as pure functions: nothing is assigned, so that one traced step can be compiled. */
export interface Optimizer {
  /** The value each slot of a weight starts with, one for each slot. */
  readonly initialSlots: readonly number[];
  /** Scalars that all weights share (Adam's powers of β): initial values, and the factor each takes at every step. */
  readonly powers: readonly number[];
  /**
   * How one step changes each weight. What all weights share is computed here, once: op by op it would be a third of the step.
   * @param powers the shared scalars after this step's multiplication
   */
  updates(rate: tf.Scalar, powers: readonly tf.Tensor[]): WeightUpdate;
}

/** @param slots this weight's slots, of its shape */
type WeightUpdate = (weight: tf.Tensor, gradient: tf.Tensor, slots: readonly tf.Tensor[]) => Update;

/** @returns the optimizer of a spec; each formula's source stands beside it. */
export function makeOptimizer(spec: OptimizerSpec): Optimizer {
  switch (spec.kind) {
    case 'sgd':
      return {
        initialSlots: [],
        powers: [],
        updates: (rate) => (weight, gradient) => ({ weight: tf.sub(weight, tf.mul(gradient, rate)), slots: [] }),
      };
    case 'momentum':
      return momentum(spec);
    case 'adagrad':
      return adagrad(spec);
    case 'rmsprop':
      return rmsprop(spec);
    case 'adam':
      return adam(spec, 0);
    case 'adamw':
      return adam(spec, spec.weightDecay);
    default:
      return assertNever(spec);
  }
}

/** Polyak 1964; Nesterov's form as in Sutskever et al. 2013, eq. 3-4, rewritten at the look-ahead point as TensorFlow does. */
function momentum(spec: Extract<OptimizerSpec, { kind: 'momentum' }>): Optimizer {
  return {
    initialSlots: [0],
    powers: [],
    updates(rate) {
      const share = tf.scalar(spec.momentum);
      return (weight, gradient, slots) => {
        const velocity = tf.add(tf.mul(slot(slots, 0), share), gradient);
        const step = spec.nesterov ? tf.add(gradient, tf.mul(velocity, share)) : velocity;
        return { weight: tf.sub(weight, tf.mul(step, rate)), slots: [velocity] };
      };
    },
  };
}

/** Duchi, Hazan & Singer 2011, with Keras's epsilon. */
function adagrad(spec: Extract<OptimizerSpec, { kind: 'adagrad' }>): Optimizer {
  return {
    initialSlots: [spec.initialAccumulator],
    powers: [],
    updates(rate) {
      const epsilon = tf.scalar(1e-7);
      return (weight, gradient, slots) => {
        const sum = tf.add(slot(slots, 0), tf.square(gradient));
        return { weight: tf.sub(weight, tf.mul(rate, tf.div(gradient, tf.sqrt(tf.add(sum, epsilon))))), slots: [sum] };
      };
    },
  };
}

/**
 * Tieleman & Hinton 2012, lecture 6e, as TensorFlow 1 had it: epsilon stands inside the root, and the mean square may start
 * at one instead of zero.
 */
function rmsprop(spec: Extract<OptimizerSpec, { kind: 'rmsprop' }>): Optimizer {
  return {
    initialSlots: [spec.initialMeanSquare],
    powers: [],
    updates(rate) {
      const [decay, rest, epsilon] = [tf.scalar(spec.decay), tf.scalar(1 - spec.decay), tf.scalar(spec.epsilon)];
      return (weight, gradient, slots) => {
        const meanSquare = tf.add(tf.mul(slot(slots, 0), decay), tf.mul(tf.square(gradient), rest));
        const step = tf.div(tf.mul(gradient, rate), tf.sqrt(tf.add(meanSquare, epsilon)));
        return { weight: tf.sub(weight, step), slots: [meanSquare] };
      };
    },
  };
}

/** Kingma & Ba 2015, alg. 1 with the rate of its §2 note; the decoupled decay of kernels is Loshchilov & Hutter 2019, alg. 2. */
function adam(spec: Extract<OptimizerSpec, { kind: 'adam' | 'adamw' }>, weightDecay: number): Optimizer {
  const { beta1, beta2 } = spec;
  return {
    initialSlots: [0, 0],
    powers: [beta1, beta2],
    updates(rate, [power1, power2]) {
      const [share1, rest1] = [tf.scalar(beta1), tf.scalar(1 - beta1)];
      const [share2, rest2] = [tf.scalar(beta2), tf.scalar(1 - beta2)];
      const [epsilon, decay] = [tf.scalar(spec.epsilon), tf.scalar(weightDecay)];
      const corrected = tf.div(tf.mul(rate, tf.sqrt(tf.sub(1, power2 as tf.Tensor))), tf.sub(1, power1 as tf.Tensor));
      return (weight, gradient, slots) => {
        const first = tf.add(tf.mul(slot(slots, 0), share1), tf.mul(gradient, rest1));
        const second = tf.add(tf.mul(slot(slots, 1), share2), tf.mul(tf.square(gradient), rest2));
        const moved = tf.sub(weight, tf.mul(corrected, tf.div(first, tf.add(tf.sqrt(second), epsilon))));
        const decays = weightDecay > 0 && weight.rank > 1;
        return {
          weight: decays ? tf.sub(moved, tf.mul(tf.mul(weight, decay), rate)) : moved,
          slots: [first, second],
        };
      };
    },
  };
}

function slot(slots: readonly tf.Tensor[], index: number): tf.Tensor {
  return slots[index] as tf.Tensor;
}
