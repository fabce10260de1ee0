import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitTraining, summarise, type ImageSet } from '../../../electron/dataset/image-set.ts';
import { StudioError } from '../../../electron/domain/errors.ts';
import { presetOn, type Preset } from '../../../electron/domain/presets.ts';
import { stepsOf } from '../../../electron/domain/recipe.ts';
import { fitLeading } from '../../../electron/engine/leading-components.ts';
import { pcaErrors } from '../../../electron/engine/pca.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { breathe } from '../../../electron/training/emit.ts';
import { TrainingRun } from '../../../electron/training/training-run.ts';

/** What a preset came to on one set. */
export interface PresetResult {
  readonly set: string;
  readonly preset: string;
  readonly pictures: number;
  readonly codeSize: number;
  readonly steps: number;
  /** Squared error on the test images, over that of PCA with as many numbers fitted to the same training images. */
  readonly ratio: number;
  /** The same over that of the training images' mean. */
  readonly ofMeanImage: number;
  readonly processorSeconds: number;
}

/** Trains a preset on a set as the app does where somebody chooses it by its name. */
export async function measurePreset(set: ImageSet, preset: Preset): Promise<PresetResult> {
  const experiment = presetOn(preset, summarise(set));
  const { size } = experiment.model.code;
  const { training } = splitTraining(set.training, experiment.training.validationCount);
  const pca = await fitLeading(training.images, 2 * size, breathe);
  const errors = await pcaErrors(pca, set.test.images, breathe);
  pca.dispose();
  const root = await mkdtemp(join(tmpdir(), 'autoencoder-studio-own-'));
  try {
    const began = process.cpuUsage();
    const run = new TrainingRun({
      id: 'own',
      experiment,
      set,
      folder: new RunFolder(join(root, 'run')),
      emit: () => undefined,
    });
    await run.begin();
    const { status, problem = '', test } = await run.train();
    if (test === undefined) throw new StudioError('engine-failed', `${set.name}: ${status}. ${problem}`);
    const { user, system } = process.cpuUsage(began);
    return {
      set: set.id,
      preset: preset.id,
      pictures: training.images.count,
      codeSize: size,
      steps: stepsOf(experiment.training, training.images.count),
      ratio: test.squaredError / (errors[size] ?? Number.NaN),
      ofMeanImage: test.squaredError / (errors[0] ?? Number.NaN),
      processorSeconds: (user + system) / 1e6,
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
