import { resolve } from 'node:path';
import { ImageSetShelf } from '../files/image-set-shelf.ts';
import { breathe } from '../run/emit.ts';
import { ImageSetDesk } from '../run/image-set-desk.ts';
import { ImageSets } from '../run/image-sets.ts';
import { ModelDesk } from '../run/models/model-desk.ts';
import { OpenModels } from '../run/models/open-models.ts';
import type { ModelPlace, ModelSurroundings } from '../run/models/trained-model.ts';
import { StagedFiles } from '../run/staged-files.ts';

/** A desk that answers for one model; which one a request names does not matter. */
export const THE_MODEL = { runId: 'model', weights: 'best' } as const;
/** What the files on the command line are staged as. */
export const THE_FILES = 'files';

/** What commands do with a trained model, in this process. */
export interface ModelSession {
  readonly place: ModelPlace;
  readonly models: OpenModels;
  readonly desk: ModelDesk;
  readonly staged: StagedFiles;
  readonly imageSets: ImageSets;
  readonly library: ImageSetDesk;
  readonly surroundings: ModelSurroundings;
}

export function openSession(place: ModelPlace, data: string): ModelSession {
  const dataFolder = resolve(data);
  const imageSets = new ImageSets(dataFolder);
  const library = new ImageSetDesk({
    shelf: new ImageSetShelf(dataFolder),
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
  const desk = new ModelDesk({
    ...surroundings,
    dataFolder,
    staged,
    placeOf: () => place,
    namesOf: async (imageSet, split, indices) =>
      (await library.handlers['image-set:pick']({ imageSet, split, indices })).names,
  });
  return { place, models: new OpenModels(surroundings), desk, staged, imageSets, library, surroundings };
}
