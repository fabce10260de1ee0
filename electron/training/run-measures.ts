import type { Experiment } from '../domain/experiment.ts';
import type { EpochMetrics, Snapshot, TestMetrics } from '../domain/words.ts';
import type { ImageSet, LabelledImages } from '../dataset/image-set.ts';
import type { Breathe } from '../engine/inference.ts';
import { meanImage } from '../dataset/mean-image.ts';
import { mapSubset } from '../dataset/subset.ts';
import type { EpochPlan } from './epoch-plan.ts';
import type { Learner } from './learner.ts';
import {
  errorOfImage,
  expectNumbers,
  measureHealth,
  measureTest,
  measureValidation,
  takeSnapshot,
  validationOf,
} from './measure.ts';
import { picturesEvery } from './picture-pace.ts';
import { SharePace } from './share-pace.ts';

/** Of the time that goes into all else, so much at most goes into pictures that a clock paces. */
const CLOCKED_SHARE = 0.1;

/** What trains; before it is there, the network alone. */
export type Measured = Pick<Learner, 'network' | 'inference'> & Partial<Pick<Learner, 'runner'>>;

export interface Pictures {
  readonly snapshot: Snapshot;
  readonly health: Pick<EpochMetrics, 'health'>;
}

export interface MeasuresOptions {
  readonly runId: string;
  readonly experiment: Experiment;
  readonly set: ImageSet;
  /** The set's training images, less those that validate. */
  readonly training: LabelledImages;
  readonly validation: LabelledImages;
  readonly plan: EpochPlan;
  /** Lets messages in between calls; throws where one of them was to stop. */
  readonly breathe: Breathe;
}

/** What is measured and shown of a run's weights while it trains and at its end. */
export class RunMeasures {
  private readonly options: MeasuresOptions;
  /** Images that are measured after each epoch, and those that are encoded. */
  private readonly counts: readonly number[];
  private readonly pace = new SharePace(CLOCKED_SHARE);
  private readonly picturesEvery: number;
  private knowingNothing: number | undefined;

  constructor(options: MeasuresOptions) {
    const { experiment, set, validation, plan } = options;
    const mapped = mapSubset(set.test).indices.length;
    this.options = options;
    this.counts = [validation.images.count, mapped];
    this.picturesEvery = picturesEvery(experiment, plan, mapped);
  }

  /** Mean error of the training images, in the unit of the cost. */
  async trainingCost(measured: Measured): Promise<number> {
    const { training, breathe } = this.options;
    const inference = await measured.inference(this.counts);
    const errors = await inference.errors(training.images, breathe);
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  }

  /** By what trains, where that can: a card measures in no time what takes a processor long. */
  async validate(measured: Measured): ReturnType<typeof measureValidation> {
    const { validation, breathe } = this.options;
    const { runner } = measured;
    if (runner?.validationMse === undefined) {
      return measureValidation(await measured.inference(this.counts), validation, breathe);
    }
    return validationOf(await runner.validationMse(), validation);
  }

  /**
   * What an epoch has to show, and how the units fare: of the first epoch and of one that `isLast`, and between them of so many as do
   * not hold training up. Where another program trains the clock says which: a card may end an epoch sooner than this process its pictures.
   * @throws Diverged where weights are no longer numbers
   */
  async pictures(measured: Measured, epoch: number, isLast: boolean): Promise<Pictures | undefined> {
    const { network, runner } = measured;
    const trainsHere = runner?.fetch === undefined;
    const isDue = trainsHere ? epoch <= 1 || epoch % this.picturesEvery === 0 : this.pace.isDue;
    if (!isLast && !isDue) {
      if (trainsHere) expectNumbers(network, epoch);
      return undefined;
    }
    return this.pace.measure(async () => {
      const snapshot = await this.snapshot(measured, epoch);
      return { snapshot, health: measureHealth(network, this.options.validation, await this.meanImageMse()) };
    });
  }

  async snapshot(measured: Measured, epoch: number): Promise<Snapshot> {
    const { runId, set, breathe } = this.options;
    return takeSnapshot(measured.network, await measured.inference(this.counts), set, runId, epoch, breathe);
  }

  /** On the test images, with the weights that are loaded: those of `bestEpoch`. */
  async test(measured: Measured, bestEpoch: number): Promise<TestMetrics> {
    const { experiment, set, training, breathe } = this.options;
    const inference = await measured.inference(this.counts);
    return measureTest(inference, set, training, experiment.model.code.size, bestEpoch, breathe);
  }

  /** Worked out at the first epoch's end, so that training starts at once. */
  private async meanImageMse(): Promise<number> {
    const { training, validation } = this.options;
    this.knowingNothing ??= errorOfImage(await meanImage(training.images), validation.images);
    return this.knowingNothing;
  }
}
