import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import type { Events } from '../../electron/contract/contract.ts';
import { readMnist } from '../../electron/dataset/mnist.ts';
import { splitTraining, type ImageSet } from '../../electron/dataset/image-set.ts';
import type { TestMetrics } from '../../electron/domain/words.ts';
import type { Inference } from '../../electron/engine/inference.ts';
import { makeInference } from '../../electron/engine/make-inference.ts';
import { ImageSets } from '../../electron/engine-process/image-sets.ts';
import { meritOf } from '../../electron/engine-process/models/merit.ts';
import { TrainedModel } from '../../electron/engine-process/models/trained-model.ts';
import { removeFolder, writeWhole } from '../../electron/files/atomic.ts';
import { toHalf } from '../../electron/files/half-precision.ts';
import { writeArchive } from '../../electron/files/run-archive.ts';
import { RunFolder, type RunState } from '../../electron/files/run-folder.ts';
import { decodeSafetensors, encodeSafetensors } from '../../electron/files/safetensors.ts';
import { weightsPath } from '../../electron/model/weights-file.ts';
import { breathe } from '../../electron/training/emit.ts';
import { measureTest, takeSnapshot } from '../../electron/training/measure.ts';
import { TrainingRun } from '../../electron/training/training-run.ts';
import type { SampleRecipe } from './recipes.ts';

/**
 * Trains a sample, stores its floats in half precision, measures what is left of it, and writes it as an archive.
 * @param dataFolder where its run is trained
 * @returns the figures on the test images, of the weights as they ship
 */
export async function packSample(
  recipe: SampleRecipe,
  dataFolder: string,
  archive: string,
  say: (line: string) => void,
): Promise<TestMetrics> {
  const set = await readMnist();
  const folder = RunFolder.under(dataFolder, recipe.id);
  await train(recipe, set, folder, say);
  await removeFolder(folder.modelFolder('last'));
  await halve(weightsPath(folder.modelFolder('best')));
  await thinSnapshots(folder, recipe.snapshots);
  const trained = await folder.readState();
  const epoch = trained.test?.epoch ?? 0;
  await takeKeptPictures(recipe.id, set, folder, dataFolder, epoch);
  const test = await measure(recipe, set, folder, dataFolder, epoch);
  await folder.writeState(shipped(trained, test));
  await writeArchive(folder, archive);
  return test;
}

const report = (problem: string): void => void process.stderr.write(`${problem}\n`);

async function train({ id, experiment }: SampleRecipe, set: ImageSet, folder: RunFolder, say: (line: string) => void) {
  const run = new TrainingRun({
    id,
    experiment,
    set,
    folder,
    emit: (name, payload) => {
      if (name !== 'run:epoch-ended') return;
      const { epoch, validationSquaredError, secondsSinceStart } = (payload as Events['run:epoch-ended']).metrics;
      say(`  epoch ${epoch}: validation ${validationSquaredError?.toFixed(2)}, ${secondsSinceStart.toFixed(0)} s`);
    },
  });
  await run.begin();
  const { status, problem } = await run.train();
  if (status !== 'finished') throw new Error(`${id}: ${status}. ${problem ?? ''}`);
}

/** Every float of a safetensors file in half precision. */
async function halve(path: string): Promise<void> {
  const { tensors, metadata } = decodeSafetensors(await readFile(path), path);
  const halved = Object.entries(tensors).map(([name, { shape, data }]) => [
    name,
    { shape, data: data instanceof Float32Array ? toHalf(data) : data },
  ]);
  await writeWhole(path, encodeSafetensors(Object.fromEntries(halved), metadata));
}

/** Keeps so many snapshots, evenly chosen, the first and the last among them. */
async function thinSnapshots(folder: RunFolder, most: number): Promise<void> {
  const epochs = await folder.snapshotEpochs();
  const kept = new Set(
    Array.from({ length: most }, (_, place) => epochs[Math.round((place * (epochs.length - 1)) / (most - 1))]),
  );
  for (const epoch of epochs) {
    const path = folder.snapshotPath(epoch);
    if (kept.has(epoch)) await halve(path);
    else await removeFolder(path);
  }
}

/** Works with the weights as they are stored now. */
async function withBest<T>(
  run: RunFolder,
  dataFolder: string,
  work: (model: TrainedModel, inference: Inference) => Promise<T>,
): Promise<T> {
  const surroundings = { imageSets: new ImageSets(dataFolder), breathe, report };
  const model = await TrainedModel.load({ folder: run.modelFolder('best'), run }, surroundings);
  try {
    const inference = await makeInference(model.network, report);
    try {
      return await work(model, inference);
    } finally {
      inference.dispose();
    }
  } finally {
    model.dispose();
  }
}

/** What the weights make of the examples, and where they lay their codes: the pictures that stand for the run. */
function takeKeptPictures(id: string, set: ImageSet, run: RunFolder, dataFolder: string, epoch: number): Promise<void> {
  return withBest(run, dataFolder, async ({ network }, inference) => {
    const snapshot = await takeSnapshot(network, inference, set, id, epoch, breathe);
    const isThere = (await run.snapshotEpochs()).includes(epoch);
    await (isThere ? run.writeSnapshot(snapshot) : run.writeKeptPictures(snapshot));
  });
}

/** The test figures of the weights; the figures of merit are left in the run's folder. */
function measure(
  { experiment }: SampleRecipe,
  set: ImageSet,
  run: RunFolder,
  dataFolder: string,
  epoch: number,
): Promise<TestMetrics> {
  return withBest(run, dataFolder, async (model, inference) => {
    await meritOf(model, 'best', join(dataFolder, 'cache'));
    const { training } = splitTraining(set.training, experiment.training.validationCount);
    return measureTest(inference, set, training, experiment.model.code.size, epoch, breathe);
  });
}

/** No process of anybody's has trained it. */
function shipped(state: RunState, test: TestMetrics): RunState {
  const sample: RunState = { ...state, processId: 0, sample: true, test };
  delete sample.processMark;
  return sample;
}
