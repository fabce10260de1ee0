import type { Experiment } from '../contract/experiment.ts';
import { StudioError, toErrorData } from '../contract/errors.ts';
import type { EpochMetrics, RunEnded, RunProgress, TestMetrics } from '../contract/words.ts';
import { splitTraining, type ImageSet, type LabelledImages } from '../dataset/image-set.ts';
import { learningRateAt } from '../engine/schedule.ts';
import { shuffled } from '../engine/shuffle.ts';
import type { StepCall, StepRunner } from '../engine/step-runner.ts';
import type { RunFolder, RunState } from '../files/run-folder.ts';
import { loadWeights, saveModel } from '../model/weights-file.ts';
import { breathe, throttled, type Emit } from './emit.ts';
import { Learner } from './learner.ts';
import { measureTest, measureValidation, takeSnapshot } from './measure.ts';

/** Thrown through the loop when somebody asked to stop. */
class Stopped extends Error {}

interface EpochCosts {
  readonly last: number;
  readonly mean: number;
  readonly seconds: number;
  readonly rate: number;
}

/** One training of an experiment, from its first step to its last file. */
export class TrainingRun {
  readonly id: string;
  private readonly experiment: Experiment;
  private readonly set: ImageSet;
  private readonly folder: RunFolder;
  private readonly emit: Emit;
  private readonly progress: (message: RunProgress) => void;
  private readonly training: LabelledImages;
  private readonly validation: LabelledImages;
  private readonly batchSize: number;
  private readonly lastBatchSize: number;
  private readonly stepsPerEpoch: number;
  private readonly startedAt = new Date();
  private state: RunState;
  private stopAsked = false;
  private best = { error: Number.POSITIVE_INFINITY, epoch: 0 };

  /** @throws StudioError `bad-spec` where the experiment does not fit the image set. */
  constructor(options: { id: string; experiment: Experiment; set: ImageSet; folder: RunFolder; emit: Emit }) {
    ({ id: this.id, experiment: this.experiment, set: this.set, folder: this.folder, emit: this.emit } = options);
    checkFits(this.experiment, this.set);
    const { training, validation } = splitTraining(this.set.training, this.experiment.training.validationCount);
    this.training = training;
    this.validation = validation;
    // A set smaller than one batch is one batch.
    this.batchSize = Math.min(this.experiment.training.batchSize, training.images.count);
    const keepsAll = this.experiment.training.lastPartialBatch === 'keep';
    this.lastBatchSize = keepsAll ? training.images.count % this.batchSize : 0;
    this.stepsPerEpoch = Math.floor(training.images.count / this.batchSize) + (this.lastBatchSize > 0 ? 1 : 0);
    this.progress = throttled((message: RunProgress) => this.emit('run:progressed', message));
    this.state = {
      version: 1,
      id: this.id,
      startedAt: this.startedAt.toISOString(),
      status: 'running',
      processId: process.pid,
    };
  }

  /** Takes effect within one call of the step runner. */
  stop(): void {
    this.stopAsked = true;
  }

  /** Makes the run's folder and tells that it has begun. */
  async begin(): Promise<void> {
    await this.folder.create(this.experiment, this.state);
    const { name, preset, imageSet, model, training } = this.experiment;
    this.emit('run:started', {
      summary: {
        id: this.id,
        name,
        ...(preset === undefined ? {} : { preset }),
        imageSet,
        status: 'running',
        startedAt: this.state.startedAt,
        epochs: training.epochs,
        epochsDone: 0,
        codeSize: model.code.size,
        seed: training.seed,
      },
      experiment: this.experiment,
      metrics: [],
      snapshotEpochs: [],
      hasModel: false,
    });
  }

  /** Trains to the end, or until stopped or failed; what happened is in the run's folder and in the answer, never thrown. */
  async train(): Promise<RunEnded> {
    let ended: RunEnded;
    try {
      const test = await this.trainAll();
      ended = { runId: this.id, status: 'finished', test };
    } catch (error) {
      ended =
        error instanceof Stopped
          ? { runId: this.id, status: 'stopped' }
          : { runId: this.id, status: 'failed', problem: toErrorData(error).message };
    }
    const { status, test, problem } = ended;
    this.state = { ...this.state, status, ...(test ? { test } : {}), ...(problem ? { problem } : {}) };
    // The state is lost too if its file cannot be written; the next start then lists the run as interrupted.
    await this.folder.writeState(this.state).catch((error: unknown) => {
      ended = { ...ended, status: 'failed', problem: toErrorData(error).message };
    });
    this.emit('run:ended', ended);
    return ended;
  }

  private async trainAll(): Promise<TestMetrics> {
    this.emit('run:progressed', { runId: this.id, kind: 'preparing', fraction: 0, message: 'Building the model' });
    await breathe();
    const report = (problem: string): void => void process.stderr.write(`${problem}\n`);
    const learner = await Learner.create(
      this.experiment,
      this.training.images,
      this.batchSize,
      this.lastBatchSize,
      report,
    );
    try {
      const { path } = learner.runner;
      this.state = { ...this.state, path };
      await this.folder.writeState(this.state);
      this.emit('run:path-chosen', { runId: this.id, path });
      await this.trainEpochs(learner);
      return await this.measure(learner);
    } finally {
      learner.dispose();
    }
  }

