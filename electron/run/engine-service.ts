import { join } from 'node:path';
import type { EngineChannel, Handlers, Request } from '../contract/contract.ts';
import { tensorflowVersion } from '../engine/tensorflow.ts';
import { threadsInUse } from '../engine/threads.ts';
import { ImageSetShelf } from '../files/image-set-shelf.ts';
import { RunFolder } from '../files/run-folder.ts';
import { exportLayersModel } from '../model/layers-model.ts';
import { loadModel } from '../model/weights-file.ts';
import { baselineOf } from './baseline.ts';
import type { Emit } from './emit.ts';
import { ImageSetDesk } from './image-set-desk.ts';
import { ImageSets } from './image-sets.ts';
import { ImportDesk } from './import-desk.ts';
import { workHere, type ImportWork } from './import-work.ts';
import { ModelDesk } from './models/model-desk.ts';
import { OpenModels } from './models/open-models.ts';
import { pixelPlaneOf } from './pixel-plane.ts';
import { RunDesk } from './run-desk.ts';
import { StagedFiles } from './staged-files.ts';
import { compareRuns } from './sweep/compare.ts';

/** What the engine process answers: everything that needs TensorFlow. */
export class EngineService {
  readonly handlers: Handlers<EngineChannel>;
  private readonly dataFolder: string;
  private readonly imageSets: ImageSets;
  private readonly staged = new StagedFiles();

  /** @param importWork where imports are done; in this thread unless told otherwise. */
  constructor(dataFolder: string, emit: Emit, importWork: ImportWork = workHere) {
    this.dataFolder = dataFolder;
    this.imageSets = new ImageSets(dataFolder);
    const runs = new RunDesk({ dataFolder, imageSets: this.imageSets, emit });
    const standAside = (): Promise<void> => runs.standAside();
    const shelf = new ImageSetShelf(dataFolder);
    // What is left is found by the next start.
    void shelf.sweep().catch(() => undefined);
    const library = new ImageSetDesk({ shelf, sets: this.imageSets, emit, setInUse: () => runs.setInUse });
    const imports = new ImportDesk({ shelf, staged: this.staged, emit, work: importWork });
    const surroundings = {
      imageSets: this.imageSets,
      breathe: standAside,
      report: (problem: string) => void process.stderr.write(`${problem}\n`),
    };
    const models = new ModelDesk({
      ...surroundings,
      dataFolder,
      staged: this.staged,
      namesOf: async (imageSet, split, indices) =>
        (await library.handlers['image-set:pick']({ imageSet, split, indices })).names,
    });
    this.handlers = {
      ...library.handlers,
      ...imports.handlers,
      ...models.handlers,
      ...runs.handlers,
      'engine:describe': async () => ({
        tensorflow: tensorflowVersion(),
        threads: threadsInUse(),
        residentBytes: process.memoryUsage.rss(),
      }),
      'image-set:baseline': async ({ imageSet, validationCount }) =>
        baselineOf(await this.imageSets.get(imageSet), validationCount, join(dataFolder, 'cache'), standAside),
      'image-set:plane': async ({ imageSet, validationCount, split }) =>
        pixelPlaneOf(await this.imageSets.get(imageSet), validationCount, split, join(dataFolder, 'cache'), standAside),
      'sweep:compare': async ({ runIds }) => {
        const compared = new OpenModels(surroundings);
        const runs = runIds.map((runId) => ({ runId, folder: RunFolder.under(dataFolder, runId) }));
        const cacheFolder = join(dataFolder, 'cache');
        try {
          return await compareRuns(runs, { ...surroundings, models: compared, cacheFolder });
        } finally {
          await compared.close();
        }
      },
      'engine:export': (request) => this.export(request),
    };
  }

  private async export({ runId, weights, folder }: Request<'engine:export'>): Promise<{ files: readonly string[] }> {
    const network = await loadModel(RunFolder.under(this.dataFolder, runId).modelFolder(weights));
    try {
      return { files: await exportLayersModel(network, folder) };
    } finally {
      network.dispose();
    }
  }
}
