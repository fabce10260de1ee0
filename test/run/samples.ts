import { afterEach, beforeEach, vi } from 'vitest';
import { StudioError } from '../../electron/contract/errors.ts';
import type { EventName, Events } from '../../electron/contract/contract.ts';
import {
  EXPERIMENT_VERSION,
  type Experiment,
  type ModelSpec,
  type TrainingSpec,
} from '../../electron/contract/experiment.ts';
import type { RunEnded } from '../../electron/contract/words.ts';
import type { ImageSet, LabelledImages } from '../../electron/dataset/image-set.ts';
import { CompiledInference } from '../../electron/engine/graph/compiled-inference.ts';
import { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { TrainingRun } from '../../electron/run/training-run.ts';
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

/** @param listen hears every event as it happens */
export function tinyRun(
  dataFolder: string,
  set: ImageSet,
  given: Experiment,
  options: { readonly id?: string; readonly listen?: (event: Happened, run: TrainingRun) => void } = {},
): TinyRun {
  const { id = 'a-run', listen } = options;
  const events: Happened[] = [];
  const folder = RunFolder.under(dataFolder, id);
  const run = new TrainingRun({
    id,
    experiment: given,
    set,
    folder,
    emit: (name, payload) => {
      const event = { name, payload } as Happened;
      events.push(event);
      listen?.(event, run);
    },
  });
  return { run, folder, events };
}

export async function train({ run }: TinyRun): Promise<RunEnded> {
  await run.begin();
  return run.train();
}
