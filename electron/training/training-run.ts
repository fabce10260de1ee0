import { toErrorData } from '../domain/errors.ts';
import { checkForTorch } from '../domain/torch-limits.ts';
import type { RunPlace } from '../contract/runs.ts';
import type { EpochMetrics, RunEnded, RunProgress, TestMetrics } from '../domain/words.ts';
import { splitTraining, type LabelledImages } from '../dataset/image-set.ts';
import { loadWeights, saveModel } from '../model/weights-file.ts';
import { checkFits, checkTensors } from './check-fits.ts';
import { Checkpoints, differenceOf, engineOf, usualPolicy } from './checkpoints.ts';
import { breathe, throttled } from './emit.ts';
import { EpochEnd, type EndedEpoch } from './epoch-end.ts';
import { EpochLoop, Patience, progressAt, startOf, type Position } from './epoch-loop.ts';
import { EpochPlan } from './epoch-plan.ts';
import { Learner, type Between } from './learner.ts';
import { Diverged } from './measure.ts';
import { fingerprintOf } from './measured-weights.ts';
import { KeptModels } from './kept-models.ts';
import { positionOf, takeBack } from './resumption.ts';
import { RunMeasures, type Measured } from './run-measures.ts';
import { RunControl, RunGate, Stopped, Stopwatch } from './run-gate.ts';
import type { RunOptions } from './run-options.ts';
import { outcomeOf } from './run-outcome.ts';
import { RunStart } from './run-start.ts';
import { writeNeighbours } from '../files/merit-file.ts';
import { RunNotes } from '../files/run-notes.ts';

/** One training of an experiment, from its first step, or from a checkpoint, to its last file. */
export class TrainingRun {
  readonly id: string;
  private readonly options: RunOptions;
  private readonly training: LabelledImages;
  private readonly validation: LabelledImages;
  private readonly plan: EpochPlan;
  private readonly control = new RunControl();
  private readonly notes: RunNotes;
  private readonly gate: RunGate;
  private readonly checkpoints: Checkpoints;
  private readonly patience: Patience;
  private readonly watch: Stopwatch;
  private readonly models: KeptModels;
  private readonly measures: RunMeasures;
  private readonly ends: EpochEnd;
  private readonly progress: (message: RunProgress) => void;
  private position: () => Position;
  /** Writes where the run stands; while there is nothing to be written, nothing. */
  private save: () => Promise<void> = () => Promise.resolve();

  /** @throws StudioError `bad-spec` where the experiment, or the checkpoint, does not fit the image set. */
  constructor(options: RunOptions) {
    const { id, experiment, set, folder, emit, resumption, policy = usualPolicy, retryMs = 30_000 } = options;
    const { from } = resumption ?? {};
    this.id = id;
    this.options = options;
    checkFits(experiment, set, from);
    if (options.torch === undefined) checkTensors(experiment);
    else checkForTorch(experiment);
    const { training, validation } = splitTraining(set.training, experiment.training.validationCount);
    this.training = training;
    this.validation = validation;
    this.plan = new EpochPlan(experiment.training, training.images.count);
    this.patience = new Patience(experiment.training.earlyStopping, from?.note.patience);
    const { plan } = this;
    const breathe = (): Promise<void> => this.breathe();
    this.measures = new RunMeasures({ runId: id, experiment, set, training, validation, plan, breathe });
    const start = resumption === undefined ? startOf(1) : positionOf(resumption);
    this.position = () => start;
    this.notes = new RunNotes(folder, id, resumption?.state);
    this.checkpoints = new Checkpoints(folder, id, this.plan, policy, from?.folder);
    this.watch = new Stopwatch(from?.note.secondsSinceStart);
    const { control, notes, watch } = this;
    this.gate = new RunGate({ control, notes, watch, emit, place: () => this.place, retryMs });
    this.models = new KeptModels(folder, policy.mostShare ?? Infinity, (write) => this.gate.persist(write));
    const { models, patience, measures, gate } = this;
    const parts = { folder, plan, measures, models, patience, watch, gate, control };
    this.ends = new EpochEnd({ ...parts, ...(from?.note.best === undefined ? {} : { best: from.note.best }) });
    this.progress = throttled((message: RunProgress) => emit('run:progressed', message));
  }

  /** Takes effect within one call of the step runner, or at the end of the epoch. */
  stop(when: 'now' | 'after-epoch' = 'now'): void {
    this.control.stop(when);
  }

