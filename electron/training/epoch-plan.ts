import type { TrainingSpec } from '../domain/experiment.ts';
import { betaAt, learningRateAt } from '../engine/schedule.ts';
import { shuffled } from '../engine/shuffle.ts';
import type { StepCall } from '../engine/step-runner.ts';

/** How a run's training images fall into batches, steps and epochs: all of it follows from the experiment. */
export class EpochPlan {
  readonly imageCount: number;
  readonly batchSize: number;
  /** Size of an epoch's last batch where it is smaller and kept; 0 without one. */
  readonly lastBatchSize: number;
  readonly stepsPerEpoch: number;
  private readonly training: TrainingSpec;

  constructor(training: TrainingSpec, imageCount: number) {
    this.training = training;
    this.imageCount = imageCount;
    // A set smaller than one batch is one batch.
    this.batchSize = Math.min(training.batchSize, imageCount);
    this.lastBatchSize = training.lastPartialBatch === 'keep' ? imageCount % this.batchSize : 0;
    this.stepsPerEpoch = this.wholeBatches + (this.lastBatchSize > 0 ? 1 : 0);
  }

  get epochs(): number {
    return this.training.epochs;
  }

  /** The order in which an epoch sees the images. */
  orderOf(epoch: number): Int32Array {
    return shuffled(this.imageCount, this.training.seed, epoch);
  }

  /**
   * What comes after `done` steps of an epoch: at most `most` steps; a last partial batch is a call of its own.
   * @param order of the epoch's images
   */
  callAfter(order: Int32Array, epoch: number, done: number, most: number): StepCall {
    const steps = Math.max(1, Math.min(most, this.wholeBatches - done));
    const from = done * this.batchSize;
    const indices = order.subarray(from, Math.min(from + steps * this.batchSize, order.length));
    const firstStep = this.stepsBefore(epoch) + done;
    return {
      indices,
      batchSize: indices.length / steps,
      learningRates: Float32Array.from({ length: steps }, (_, index) => this.rateOf(firstStep + index)),
      betas: Float32Array.from({ length: steps }, (_, index) => this.betaOf(firstStep + index)),
      firstStep,
    };
  }

  /** Steps of the run before an epoch begins. */
  stepsBefore(epoch: number): number {
    return (epoch - 1) * this.stepsPerEpoch;
  }

  /** Learning rate of a step, counted from 0 over the whole run. */
  rateOf(step: number): number {
    return learningRateAt(step, this.stepsPerEpoch, this.training);
  }

  private betaOf(step: number): number {
    return betaAt(step, this.stepsPerEpoch, this.training);
  }

  private get wholeBatches(): number {
    return Math.floor(this.imageCount / this.batchSize);
  }
}
