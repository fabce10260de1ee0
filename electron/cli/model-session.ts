import { resolve } from 'node:path';
import { ImageSetStore } from '../files/image-set-store.ts';
import { breathe } from '../training/emit.ts';
import { ImageSetService } from '../engine-process/image-set-service.ts';
import { ImageSets } from '../engine-process/image-sets.ts';
import { ModelService } from '../engine-process/models/model-service.ts';
import { OpenModels } from '../engine-process/models/open-models.ts';
import type { ModelPlace, ModelSurroundings } from '../engine-process/models/trained-model.ts';
import { StagedFiles } from '../engine-process/staged-files.ts';

/** A service that answers for one model; which one a request names does not matter. */
export const THE_MODEL = { runId: 'model', weights: 'best' } as const;
/** What the files on the command line are staged as. */
export const THE_FILES = 'files';

/** What commands do with a trained model, in this process. */
export interface ModelSession {
  readonly place: ModelPlace;
  readonly models: OpenModels;
  readonly service: ModelService;
  readonly staged: StagedFiles;
  readonly imageSets: ImageSets;
  readonly library: ImageSetService;
  readonly surroundings: ModelSurroundings;
}

export function openSession(place: ModelPlace, data: string): ModelSession {
  const dataFolder = resolve(data);
  const imageSets = new ImageSets(dataFolder);
  const library = new ImageSetService({
    store: new ImageSetStore(dataFolder),
    sets: imageSets,
    emit: () => undefined,
    isInUse: () => false,
  });
  const surroundings: ModelSurroundings = {
    imageSets,
    breathe,
    report: (problem) => void process.stderr.write(`${problem}\n`),
  };
  const staged = new StagedFiles();
  const service = new ModelService({
    ...surroundings,
    dataFolder,
    staged,
    emit: () => undefined,
    placeOf: () => place,
    namesOf: async (imageSet, split, indices) =>
      (await library.handlers['image-set:pick']({ imageSet, split, indices })).names,
  });
  return { place, models: new OpenModels(surroundings), service, staged, imageSets, library, surroundings };
}