  /** Takes effect within one call of the step runner; what it computes with stays in memory. */
  pause(): void {
    this.control.pause();
  }

  /** Lets a paused run go on, or try the disk again. */
  resume(): void {
    this.control.resume();
  }

  /** Makes the run's folder, or brings it back to its checkpoint, and tells that the run has begun. */
  async begin(): Promise<void> {
    const { folder, experiment, emit, resumption } = this.options;
    let kept: readonly EpochMetrics[] = [];
    if (resumption === undefined) await folder.create(experiment, this.notes.current);
    else {
      kept = await takeBack(folder, resumption);
      await folder.writeState(this.notes.current);
    }
    emit('run:started', await this.notes.record(experiment, kept));
  }

  /** Trains to the end, or until stopped or failed; what happened is in the run's folder and in the answer, never thrown. */
  async train(): Promise<RunEnded> {
    let ended: RunEnded;
    try {
      const test = await this.trainAll();
      await this.gate.persist(() => this.notes.write({ status: 'finished', test }));
      ended = { runId: this.id, status: 'finished', test };
    } catch (error) {
      ended = await this.endBadly(error);
      if (error instanceof Diverged) await this.forget();
    }
    if (ended.status === 'finished') await this.forget();
    this.options.emit('run:ended', ended);
    return ended;
  }

  private async endBadly(error: unknown): Promise<RunEnded> {
    const outcome = outcomeOf(error);
    try {
      await this.notes.write(outcome);
      return { runId: this.id, ...outcome };
    } catch (unwritten) {
      // The state is lost too if its file cannot be written; the next start then lists the run as interrupted.
      return { runId: this.id, status: 'failed', problem: toErrorData(unwritten).message };
    }
  }

  /** Nobody can go on from here. Checkpoints that cannot be removed do no harm. */
  private async forget(): Promise<void> {
    await this.checkpoints.clear().catch(() => undefined);
  }

  private async trainAll(): Promise<TestMetrics> {
    const { experiment, resumption } = this.options;
    await this.announce(0, 'Building the model');
    const { images } = this.training;
    const report = (problem: string): void => void process.stderr.write(`${problem}\n`);
    const from = resumption?.from?.note;
    const path = from?.engine.path ?? this.options.path;
    const between: Between = (fraction, message) =>
      this.breathe({ runId: this.id, kind: 'preparing', fraction, message });
    const start = new RunStart({
      options: this.options,
      data: { training: images, validation: this.validation.images },
      measures: this.measures,
      ends: this.ends,
      gate: this.gate,
      step: () => this.place.step,
      announce: (fraction, message) => this.announce(fraction, message),
      tell: (ended) => this.tell(ended),
      between,
    });
    const asBefore = () => Promise.resolve(from?.unchangedImages !== true);
    const begins = from === undefined ? (begun: Measured) => start.prepare(begun) : asBefore;
    const { plan, training } = this;
    const { elsewhere } = start;
    const learner = await Learner.create(experiment, training, plan, report, path, between, begins, elsewhere);
    try {
      await this.takeUp(learner);
      const loop = new EpochLoop(learner, this.plan, this.position(), this.watch, () => this.betweenCalls());
      this.position = () => loop.position;
      this.save = () => this.checkpoint(learner);
      // What was worked out before the first step is not worked out again, should the run be cut off in its first epoch.
      if (experiment.training.pretraining ?? experiment.training.start) await this.gate.persist(this.save);
      await this.trainEpochs(learner, loop);
      return await this.measure(learner);
    } finally {
      this.save = () => Promise.resolve();
      this.models.dispose();
      await learner.dispose();
    }
  }

  /** Lets messages in, but none of them take effect yet: what is stopped now is kept as a model that has learnt nothing. */
  private async announce(fraction: number, message: string): Promise<void> {
    this.progress({ runId: this.id, kind: 'preparing', fraction, message });
    await breathe();
  }

  /** Brings the checkpoint's state into the runner, and tells how the run trains from now on. */
  private async takeUp({ runner }: Learner): Promise<void> {
    const { emit, resumption } = this.options;
    const path = this.notes.pathOf(runner.path);
    const from = resumption?.from;
    let inexact: string | undefined;
    if (from !== undefined) {
      await from.folder.readState(from.note, runner.state, (part, values) => runner.write(part, values));
      await this.gate.persist(async () => runner.pull());
      inexact = this.notes.inexactFrom(this.place.step, differenceOf(from.note.engine, engineOf(runner)));
    }
    const said = inexact === undefined ? {} : { inexact };
    await this.gate.persist(() => this.notes.write({ path, ...said }));
    emit('run:path-chosen', { runId: this.id, path });
    if (resumption) emit('run:resumed', { ...this.place, ...said, problems: resumption.problems });
  }

