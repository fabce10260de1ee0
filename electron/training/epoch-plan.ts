import type { TrainingSpec } from '../domain/experiment.ts';
import { partnersOf, type NeighbourGraph } from '../engine/neighbour-graph.ts';
import { betaAt, learningRateAt } from '../engine/schedule.ts';
import { shuffled } from '../engine/shuffle.ts';
import type { StepCall } from '../engine/step-runner.ts';

/** How a run's training images fall into batches, steps and epochs: all of it follows from the experiment. */
export class EpochPlan {
  readonly imageCount: number;
  /** Images that a step takes in: where neighbours are kept each one of the batch and its partner. */
  readonly batchSize: number;
  /** The same of an epoch's last batch where it is smaller and kept; 0 without one. */
  readonly lastBatchSize: number;
  readonly stepsPerEpoch: number;
  private readonly training: TrainingSpec;
  private readonly wholeBatches: number;

  constructor(training: TrainingSpec, imageCount: number) {
    this.training = training;
    this.imageCount = imageCount;
    // A set smaller than one batch is one batch.
    const batch = Math.min(training.batchSize, imageCount);
    const last = training.lastPartialBatch === 'keep' ? imageCount % batch : 0;
    const rows = training.regularisers.neighbours === undefined ? 1 : 2;
    this.batchSize = rows * batch;
    this.lastBatchSize = rows * last;
    this.wholeBatches = Math.floor(imageCount / batch);
    this.stepsPerEpoch = this.wholeBatches + (last > 0 ? 1 : 0);
  }

  get epochs(): number {
    return this.training.epochs;
  }

  /** Of the whole run, should it not end early. */
  get steps(): number {
    return this.epochs * this.stepsPerEpoch;
  }

  /**
   * The order in which an epoch sees the images.
   * @param graph where neighbours are kept: after each batch's images then come their partners
   */
  orderOf(epoch: number, graph?: NeighbourGraph): Int32Array {
    const { seed } = this.training;
    const order = shuffled(this.imageCount, seed, epoch);
    if (graph === undefined) return order;
    const partners = partnersOf(graph, order, seed, epoch);
    const batch = this.batchSize / 2;
    const paired = new Int32Array(2 * order.length);
    for (let first = 0; first < order.length; first += batch) {
      const own = order.subarray(first, first + batch);
      paired.set(own, 2 * first);
      paired.set(partners.subarray(first, first + batch), 2 * first + own.length);
    }
    return paired;
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
}
