import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Events } from '../../../electron/contract/contract.ts';
import { splitTraining, summarise, type ImageSet } from '../../../electron/dataset/image-set.ts';
import { StudioError } from '../../../electron/domain/errors.ts';
import { recipeFor } from '../../../electron/domain/recipe.ts';
import { fitLeading } from '../../../electron/engine/leading-components.ts';
import { pcaErrors } from '../../../electron/engine/pca.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { breathe } from '../../../electron/training/emit.ts';
import { TrainingRun } from '../../../electron/training/training-run.ts';

/** What the recipe came to on one set. */
export interface OwnResult {
  readonly set: string;
  readonly pictures: number;
  readonly codeSize: number;
  readonly seed: number;
  /** Squared error on the test images, over that of PCA with as many numbers fitted to the same training images. */
  readonly ratio: number;
  /** The same of the start in closed form, on the validation images. */
  readonly startRatio: number;
  readonly bestEpoch: number;
  /** Epochs that were trained: fewer than the recipe has where it ended early. */
  readonly epochs: number;
  readonly processorSeconds: number;
  /** From the click until the start stands, measured; of processor time until then. */
  readonly firstSeconds: number;
  readonly firstProcessorSeconds: number;
  /** The same until the first reconstructions are shown; absent in rows from before that came earlier. */
  readonly shownSeconds?: number;
  readonly shownProcessorSeconds?: number;
}

/** Components of the PCA it is compared with, of which the last are found least exactly. */
const COMPONENTS = 160;

/** Trains the recipe on a set as the app does. */
export async function measureOwn(set: ImageSet, codeSize: number, seed: number): Promise<OwnResult> {
  const base = recipeFor(summarise(set), codeSize).experiment;
  const experiment = { ...base, training: { ...base.training, seed } };
  const { training, validation } = splitTraining(set.training, experiment.training.validationCount);
  const pca = await fitLeading(training.images, COMPONENTS, breathe);
  const test = (await pcaErrors(pca, set.test.images, breathe))[codeSize] ?? Number.NaN;
  const held = (await pcaErrors(pca, validation.images, breathe))[codeSize] ?? Number.NaN;
  pca.dispose();
  const root = await mkdtemp(join(tmpdir(), 'autoencoder-studio-own-'));
  try {
    const began = { wall: performance.now(), processor: process.cpuUsage() };
    const processorSeconds = (): number => {
      const { user, system } = process.cpuUsage(began.processor);
      return (user + system) / 1e6;
    };
    const now = () => ({ wall: (performance.now() - began.wall) / 1_000, processor: processorSeconds() });
    let shown: ReturnType<typeof now> | undefined;
    let epochs = 0;
    let start: (ReturnType<typeof now> & { readonly error: number }) | undefined;
    const run = new TrainingRun({
      id: 'own',
      experiment,
      set,
      folder: new RunFolder(join(root, 'run')),
      emit: (name, payload) => {
        if (name === 'run:snapshot-taken') shown ??= now();
        if (name !== 'run:epoch-ended') return;
        const { epoch, validationSquaredError: error = Number.NaN } = (payload as Events['run:epoch-ended']).metrics;
        epochs = epoch;
        start ??= { ...now(), error };
      },
    });
    await run.begin();
    const ended = await run.train();
    if (ended.test === undefined || start === undefined || shown === undefined) {
      throw new StudioError('engine-failed', `${set.name}: ${ended.status}. ${ended.problem ?? ''}`);
    }
    return {
      set: set.id,
      pictures: training.images.count,
      codeSize,
      seed,
      ratio: ended.test.squaredError / test,
      startRatio: start.error / held,
      bestEpoch: ended.test.epoch,
      epochs,
      processorSeconds: processorSeconds(),
      firstSeconds: start.wall,
      firstProcessorSeconds: start.processor,
      shownSeconds: shown.wall,
      shownProcessorSeconds: shown.processor,
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
