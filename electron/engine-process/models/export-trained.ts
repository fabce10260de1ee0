import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFolder } from '../../files/run-folder.ts';
import { sliceImages, type ImageSet } from '../../dataset/image-set.ts';
import { MNIST_ID } from '../../domain/ids.ts';
import { exportModel } from '../../model/export/export-model.ts';
import type { ExportOptions } from '../../model/export/exported-model.ts';
import { MAP_POINTS, type ModelMap } from '../../model/export/model-map.ts';
import type { ImageSetOrigin, ModelOrigin } from '../../model/export/origin.ts';
import { epochsOf } from '../../model/weights-file.ts';
import { loadNormality } from '../../model/normality-file.ts';
import { SAMPLES } from '../../model/export/samples.ts';
import { placesOn } from '../../engine/plane.ts';
import { unitsOf } from './code-map.ts';
import { mannerOf } from './prepare-picture.ts';
import { TrainedModel, type ModelPlace, type ModelSurroundings } from './trained-model.ts';

export interface ExportTask extends ExportOptions {
  /** A run without its experiment counts as none. */
  readonly place: ModelPlace;
  /** New, or to be replaced. */
  readonly folder: string;
  /** Of the app, where imported sets tell how they were made. */
  readonly dataFolder: string;
  readonly appVersion?: string;
}

/**
 * Exports a trained model with what is known of it and the first test images of its set as samples.
 * @returns the files, relative to the folder
 * @throws StudioError `not-found` or `bad-file` naming the model's file, and as `exportModel`
 */
export async function exportTrained(task: ExportTask, surroundings: ModelSurroundings): Promise<string[]> {
  const { folder: modelFolder, run } = task.place;
  const inRun = run !== undefined && existsSync(join(run.path, 'experiment.json'));
  const model = await TrainedModel.load(inRun ? { folder: modelFolder, run } : { folder: modelFolder }, surroundings);
  try {
    const set = await model.imageSetIfThere();
    const origin: ModelOrigin = {
      ...(task.appVersion === undefined ? {} : { appVersion: task.appVersion }),
      ...(inRun ? await runOrigin(run, modelFolder) : {}),
      ...(set === undefined ? {} : { imageSet: await setOrigin(set, model, task.dataFolder) }),
    };
    if (set === undefined && task.format === 'html') {
      surroundings.report(
        'The image set was not found: the page shows none of its images on its map, and opens on none.',
      );
    }
    const shown = set === undefined ? {} : { samples: sampleImages(set), ...(await mapOf(model, set, task)) };
    const normality = await loadNormality(modelFolder);
    const verdict = normality === undefined ? {} : { normality };
    return await exportModel({ network: model.network, origin, ...shown, ...verdict }, task, task.folder);
  } finally {
    model.dispose();
  }
}

async function runOrigin(run: RunFolder, modelFolder: string): Promise<ModelOrigin> {
  const experiment = await run.readExperiment();
  const { metrics } = await run.readMetrics();
  // A run's state may be damaged without its model being so.
  const state = await run.readState().catch(() => undefined);
  const epochs = await epochsOf(modelFolder);
  return {
    experiment,
    metrics,
    weights: modelFolder === run.modelFolder('last') ? 'last' : 'best',
    ...(epochs === undefined ? {} : { epochs }),
    ...(state === undefined ? {} : { startedAt: state.startedAt }),
    ...(state?.test === undefined ? {} : { test: state.test as NonNullable<ModelOrigin['test']> }),
  };
}

async function setOrigin(set: ImageSet, model: TrainedModel, dataFolder: string): Promise<ImageSetOrigin> {
  const { preparation } = await mannerOf(model, dataFolder);
  return {
    name: set.name,
    trainingCount: set.training.images.count,
    testCount: set.test.images.count,
    licence: set.id === MNIST_ID ? MNIST_LICENCE : UNKNOWN_LICENCE,
    preparation,
  };
}

const MNIST_LICENCE =
  'MNIST is by Yann LeCun, Corinna Cortes and Christopher Burges; LeCun and Cortes hold the copyright, and it is commonly ' +
  'distributed under CC BY-SA 3.0 (https://creativecommons.org/licenses/by-sa/3.0/).';
const UNKNOWN_LICENCE =
  'They were imported from a person’s own files; on what terms these may be used, the app does not know.';

/** The first images held for testing; of a set without any, the first of all. */
function sampleImages({ test, training }: ImageSet) {
  return sliceImages(test.images.count > 0 ? test.images : training.images, 0, SAMPLES);
}

/** The first test images on the plane that the app shows them on, where the format wants them. */
async function mapOf(model: TrainedModel, set: ImageSet, { format }: ExportTask): Promise<{ map?: ModelMap }> {
  if (format !== 'html') return {};
  const { images, labels } = set.test.images.count > 0 ? set.test : set.training;
  const codes = await model.encode(sliceImages(images, 0, MAP_POINTS));
  const plane = await model.plane();
  return {
    map: {
      plane,
      points: placesOn(plane, codes, model.codeSize),
      labels: labels?.slice(0, MAP_POINTS) ?? new Uint8Array(0),
      labelNames: set.labelNames,
      units: unitsOf(codes, model.codeSize),
      example: sliceImages(images, 0, 1).pixels,
    },
  };
}
