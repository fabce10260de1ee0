import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { StudioError } from '../../domain/errors.ts';
import { weightsPath } from '../../model/weights-file.ts';
import { SharedCache } from './shared-cache.ts';
import { TrainedModel, type ModelPlace, type ModelSurroundings } from './trained-model.ts';

/** With all codes of MNIST each takes some tens of megabytes. */
const MOST_OPEN = 3;

/**
 * Weights of another spec, and the best ones of a run that is taken up again, replace their folder by two renames: between them, for
 * a moment, there is none. (A run that trains writes over those of its own spec in one.)
 */
const MS_UNTIL_REPLACED = 50;

/** The models that were asked about last, in memory. */
export class OpenModels {
  private readonly cache = new SharedCache<TrainedModel>(MOST_OPEN, (model) => model.dispose());
  private readonly surroundings: ModelSurroundings;

  constructor(surroundings: ModelSurroundings) {
    this.surroundings = surroundings;
  }

  /**
   * Lends a model for the length of `work`, as its files are now: one that trains is loaded again when its weights have changed.
   * @throws StudioError `not-found` or `bad-file` naming the file
   */
  async use<T>(place: ModelPlace, work: (model: TrainedModel) => Promise<T>): Promise<T> {
    const version = await versionOf(place.folder);
    return this.cache.use(place.folder, version, () => this.load(place), work);
  }

  close(): Promise<void> {
    return this.cache.close();
  }

  private async load(place: ModelPlace): Promise<TrainedModel> {
    const load = (): Promise<TrainedModel> => TrainedModel.load(place, this.surroundings);
    return load().catch(async (error: unknown) => {
      if (!(error instanceof StudioError && error.code === 'not-found')) throw error;
      await setTimeout(MS_UNTIL_REPLACED);
      return load();
    });
  }
}

/** Differs when the weights have been written anew; where there are none, loading says so. */
export async function versionOf(folder: string): Promise<string> {
  return stat(weightsPath(folder)).then(
    ({ mtimeMs, ino, size }) => `${mtimeMs} ${ino} ${size}`,
    () => 'none',
  );
}
