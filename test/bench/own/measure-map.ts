import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeritFigures } from '../../../electron/contract/models.ts';
import { splitTraining, summarise, type ImageSet } from '../../../electron/dataset/image-set.ts';
import { StudioError } from '../../../electron/domain/errors.ts';
import { presetOn, type Preset } from '../../../electron/domain/presets.ts';
import { ImageSets } from '../../../electron/engine-process/image-sets.ts';
import { meritOf } from '../../../electron/engine-process/models/merit.ts';
import { TrainedModel } from '../../../electron/engine-process/models/trained-model.ts';
import { fitLeading } from '../../../electron/engine/leading-components.ts';
import { pcaErrors } from '../../../electron/engine/pca.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { breathe } from '../../../electron/training/emit.ts';
import { TrainingRun } from '../../../electron/training/training-run.ts';

/** On test images, as the app shows them; `squaredError` per image. */
export interface MapFigures extends MeritFigures {
  readonly squaredError: number;
}

/** What a preset's map came to on one set, and PCA's with as many components fitted to the same training images. */
export interface MapResult {
  readonly set: string;
  readonly preset: string;
  readonly seed: number;
  readonly pictures: number;
  readonly model: MapFigures;
  readonly pca: MapFigures;
  readonly processorSeconds: number;
}

/** Trains a preset on a set as the app does where somebody chooses it by its name, and measures its codes as a map. */
export async function measureMap(set: ImageSet, preset: Preset, seed: number): Promise<MapResult> {
  const base = presetOn(preset, summarise(set));
  const experiment = { ...base, training: { ...base.training, seed } };
  const { size } = experiment.model.code;
  const { training } = splitTraining(set.training, experiment.training.validationCount);
  const pca = await fitLeading(training.images, 2 * size, breathe);
  const pcaError = (await pcaErrors(pca, set.test.images, breathe))[size] ?? Number.NaN;
  pca.dispose();
  const root = await mkdtemp(join(tmpdir(), 'autoencoder-studio-map-'));
  try {
    const folder = new RunFolder(join(root, 'run'));
    const began = process.cpuUsage();
    const run = new TrainingRun({ id: 'map', experiment, set, folder, emit: () => undefined });
    await run.begin();
    const { status, problem = '', test } = await run.train();
    if (test === undefined) throw new StudioError('engine-failed', `${set.name}: ${status}. ${problem}`);
    const { user, system } = process.cpuUsage(began);
    const merit = await meritIn(folder, set, root);
    return {
      set: set.id,
      preset: preset.id,
      seed,
      pictures: training.images.count,
      model: { squaredError: test.squaredError, ...merit.model },
      pca: { squaredError: pcaError, ...merit.pca },
      processorSeconds: (user + system) / 1e6,
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function meritIn(run: RunFolder, set: ImageSet, dataFolder: string) {
  const imageSets = new ImageSets(dataFolder);
  imageSets.add(set);
  const place = { folder: run.modelFolder('best'), run };
  const model = await TrainedModel.load(place, { imageSets, breathe, report: () => undefined });
  try {
    return await meritOf(model, 'best', join(dataFolder, 'cache'));
  } finally {
    model.dispose();
  }
}
