import type { ImageColumns, TrainingPath } from '../contract/words.ts';
import type { TrainingStep } from './step.ts';
import { imageTensor } from './images.ts';
import { tf } from './tensorflow.ts';
import { threadsInUse } from './threads.ts';

/** Consecutive steps of a run. */
export interface StepCall {
  /** Which images: int32 [steps × batch], indices into the training images. */
  readonly indices: Int32Array;
  readonly batchSize: number;
  /** float32 [steps] */
  readonly learningRates: Float32Array;
  /** The first step's number in the run: with the seed it makes each step's noise. */
  readonly firstStep: number;
}

/** Executes training steps, whatever way; the training state lives behind it. */
export interface StepRunner {
  readonly path: TrainingPath;
  /** @returns the cost of each step, float32 [steps] */
  run(call: StepCall): Float32Array;
  /** Brings the state into the step's variables, so that the network's models can be used and saved. */
  pull(): void;
  dispose(): void;
}

/** Runs the step op by op: the slowest way, and the one the others are checked against. */
export class EagerRunner implements StepRunner {
  readonly path: TrainingPath;
  private readonly step: TrainingStep;
  private readonly images: ImageColumns;
  private readonly seed: number;

  constructor(step: TrainingStep, images: ImageColumns, seed: number, reason?: string) {
    this.step = step;
    this.images = images;
    this.seed = seed;
    this.path = {
      kind: 'eager',
      stepsPerCall: 1,
      threads: threadsInUse(),
      ...(reason === undefined ? {} : { reason }),
    };
  }

  run(call: StepCall): Float32Array {
    return call.learningRates.map((rate, index) => {
      const indices = call.indices.subarray(index * call.batchSize, (index + 1) * call.batchSize);
      return this.runOne(indices, rate, call.firstStep + index);
    });
  }

  private runOne(indices: Int32Array, rate: number, stepNumber: number): number {
    return tf.tidy(() => {
      const { cost, next } = this.step.compute({
        images: imageTensor(this.images, indices),
        learningRate: tf.scalar(rate),
        seed: tf.tensor1d([this.seed, stepNumber], 'int32'),
      });
      this.step.variables.forEach(({ variable }, index) => {
        const value = next[index] as tf.Tensor;
        if (value === variable) return;
        variable.assign(value);
        // The statistics of batch normalisation are kept beyond tidy (step.ts).
        value.dispose();
      });
      return cost.dataSync()[0] as number;
    });
  }

  pull(): void {
    // The variables are the state.
  }

  dispose(): void {
    this.step.dispose();
  }
}
