import { StudioError, toErrorData } from '../domain/errors.ts';
import type { TrainingSpec } from '../domain/experiment.ts';
import type { RunProgress } from '../domain/words.ts';
import type { NeighbourGraph } from '../engine/neighbour-graph.ts';
import type { StepCall, Trainer } from '../engine/step-runner.ts';
import type { EpochPlan } from './epoch-plan.ts';
import type { Learner } from './learner.ts';
import type { Stopwatch } from './run-gate.ts';
import { OutOfMemory, TraineeLost } from './torch/trainee-process.ts';

/** Where a run stands: everything else about its next step follows from the experiment. */
export interface Position {
  /** The epoch in training, from 1; one past the last when all are done. */
  readonly epoch: number;
  /** Its steps that are done. */
  readonly done: number;
  /** Sum of their costs. */
  readonly costSum: number;
  /** Cost of the last of them. */
  readonly lastCost?: number;
  /** Seconds they took. */
  readonly epochSeconds: number;
}

export interface EpochCosts {
  readonly last: number;
  readonly mean: number;
  readonly seconds: number;
  /** Learning rate of the epoch's last step. */
  readonly rate: number;
}

export const startOf = (epoch: number): Position => ({ epoch, done: 0, costSum: 0, epochSeconds: 0 });

/** Trains epoch after epoch from wherever the run stands. */
export class EpochLoop {
  position: Position;
  private readonly runner: Trainer;
  private readonly graph: NeighbourGraph | undefined;
  private readonly plan: EpochPlan;
  private readonly watch: Pick<Stopwatch, 'seconds'>;
  private readonly between: () => Promise<void>;

  /**
   * @param learner what trains, and where neighbours are kept their graph
   * @param watch tells the seconds at work
   * @param between is awaited after each call of the runner, with the new position to be seen; what it throws ends the loop
   */
  constructor(
    { runner, graph }: Pick<Learner, 'runner' | 'graph'>,
    plan: EpochPlan,
    from: Position,
    watch: Pick<Stopwatch, 'seconds'>,
    between: () => Promise<void>,
  ) {
    this.runner = runner;
    this.graph = graph;
    this.plan = plan;
    this.position = from;
    this.watch = watch;
    this.between = between;
  }

  /** Trains what is left of the epoch. @throws StudioError `engine-failed` saying how far the run came */
  async finishEpoch(): Promise<EpochCosts> {
    const { epoch } = this.position;
    const order = this.plan.orderOf(epoch, this.graph);
    const began = this.watch.seconds - this.position.epochSeconds;
    while (this.position.done < this.plan.stepsPerEpoch) {
      const call = this.plan.callAfter(order, epoch, this.position.done, this.runner.path.stepsPerCall);
      const costs = await this.runSteps(call);
      const { done, costSum } = this.position;
      this.position = {
        epoch,
        done: done + costs.length,
        costSum: costSum + costs.reduce((sum, cost) => sum + cost, 0),
        lastCost: costs.at(-1) ?? Number.NaN,
        epochSeconds: this.watch.seconds - began,
      };
      await this.between();
    }
    const { costSum, lastCost = Number.NaN, epochSeconds: seconds } = this.position;
    const rate = this.plan.rateOf(this.plan.stepsBefore(epoch + 1) - 1);
    return { last: lastCost, mean: costSum / this.plan.stepsPerEpoch, seconds, rate };
  }

  /** All about the epoch has been noted: the next one begins. */
  advance(): void {
    this.position = startOf(this.position.epoch + 1);
  }

  private async runSteps(call: StepCall): Promise<Float32Array> {
    const { epoch } = this.position;
    try {
      return await this.runner.run(call);
    } catch (cause) {
      // These say all that there is to say.
      if (cause instanceof TraineeLost || cause instanceof OutOfMemory) throw cause;
      const kept =
        epoch === 1 ? 'no epoch had ended, so no weights are kept' : `the weights of epoch ${epoch - 1} are kept`;
      throw new StudioError(
        'engine-failed',
        `Training failed in epoch ${epoch}, after ${call.firstStep} steps; ${kept}. ${toErrorData(cause).message}`,
        { cause },
      );
    }
  }
}

/** How far a run has come, and how long the rest will take at the pace of its epoch. */
export function progressAt(runId: string, plan: EpochPlan, position: Position): RunProgress {
  const { epoch, done, lastCost = Number.NaN, epochSeconds } = position;
  const { epochs, stepsPerEpoch } = plan;
  const step = plan.stepsBefore(epoch) + done;
  const all = epochs * stepsPerEpoch;
  const secondsPerStep = epochSeconds / done;
  return {
    runId,
    kind: 'training',
    fraction: step / all,
    epoch,
    epochs,
    step,
    stepsPerEpoch,
    cost: lastCost,
    stepsPerSecond: 1 / secondsPerStep,
    secondsLeft: (all - step) * secondsPerStep,
  };
}

/** The error of an epoch, and which it was. */
export interface Reached {
  readonly error: number;
  readonly epoch: number;
}

/** Early stopping (Prechelt 1998, §2): training ends when so many epochs in a row have brought no improvement worth the name. */
export class Patience {
  private readonly spec: TrainingSpec['earlyStopping'];
  private standard: Reached | undefined;

  /** @param standard what a resumed run had measured its epochs against */
  constructor(spec: TrainingSpec['earlyStopping'], standard?: Reached) {
    this.spec = spec;
    this.standard = standard;
  }

  /** What the next epochs are measured against: kept in checkpoints. */
  get measuredAgainst(): Reached | undefined {
    return this.standard;
  }

  /** Takes note of an epoch's error. */
  tell(epoch: number, error: number): void {
    const least = this.standard === undefined ? Number.POSITIVE_INFINITY : this.standard.error;
    const improvement = Number.isFinite(least) ? (this.spec?.minimumImprovement ?? 0) * Math.abs(least) : 0;
    if (error < least - improvement) this.standard = { error, epoch };
  }

  /** Whether it should once this error of it is told. */
  wouldEndAfter(epoch: number, error: number): boolean {
    const told = new Patience(this.spec, this.standard);
    told.tell(epoch, error);
    return told.isOutAfter(epoch);
  }

  /** Whether training should end after this epoch. */
  isOutAfter(epoch: number): boolean {
    return this.spec !== undefined && this.standard !== undefined && epoch - this.standard.epoch >= this.spec.patience;
  }
}
