import { join } from 'node:path';
import { StudioError } from '../../domain/errors.ts';
import { EXPERIMENT_VERSION, type Experiment, type ModelSpec } from '../../domain/experiment.ts';
import { NO_IMAGE_SET } from '../../contract/imported-models.ts';
import { presets } from '../../domain/presets.ts';
import { heldOut } from '../../domain/recipe.ts';
import { splitTraining, type ImageSet } from '../../dataset/image-set.ts';
import { stopIfAsked } from '../../dataset/import/listing.ts';
import { makeInference } from '../../engine/make-inference.ts';
import { buildNetwork, type Network } from '../../engine/network.ts';
import { fillNewFolder } from '../../files/atomic.ts';
import { RunFolder, type RunState } from '../../files/run-folder.ts';
import type { ImportChoices } from '../../model/import/input-choices.ts';
import type { ReadModel } from '../../model/import/read-model.ts';
import { specAndWeights } from '../../model/import/to-spec.ts';
import { setWeights, saveModel } from '../../model/weights-file.ts';
import { measureTest, takeSnapshot } from '../../training/measure.ts';
import { newRunId } from '../../files/run-id.ts';
import type { ModelSurroundings } from './trained-model.ts';

export interface ImportModelTask {
  readonly model: ReadModel;
  readonly choices: ImportChoices;
  /** What it is called here. */
  readonly name: string;
  /** What it is measured on; by default the first whose images have its shape. */
  readonly imageSet?: string;
  readonly dataFolder: string;
  /** Told, in a sentence, what is done next. */
  readonly onStep?: (what: string) => void;
  readonly signal?: AbortSignal;
}

/** How an imported model is trained further unless told otherwise; the image set says how many images are held out. */
const usualTraining = (presets.find(({ id }) => id === 'modern') ?? presets[0]!).training;

/**
 * Takes a model of another program in as a run of its own, whole or not at all: its weights, its figures on the test images and
 * what it makes of the first of them.
 * @returns the run's id
 * @throws StudioError `bad-file` naming the layer that no spec can say; `bad-request` where the image set has other images;
 *   `not-found` where there is none of that id; `disk-full`; `stopped` where the signal asks for it, and then nothing is kept
 */
export async function importModel(task: ImportModelTask, around: ModelSurroundings): Promise<string> {
  const { model, choices, name, dataFolder, signal } = task;
  const onStep = (what: string): void => {
    stopIfAsked(signal);
    task.onStep?.(what);
  };
  const breathe = async (): Promise<void> => {
    await around.breathe();
    stopIfAsked(signal);
  };
  onStep('Putting its weights into the app’s layers …');
  const { spec, tensors } = specAndWeights(model.chain, choices);
  const set = await imageSetFor(spec, task.imageSet, around);
  const network = buildNetwork(spec, 0);
  try {
    setWeights(network, tensors, model.chain.file);
    const { file, format } = model.chain;
    const experiment: Experiment = {
      version: EXPERIMENT_VERSION,
      name,
      imageSet: set?.id ?? NO_IMAGE_SET,
      model: spec,
      training: {
        ...usualTraining,
        validationCount: heldOut(usualTraining.validationCount, set?.training.images.count ?? 0),
      },
    };
    const now = new Date();
    const id = newRunId('imported', now);
    const imported = { file, format };
    const state: RunState = {
      version: 1,
      id,
      startedAt: now.toISOString(),
      status: 'imported',
      processId: 0,
      imported,
    };
    return await fillNewFolder(join(dataFolder, 'runs'), async (temporary) => {
      const run = new RunFolder(temporary);
      await run.create(experiment, state);
      await saveModel(network, run.modelFolder('best'));
      if (set !== undefined && set.test.images.count > 0) {
        const { count } = set.test.images;
        onStep(`Measuring it on the ${count.toLocaleString('en')} test images of ${set.name} …`);
        await measure(network, experiment, set, run, state, { ...around, breathe });
      }
      return id;
    });
  } finally {
    network.dispose();
  }
}

/** As a run's end and its last snapshot say it. */
async function measure(
  network: Network,
  { training: { validationCount }, model }: Experiment,
  set: ImageSet,
  run: RunFolder,
  state: RunState,
  { breathe, report }: ModelSurroundings,
): Promise<void> {
  const inference = await makeInference(network, report);
  try {
    await run.writeSnapshot(await takeSnapshot(network, inference, set, state.id, 0, breathe));
    // Without labels: to vote by the nearest of all training codes takes ten times as long as all the rest, and is done
    // when a map asks for it.
    const { images } = splitTraining(set.training, validationCount).training;
    const test = await measureTest(inference, set, { images }, model.code.size, 0, breathe);
    await run.writeState({ ...state, test });
  } finally {
    inference.dispose();
  }
}

async function imageSetFor(
  { inputShape }: ModelSpec,
  asked: string | undefined,
  { imageSets }: ModelSurroundings,
): Promise<ImageSet | undefined> {
  const expected = inputShape.join(' × ');
  if (asked === undefined) {
    const fitting = (await imageSets.list()).find(({ shape }) => shape.join(' × ') === expected);
    return fitting === undefined ? undefined : imageSets.get(fitting.id);
  }
  const set = await imageSets.get(asked);
  const { height, width, channels } = set.training.images;
  const found = `${height} × ${width} × ${channels}`;
  if (found === expected) return set;
  throw new StudioError(
    'bad-request',
    `The model takes images of ${expected}: expected those, found ${found} in "${asked}".`,
  );
}