  private async trainEpochs(learner: Learner, loop: EpochLoop): Promise<void> {
    const isDone = (): boolean =>
      loop.position.epoch > this.plan.epochs || this.patience.isOutAfter(loop.position.epoch - 1);
    try {
      while (!isDone()) {
        const costs = await loop.finishEpoch();
        await this.gate.persist(async () => learner.runner.pull());
        const told = await this.ends.write(learner, loop.position.epoch, this.place.step, costs);
        loop.advance();
        if (this.checkpoints.isDueAfterEpoch) await this.gate.persist(this.save);
        // Only now: windows are told what is on the disk, weights that wait for their time aside.
        this.tell(told);
        if (this.control.stopsAfterEpoch && !isDone()) throw new Stopped();
      }
      await this.models.write();
      await this.gate.persist(this.save);
    } catch (error) {
      if (error instanceof Stopped) await this.keep(learner, error);
      // What cannot be written is not what has gone wrong.
      else await this.models.write().catch(() => undefined);
      throw error;
    }
  }

  private tell({ metrics, snapshot }: EndedEpoch): void {
    if (snapshot !== undefined) this.options.emit('run:snapshot-taken', snapshot);
    this.options.emit('run:epoch-ended', { runId: this.id, metrics });
  }

  /** What was learnt up to a stop is kept; nobody waits for room on the disk. */
  private async keep(learner: Learner, stop: Stopped): Promise<void> {
    try {
      await learner.runner.pull();
      await this.models.write();
      const { epoch, done } = this.position();
      const epochs = epoch - 1 + done / this.plan.stepsPerEpoch;
      await saveModel(learner.network, this.options.folder.modelFolder('last'), epochs);
      await this.checkpoint(learner);
    } catch (error) {
      throw new Stopped(stop.problem ?? toErrorData(error).message);
    }
  }

  private async betweenCalls(): Promise<void> {
    await this.breathe(progressAt(this.id, this.plan, this.position()));
    if (this.checkpoints.isDue) await this.gate.persist(this.save);
  }

  /** Lets messages in; one of them may be to stop or to pause. */
  private readonly breathe = async (progress?: RunProgress): Promise<void> => {
    if (progress) this.progress(progress);
    await breathe();
    await this.gate.pass(this.save);
  };

  private async checkpoint({ runner, augments }: Learner): Promise<void> {
    const { best } = this.ends;
    const position = this.position();
    // Of a run that has diverged; the one before still holds numbers.
    if (!Number.isFinite(position.costSum)) return;
    // It takes the best weights along.
    await this.models.write();
    const patience = this.patience.measuredAgainst;
    await this.checkpoints.write(runner, {
      position,
      secondsSinceStart: this.watch.seconds,
      augments,
      ...(best === undefined ? {} : { best }),
      ...(patience === undefined ? {} : { patience }),
    });
  }

  private get place(): RunPlace {
    const { epoch, done } = this.position();
    return { runId: this.id, epoch, step: this.plan.stepsBefore(epoch) + done };
  }

  private async measure(learner: Learner): Promise<TestMetrics> {
    const { folder, set, emit } = this.options;
    emit('run:progressed', { runId: this.id, kind: 'measuring', fraction: 0, message: 'Measuring on the test images' });
    await loadWeights(learner.network, folder.modelFolder('best'));
    const epoch = this.ends.best?.epoch ?? 0;
    // Pictures beside figures are of the same weights.
    if (!(await folder.snapshotEpochs()).includes(epoch)) {
      const snapshot = await this.measures.snapshot(learner, epoch);
      await this.gate.persist(() => folder.writeKeptPictures(snapshot));
    }
    const test = await this.measures.test(learner, epoch);
    const { neighbourAccuracy } = test;
    if (neighbourAccuracy !== undefined) {
      // For the figures of merit, which take as long again.
      const fingerprint = fingerprintOf(learner.network, set);
      await this.gate.persist(() => writeNeighbours(folder, fingerprint, neighbourAccuracy));
    }
    return test;
  }
}
