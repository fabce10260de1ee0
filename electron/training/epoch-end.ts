import type { EpochMetrics, Snapshot } from '../domain/words.ts';
import type { RunFolder } from '../files/run-folder.ts';
import type { EpochCosts, Patience, Reached } from './epoch-loop.ts';
import type { EpochPlan } from './epoch-plan.ts';
import type { KeptModels } from './kept-models.ts';
import { Diverged } from './measure.ts';
import type { RunControl, RunGate, Stopwatch } from './run-gate.ts';
import type { Measured, RunMeasures } from './run-measures.ts';

export interface EndedEpoch {
  readonly metrics: EpochMetrics;
  readonly snapshot?: Snapshot;
}

export interface EpochEndOptions {
  readonly folder: RunFolder;
  readonly plan: EpochPlan;
  readonly measures: RunMeasures;
  readonly models: KeptModels;
  readonly patience: Patience;
  readonly watch: Pick<Stopwatch, 'seconds'>;
  readonly gate: Pick<RunGate, 'persist'>;
  readonly control: Pick<RunControl, 'stopsAfterEpoch'>;
  /** The best epoch of a run that is taken up again. */
  readonly best?: Reached;
}

/** What an epoch leaves behind: its figures, its weights, its pictures, and which epoch was the best so far. */
export class EpochEnd {
  best: Reached | undefined;
  private readonly options: EpochEndOptions;

  constructor(options: EpochEndOptions) {
    this.options = options;
    this.best = options.best;
  }

  /**
   * Measures and writes what an epoch has brought.
   * @param step the run's steps so far
   * @throws Diverged; Stopped where somebody did not want to wait for room on the disk
   */
  async write(learner: Measured, epoch: number, step: number, costs: EpochCosts): Promise<EndedEpoch> {
    const { folder, plan, measures, models, patience, watch, gate, control } = this.options;
    const validation = await measures.validate(learner);
    const metrics: EpochMetrics = {
      epoch,
      step,
      secondsSinceStart: watch.seconds,
      lastBatchCost: costs.last,
      trainingCost: costs.mean,
      ...validation,
      stepsPerSecond: costs.seconds > 0 ? plan.stepsPerEpoch / costs.seconds : 0,
      learningRate: costs.rate,
    };
    const error = validation.validationMse ?? costs.mean;
    if (!Number.isFinite(costs.mean) || !Number.isFinite(error)) {
      await gate.persist(() => folder.addMetrics(metrics));
      throw new Diverged(`The cost became ${costs.mean + error} in epoch ${epoch}`);
    }
    const isLast = epoch >= plan.epochs || patience.wouldEndAfter(epoch, error);
    // First of all, because it throws where the weights are no longer numbers.
    const pictures = await measures.pictures(learner, epoch, isLast || control.stopsAfterEpoch);
    const isBest = error < (this.best?.error ?? Number.POSITIVE_INFINITY);
    await models.keep(learner.network, isBest ? ['best', 'last'] : ['last'], epoch);
    // Only now: a run that is stopped while the disk has no room still has the weights of the one before.
    if (isBest) this.best = { error, epoch };
    patience.tell(epoch, error);
    if (pictures !== undefined) await gate.persist(() => folder.writeSnapshot(pictures.snapshot));
    const whole = { ...metrics, ...pictures?.health };
    await gate.persist(() => folder.addMetrics(whole));
    return { metrics: whole, ...(pictures === undefined ? {} : { snapshot: pictures.snapshot }) };
  }
}