  private async trainEpochs(learner: Learner): Promise<void> {
    const { epochs } = this.experiment.training;
    try {
      for (let epoch = 1; epoch <= epochs; epoch += 1) {
        const costs = await this.trainEpoch(learner.runner, epoch);
        learner.runner.pull();
        await this.endEpoch(learner, epoch, costs);
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      // What was learnt up to the stop is kept.
      learner.runner.pull();
      await saveModel(learner.network, this.folder.modelFolder('last'));
      throw error;
    }
  }

  private async trainEpoch(runner: StepRunner, epoch: number): Promise<EpochCosts> {
    const { seed } = this.experiment.training;
    const order = shuffled(this.training.images.count, seed, epoch);
    const first = (epoch - 1) * this.stepsPerEpoch;
    const started = performance.now();
    let sum = 0;
    let last = Number.NaN;
    let rate = 0;
    for (let done = 0; done < this.stepsPerEpoch;) {
      const steps = this.stepsInCall(runner, done);
      const learningRates = Float32Array.from({ length: steps }, (_, index) =>
        learningRateAt(first + done + index, this.stepsPerEpoch, this.experiment.training),
      );
      const from = done * this.batchSize;
      const indices = order.subarray(from, Math.min(from + steps * this.batchSize, order.length));
      const batchSize = indices.length / steps;
      const costs = this.runSteps(runner, epoch, { indices, batchSize, learningRates, firstStep: first + done });
      sum += costs.reduce((total, cost) => total + cost, 0);
      last = costs.at(-1) ?? Number.NaN;
      rate = learningRates.at(-1) ?? 0;
      done += steps;
      this.report(epoch, first + done, last, (performance.now() - started) / 1000 / done);
      await this.breathe();
    }
    const seconds = (performance.now() - started) / 1000;
    return { last, mean: sum / this.stepsPerEpoch, seconds, rate };
  }

  /** @throws StudioError `engine-failed` saying how far the run came and what is kept of it */
  private runSteps(runner: StepRunner, epoch: number, call: StepCall): Float32Array {
    try {
      return runner.run(call);
    } catch (cause) {
      const kept =
        epoch === 1 ? 'no epoch had ended, so no weights are kept' : `the weights of epoch ${epoch - 1} are kept`;
      throw new StudioError(
        'engine-failed',
        `Training failed in epoch ${epoch}, after ${call.firstStep} steps; ${kept}. ${toErrorData(cause).message}`,
        { cause },
      );
    }
  }

  /** As many steps as the runner takes at once; a last partial batch is a call of its own. */
  private stepsInCall(runner: StepRunner, done: number): number {
    const wholeBatches = Math.floor(this.training.images.count / this.batchSize);
    return Math.max(1, Math.min(runner.path.stepsPerCall, wholeBatches - done));
  }

  private async endEpoch(learner: Learner, epoch: number, costs: EpochCosts): Promise<void> {
    const { network } = learner;
    const inference = await learner.inference();
    const validation = await measureValidation(inference, this.validation, this.breathe);
    const metrics: EpochMetrics = {
      epoch,
      step: epoch * this.stepsPerEpoch,
      secondsSinceStart: (Date.now() - this.startedAt.getTime()) / 1000,
      lastBatchCost: costs.last,
      trainingCost: costs.mean,
      ...validation,
      stepsPerSecond: this.stepsPerEpoch / costs.seconds,
      learningRate: costs.rate,
    };
    const error = validation.validationMse ?? costs.mean;
    if (!Number.isFinite(costs.mean) || !Number.isFinite(error)) {
      await this.folder.addMetrics(metrics);
      throw new StudioError(
        'engine-failed',
        `The cost became ${costs.mean + error} in epoch ${epoch}. Try a smaller learning rate.`,
      );
    }
    // First of all, because it throws where the weights are no longer numbers.
    const snapshot = await takeSnapshot(network, inference, this.set, this.id, epoch, this.breathe);
    if (error < this.best.error) {
      this.best = { error, epoch };
      await saveModel(network, this.folder.modelFolder('best'));
    }
    await saveModel(network, this.folder.modelFolder('last'));
    await this.folder.writeSnapshot(snapshot);
    await this.folder.addMetrics(metrics);
    this.emit('run:snapshot-taken', snapshot);
    this.emit('run:epoch-ended', { runId: this.id, metrics });
  }

  /** Lets messages in; one of them may be to stop. */
  private readonly breathe = async (): Promise<void> => {
    await breathe();
    if (this.stopAsked) throw new Stopped();
  };

  private report(epoch: number, step: number, cost: number, secondsPerStep: number): void {
    const { epochs } = this.experiment.training;
    const all = epochs * this.stepsPerEpoch;
    this.progress({
      runId: this.id,
      kind: 'training',
      fraction: step / all,
      epoch,
      epochs,
      step,
      stepsPerEpoch: this.stepsPerEpoch,
      cost,
      stepsPerSecond: 1 / secondsPerStep,
      secondsLeft: (all - step) * secondsPerStep,
    });
  }

  private async measure(learner: Learner): Promise<TestMetrics> {
    const message = 'Measuring on the test images';
    this.emit('run:progressed', { runId: this.id, kind: 'measuring', fraction: 0, message });
    await loadWeights(learner.network, this.folder.modelFolder('best'));
    const { size } = this.experiment.model.code;
    return measureTest(await learner.inference(), this.set, this.training, size, this.best.epoch, this.breathe);
  }
}

function checkFits(experiment: Experiment, set: ImageSet): void {
  const { height, width, channels, count } = set.training.images;
  const found = experiment.model.inputShape.join(' × ');
  const expected = `${height} × ${width} × ${channels}`;
  if (found !== expected) {
    throw new StudioError(
      'bad-spec',
      `model.inputShape must be ${expected}, the size of ${set.name}'s images, found ${found}.`,
    );
  }
  const { validationCount } = experiment.training;
  if (validationCount >= count) {
    throw new StudioError(
      'bad-spec',
      `training.validationCount must be less than the ${count} training images of ${set.name}, found ${validationCount}.`,
    );
  }
}
