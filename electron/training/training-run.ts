import { join } from 'node:path';
import type { Experiment } from '../domain/experiment.ts';
import { toErrorData } from '../domain/errors.ts';
import { checkForTorch } from '../domain/torch-limits.ts';
import type { RunPlace } from '../contract/runs.ts';
import type { EpochMetrics, RunEnded, RunProgress, TestMetrics } from '../domain/words.ts';
import { splitTraining, type ImageSet, type LabelledImages } from '../dataset/image-set.ts';
import type { RunFolder } from '../files/run-folder.ts';
import { loadWeights, saveModel } from '../model/weights-file.ts';
import { checkFits, checkTensors } from './check-fits.ts';
import { Checkpoints, differenceOf, engineOf, usualPolicy, type CheckpointPolicy } from './checkpoints.ts';
import { breathe, throttled, type Emit } from './emit.ts';
import { EpochEnd, type EndedEpoch } from './epoch-end.ts';
import { EpochLoop, Patience, progressAt, startOf, type Position } from './epoch-loop.ts';
import { EpochPlan } from './epoch-plan.ts';
import { setFirstWeights } from './first-weights.ts';
import { Learner, type Between, type MakeTrainer } from './learner.ts';
import { Diverged } from './measure.ts';
import { KeptModels } from './kept-models.ts';
import { positionOf, takeBack, type Resumption } from './resumption.ts';
import { RunMeasures, type Measured } from './run-measures.ts';
import { RunControl, RunGate, Stopped, Stopwatch } from './run-gate.ts';
import { outcomeOf } from './run-outcome.ts';
import { RunNotes } from '../files/run-notes.ts';
import { TorchRunner, type TorchPlace } from './torch/torch-runner.ts';

export interface RunOptions {
  readonly id: string;
  readonly experiment: Experiment;
  readonly set: ImageSet;
  readonly folder: RunFolder;
  readonly emit: Emit;
  /** Folder of the model whose weights it begins with; without one they are drawn. */
  readonly startFrom?: string;
  /** Of a run that is taken up again. */
  readonly resumption?: Resumption;
  /** Trained through PyTorch, by that Python on that device. */
  readonly torch?: TorchPlace;
  readonly policy?: CheckpointPolicy;
  /** How long a run that the disk has no room for waits before it tries again by itself. */
  readonly retryMs?: number;
}

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
    const { plan, breathe } = this;
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
    const { experiment, resumption, startFrom } = this.options;
    await this.announce(0, 'Building the model');
    const { batchSize, lastBatchSize } = this.plan;
    const { images } = this.training;
    const report = (problem: string): void => void process.stderr.write(`${problem}\n`);
    const path = resumption?.from?.note.engine.path;
    const between: Between = (fraction, message) =>
      this.breathe({ runId: this.id, kind: 'preparing', fraction, message });
    const data = { training: images, validation: this.validation.images };
    const prepare = async (begun: Measured): Promise<boolean> => {
      const { network } = begun;
      const onPca = (): Promise<void> => this.showPca(begun);
      const augments = await setFirstWeights({ network, experiment, ...data, startFrom, onPca, between });
      // Pictures are there before what trains further is compiled, which takes longer the larger they are.
      if (experiment.training.start === 'pca') await this.measureStart(begun);
      await this.announce(0.9, 'Compiling the training steps');
      return augments;
    };
    const asBefore = () => Promise.resolve(resumption?.from?.note.unchangedImages !== true);
    const begins = path === undefined ? prepare : asBefore;
    const sizes = [batchSize, lastBatchSize] as const;
    const elsewhere = this.options.torch === undefined ? undefined : this.startTorch(this.options.torch, between);
    const learner = await Learner.create(experiment, this.training, ...sizes, report, path, between, begins, elsewhere);
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
      await learner.dispose();
    }
  }

  /** Lets messages in, but none of them take effect yet: what is stopped now is kept as a model that has learnt nothing. */
  private async announce(fraction: number, message: string): Promise<void> {
    this.progress({ runId: this.id, kind: 'preparing', fraction, message });
    await breathe();
  }

  private startTorch(place: TorchPlace, between: Between): MakeTrainer {
    const { experiment, set, folder } = this.options;
    const { images, imagesPath } = set.training;
    const message = 'Starting PyTorch';
    return (network, state, training) =>
      TorchRunner.start({
        place,
        network,
        experiment: { ...experiment, training },
        state,
        images,
        ...(imagesPath === undefined ? {} : { imagesPath }),
        folder: join(folder.path, 'trainee'),
        between: () => between(0.5, message),
      });
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

  /** What PCA makes of the pictures is shown at once: of large ones the rest of the start takes ten times as long. */
  private async showPca(begun: Measured): Promise<void> {
    const { folder, emit } = this.options;
    const snapshot = await this.measures.snapshot(begun, 0);
    await this.gate.persist(() => folder.writeSnapshot(snapshot));
    emit('run:snapshot-taken', snapshot);
  }

  /** A closed form is a model already: it is measured, shown and kept as epoch 0, and training has to do better. */
  private async measureStart(learner: Measured): Promise<void> {
    const cost = await this.measures.trainingCost(learner);
    this.tell(await this.ends.write(learner, 0, this.place.step, { last: cost, mean: cost, seconds: 0, rate: 0 }));
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
    const { folder, emit } = this.options;
    emit('run:progressed', { runId: this.id, kind: 'measuring', fraction: 0, message: 'Measuring on the test images' });
    await loadWeights(learner.network, folder.modelFolder('best'));
    return this.measures.test(learner, this.ends.best?.epoch ?? 0);
  }
}
