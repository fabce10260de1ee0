import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventName, Events } from '../../electron/contract/contract.ts';
import { MNIST_ID } from '../../electron/domain/ids.ts';
import type { Experiment, TrainingSpec } from '../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import type { RunEnded } from '../../electron/domain/words.ts';
import { sliceImages, splitTraining, type ImageSet, type LabelledImages } from '../../electron/dataset/image-set.ts';
import { readMnist } from '../../electron/dataset/mnist.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { loadModel } from '../../electron/model/weights-file.ts';
import { makeInference } from '../../electron/engine/make-inference.ts';
import { measureValidation } from '../../electron/training/measure.ts';
import type { CheckpointPolicy } from '../../electron/training/checkpoints.ts';
import { readResumption } from '../../electron/training/resumption.ts';
import type { TorchPlace } from '../../electron/training/torch/torch-runner.ts';
import { TrainingRun } from '../../electron/training/training-run.ts';

export const SOURCES = join(import.meta.dirname, '../../resources/cluster');
const ID = 'a-run';
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Few enough of MNIST's digits that every preset is trained for three epochs in minutes. */
export async function fewDigits(): Promise<ImageSet> {
  const whole = await readMnist();
  const first = ({ images, labels }: LabelledImages, count: number): LabelledImages => ({
    images: sliceImages(images, 0, count),
    ...(labels === undefined ? {} : { labels: labels.subarray(0, count) }),
  });
  return { ...whole, training: first(whole.training, 2_000), test: first(whole.test, 200) };
}

/** What every scenario is given. */
export interface Around {
  readonly python: string;
  /** PyTorch's name of what it trains on. */
  readonly device: string;
  /** All that is written lies below it. */
  readonly folder: string;
  readonly set: ImageSet;
  readonly say: (line: string) => void;
}

export const placeOf = ({ python, device }: Around): TorchPlace => ({
  python,
  sources: SOURCES,
  device,
  precision: 'float32',
});

export function presetOf(
  id: string,
  changes: Partial<TrainingSpec> = {},
  shape: Experiment['model']['inputShape'] = [28, 28, 1],
): Experiment {
  const preset = presets.find((each) => each.id === id);
  assert.ok(preset, `no preset ${id}`);
  const base = presetExperiment(preset, MNIST_ID, shape);
  return { ...base, training: { ...base.training, epochs: 3, validationCount: 400, ...changes } };
}

export interface Trained {
  readonly folder: RunFolder;
  readonly ended: RunEnded;
  /** MSE of each epoch on the images held out. */
  readonly curve: readonly number[];
  /** From the start to the first cost. */
  readonly firstMs: number;
  /** Of the last epoch, and of the quickest. */
  readonly stepsPerSecond: number;
  readonly mostStepsPerSecond: number;
}

interface How {
  readonly torch?: TorchPlace;
  /** A folder that holds runs; a new one without. */
  readonly data: string;
  readonly resume?: RunFolder;
  readonly policy?: CheckpointPolicy;
  readonly listen?: <E extends EventName>(name: E, payload: Events[E], run: TrainingRun) => void;
}

/** Trains to the end, as the app does. */
export async function trained(given: Experiment, set: ImageSet, how: How): Promise<Trained> {
  const folder = how.resume ?? RunFolder.under(await mkdtemp(join(how.data, 'data-')), ID);
  const resumption = how.resume === undefined ? {} : { resumption: await readResumption(folder) };
  const began = performance.now();
  let firstMs = Number.NaN;
  const run: TrainingRun = new TrainingRun({
    id: ID,
    experiment: given,
    set,
    folder,
    ...resumption,
    ...(how.torch === undefined ? {} : { torch: how.torch }),
    ...(how.policy === undefined ? {} : { policy: how.policy }),
    retryMs: 100,
    emit: (name, payload) => {
      const isTraining = name === 'run:progressed' && (payload as Events['run:progressed']).kind === 'training';
      if (isTraining && Number.isNaN(firstMs)) firstMs = performance.now() - began;
      how.listen?.(name, payload, run);
    },
  });
  await run.begin();
  const ended = await run.train();
  const { metrics } = await folder.readMetrics();
  return {
    folder,
    ended,
    curve: metrics.map(({ validationMse }) => validationMse ?? Number.NaN),
    firstMs,
    stepsPerSecond: metrics.at(-1)?.stepsPerSecond ?? 0,
    mostStepsPerSecond: Math.max(0, ...metrics.map(({ stepsPerSecond }) => stepsPerSecond)),
  };
}

/** The best weights' MSE on the images held out, by the engine. */
export async function measuredHere({ folder }: Trained, set: ImageSet, given: Experiment): Promise<number> {
  const network = await loadModel(folder.modelFolder('best'));
  const inference = await makeInference(network, () => undefined);
  try {
    const { validation } = splitTraining(set.training, given.training.validationCount);
    return (await measureValidation(inference, validation, breathe)).validationMse ?? Number.NaN;
  } finally {
    inference.dispose();
    network.dispose();
  }
}
