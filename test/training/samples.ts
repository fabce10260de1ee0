import { afterEach, beforeEach, vi } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import type { EventName, Events } from '../../electron/contract/contract.ts';
import {
  EXPERIMENT_VERSION,
  type Experiment,
  type ModelSpec,
  type TrainingSpec,
} from '../../electron/domain/experiment.ts';
import type { RunEnded } from '../../electron/domain/words.ts';
import type { ImageSet, LabelledImages } from '../../electron/dataset/image-set.ts';
import { CompiledInference } from '../../electron/engine/graph/compiled-inference.ts';
import { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';
import { EagerRunner, type StepCall, type StepRunner } from '../../electron/engine/step-runner.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import type { CheckpointPolicy } from '../../electron/training/checkpoints.ts';
import { readResumption } from '../../electron/training/resumption.ts';
import type { RunOptions } from '../../electron/training/run-options.ts';
import { TrainingRun } from '../../electron/training/training-run.ts';
import type { TorchPlace } from '../../electron/training/torch/torch-runner.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { modelSpec, noiseImages, trainingSpec } from '../engine/samples.ts';

/** Small images of noise in three classes, unless told to have none. */
export function tinySet(trainingCount: number, testCount = 12, labelled = true): ImageSet {
  const split = (count: number, seed: number): LabelledImages => ({
    images: noiseImages(count, [4, 3, 1], seed),
    ...(labelled ? { labels: Uint8Array.from({ length: count }, (_, index) => index % 3) } : {}),
  });
  return {
    id: 'tiny',
    name: 'Tiny',
    labelNames: labelled ? ['0', '1', '2'] : [],
    training: split(trainingCount, 1),
    test: split(testCount, 2),
  };
}

/** Three epochs of batches of eight by Adam, five images held out; changed by what is given. */
export function experiment(training: Partial<TrainingSpec> = {}, model: Partial<ModelSpec> = {}): Experiment {
  return {
    version: EXPERIMENT_VERSION,
    name: 'Tiny',
    imageSet: 'tiny',
    model: modelSpec({ initialiser: 'glorot-uniform', ...model }),
    training: trainingSpec({
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      learningRate: 0.02,
      batchSize: 8,
      epochs: 3,
      validationCount: 5,
      ...training,
    }),
  };
}

/**
 * XLA takes seconds to compile even a tiny model: lets every compilation fail, so that runs train op by op. (The compiled
 * path's equality with it is test/engine/graph.test.ts; whole compiled runs are compiled-run.test.ts.)
 */
export function withoutCompiler(): void {
  const failure = new StudioError('engine-failed', 'no compiler here');
  beforeEach(() => {
    vi.spyOn(CompiledRunner, 'compile').mockRejectedValue(failure);
    vi.spyOn(CompiledInference, 'compile').mockRejectedValue(failure);
    // Each run says so.
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}

export type Happened = { readonly [E in EventName]: { readonly name: E; readonly payload: Events[E] } }[EventName];

export interface TinyRun {
  readonly run: TrainingRun;
  readonly folder: RunFolder;
  readonly events: Happened[];
}

export interface TinyOptions {
  readonly id?: string;
  /** Hears every event as it happens. */
  readonly listen?: (event: Happened, run: TrainingRun) => void;
  readonly policy?: CheckpointPolicy;
  readonly retryMs?: number;
  readonly torch?: TorchPlace;
  /** In place of what so few steps are trained by. */
  readonly path?: RunOptions['path'];
}

export function tinyRun(dataFolder: string, set: ImageSet, given: Experiment, options: TinyOptions = {}): TinyRun {
  const { id = 'a-run' } = options;
  return opened(RunFolder.under(dataFolder, id), { id, experiment: given, set }, options);
}

/** The run of a folder, taken up again. */
export async function resumedRun(dataFolder: string, set: ImageSet, options: TinyOptions = {}): Promise<TinyRun> {
  const { id = 'a-run' } = options;
  const folder = RunFolder.under(dataFolder, id);
  const resumption = await readResumption(folder);
  return opened(folder, { id, experiment: resumption.experiment, set, resumption }, options);
}

function opened(
  folder: RunFolder,
  given: Pick<RunOptions, 'id' | 'experiment' | 'set' | 'resumption'>,
  { listen, policy, retryMs, torch, path }: TinyOptions,
): TinyRun {
  const events: Happened[] = [];
  const run = new TrainingRun({
    ...given,
    folder,
    ...(policy === undefined ? {} : { policy }),
    ...(retryMs === undefined ? {} : { retryMs }),
    ...(torch === undefined ? {} : { torch }),
    ...(path === undefined ? {} : { path }),
    emit: (name, payload) => {
      const event = { name, payload } as Happened;
      events.push(event);
      listen?.(event, run);
    },
  });
  return { run, folder, events };
}

/** Every epoch's end writes a checkpoint, however soon it comes. */
export const eachEpoch: CheckpointPolicy = { minutes: 5, leastSeconds: 0 };
/** So does every call of the runner. */
export const eachCall: CheckpointPolicy = { minutes: 0, leastSeconds: 0 };

const runners = [EagerRunner, CompiledRunner].map(({ prototype }) => ({ prototype, run: prototype.run }));

/** Calls `act` when the runner has been called so many times from now on, whichever runner it is. */
export function afterCalls(calls: number, act: () => void): void {
  let left = calls;
  for (const { prototype, run } of runners) {
    vi.spyOn(prototype, 'run').mockImplementation(function (this: StepRunner, call: StepCall) {
      const costs = run.call(this as never, call);
      left -= 1;
      if (left === 0) act();
      return costs;
    });
  }
}

export async function train({ run }: TinyRun): Promise<RunEnded> {
  await run.begin();
  return run.train();
}

/** A run from its beginning to its end, in a folder that is gone afterwards; no tensor may be left. */
export async function onRun(
  given: Experiment,
  set: ImageSet,
  body: (tiny: TinyRun, ended: RunEnded) => Promise<void> | void,
): Promise<void> {
  await expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const tiny = tinyRun(data.path, set, given);
    await body(tiny, await train(tiny));
  });
}
