import type { StepInputs, TrainingStep } from '../../electron/engine/step.ts';
import { tf } from '../../electron/engine/tensorflow.ts';

/** A step that trains as before, and whose cost also needs something else (of which it adds nothing). */
export function withCost(step: TrainingStep, extra: (inputs: StepInputs) => tf.Tensor): TrainingStep {
  return {
    ...step,
    compute: (inputs) => {
      const { cost, next } = step.compute(inputs);
      return { cost: tf.add(cost, tf.mul(extra(inputs), 0)) as tf.Scalar, next };
    },
  };
}
