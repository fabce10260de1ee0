import type { ImageColumns, TrainingPath } from '../domain/words.ts';
import type { StateVariable, TrainingStep } from './step.ts';
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
  /** Weights of a variational code's divergence: float32 [steps] */
  readonly betas: Float32Array;
  /** The first step's number in the run: with the seed it makes each step's noise. */
  readonly firstStep: number;
}

/** One tensor of the training state: a weight, a moving statistic, an optimizer's slot or scalar. */
export interface StatePart {
  /** Such as "encoder-1/kernel" or "encoder-1/kernel/slot-1": the same for every run of one experiment. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly isWeight: boolean;
}

/** What trains a run: a `StepRunner`, or another program that is asked, whose answers take their time. */
export interface Trainer extends Omit<StepRunner, 'run' | 'pull' | 'dispose'> {
  run(call: StepCall): Float32Array | Promise<Float32Array>;
  pull(): void | Promise<void>;
  /** To be awaited before `read`: brings the state here as it stands. */
  fetch?(): Promise<void>;
  /** MSE per pixel of the images held out, where it measures them itself; nothing where none are. */
  validationMse?(): Promise<number | undefined>;
  dispose(): void | Promise<void>;
}

/** Executes training steps in this process, whatever way; the training state lives behind it. */
export interface StepRunner {
  readonly path: TrainingPath;
  /** Everything that a step changes, in an order that the experiment fixes; the weights come first. */
  readonly state: readonly StatePart[];
  /** @returns the cost of each step, float32 [steps] */
  run(call: StepCall): Float32Array;
  /** Brings the weights into the network's variables, so that its models can be used and saved. */
  pull(): void;
  /** The values of one part of the state, as they stand now. One at a time, because slots may be large. */
  read(part: number): Float32Array;
  /** Replaces the values of one part of the state; the array is the runner's from then on. */
  write(part: number, values: Float32Array): void;
  dispose(): void;
}

/** What a step's variables hold. */
export function statePartsOf(step: TrainingStep): StatePart[] {
  return step.variables.map(({ name, variable, isWeight }) => ({ name, shape: [...variable.shape], isWeight }));
}

/** Runs the step op by op: the slowest way, and the one the others are checked against. */
export class EagerRunner implements StepRunner {
  readonly path: TrainingPath;
  readonly state: readonly StatePart[];
  private readonly step: TrainingStep;
  private readonly images: ImageColumns;
  private readonly seed: number;
  private readonly labels: Uint8Array | undefined;

  /** @param labels each image's class, where the step asks for it */
  constructor(step: TrainingStep, images: ImageColumns, seed: number, reason?: string, labels?: Uint8Array) {
    this.step = step;
    this.state = statePartsOf(step);
    this.images = images;
    this.seed = seed;
    this.labels = labels;
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
      return this.runOne(indices, rate, call.betas[index] ?? 0, call.firstStep + index);
    });
  }

  private runOne(indices: Int32Array, rate: number, beta: number, stepNumber: number): number {
    return tf.tidy(() => {
      const { cost, next } = this.step.compute({
        images: imageTensor(this.images, indices),
        ...this.labelled(indices),
        learningRate: tf.scalar(rate),
        beta: tf.scalar(beta),
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

  private labelled(indices: Int32Array): { labels?: tf.Tensor1D } {
    const { labels } = this;
    return labels === undefined ? {} : { labels: tf.tensor1d(Float32Array.from(indices, (index) => labels[index]!)) };
  }

  pull(): void {
    // The variables are the state.
  }

  read(part: number): Float32Array {
    return this.variable(part).dataSync() as Float32Array;
  }

  write(part: number, values: Float32Array): void {
    const variable = this.variable(part);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }

  private variable(part: number): tf.Variable {
    return (this.step.variables[part] as StateVariable).variable;
  }

  dispose(): void {
    this.step.dispose();
  }
}
