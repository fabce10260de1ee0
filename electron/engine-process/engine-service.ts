import { join } from 'node:path';
import type { EngineChannel, Handlers } from '../contract/contract.ts';
import { handlersOf } from '../contract/handlers.ts';
import { tensorflowVersion } from '../engine/tensorflow.ts';
import { threadsInUse } from '../engine/threads.ts';
import { ImageSetStore } from '../files/image-set-store.ts';
import { RunFolder } from '../files/run-folder.ts';
import { baselineOf } from '../training/baseline.ts';
import { pcaNeighboursOf } from '../training/pca-neighbours.ts';
import { ClusterEngines } from './cluster-engines.ts';
import type { Emit } from '../training/emit.ts';
import { ImageChangeService } from './image-change-service.ts';
import { ImageSetService } from './image-set-service.ts';
import { ImageSets } from './image-sets.ts';
import { ImportService } from './import-service.ts';
import { workHere, type ImportWork } from './import-thread.ts';
import { CompressionService } from './models/compression-service.ts';
import { exportTrained } from './models/export-trained.ts';
import { InspectionService } from './inspection/inspection-service.ts';
import { ModelService } from './models/model-service.ts';
import { ModelImports } from './models/model-imports.ts';
import { OpenModels } from './models/open-models.ts';
import { pixelPlaneOf } from './pixel-plane.ts';
import { RunService } from './run-service.ts';
import { StagedFiles } from './staged-files.ts';
import { compareRuns } from './sweep/compare.ts';
import { tellingBreath } from './telling-breath.ts';

/** What is too short for a service. */
type OwnChannel =
  | 'engine:describe'
  | 'image-set:baseline'
  | 'image-set:pca-neighbours'
  | 'image-set:plane'
  | 'sweep:compare'
  | 'engine:export';

/** What the engine process answers: everything that needs TensorFlow. */
export class EngineService {
  readonly handlers: Handlers<EngineChannel>;
  private readonly imageSets: ImageSets;
  private readonly staged = new StagedFiles();

  /** @param importWork where imports are done; in this thread unless told otherwise. */
  constructor(dataFolder: string, emit: Emit, importWork: ImportWork = workHere) {
    this.imageSets = new ImageSets(dataFolder);
    const runs = new RunService({ dataFolder, imageSets: this.imageSets, emit });
    const yieldToTraining = (): Promise<void> => runs.yieldToTraining();
    const store = new ImageSetStore(dataFolder);
    // What is left is found by the next start.
    void store.sweep().catch(() => undefined);
    const imports = new ImportService({ store, staged: this.staged, emit, work: importWork });
    const surroundings = {
      imageSets: this.imageSets,
      breathe: yieldToTraining,
      report: (problem: string) => void process.stderr.write(`${problem}\n`),
    };
    const clusters = new ClusterEngines({ ...surroundings, dataFolder });
    const isInUse = (id: string): boolean => runs.setInUse === id || clusters.uses(id);
    const ofSets = { store, sets: this.imageSets, emit, isInUse };
    const library = new ImageSetService(ofSets);
    const changes = new ImageChangeService(ofSets);
    const models = new ModelService({
      ...surroundings,
      dataFolder,
      staged: this.staged,
      emit,
      namesOf: async (imageSet, split, indices) =>
        (await library.handlers['image-set:pick']({ imageSet, split, indices })).names,
    });
    const compression = new CompressionService({
      ...surroundings,
      dataFolder,
      staged: this.staged,
      emit,
      models,
      library,
    });
    const inspections = new InspectionService({ ...surroundings, dataFolder, store, staged: this.staged, emit });
    const modelImports = new ModelImports({ ...surroundings, dataFolder, staged: this.staged, work: importWork, emit });
    const cache = join(dataFolder, 'cache');
    const own: Handlers<OwnChannel> = {
      'engine:describe': async () => ({
        tensorflow: tensorflowVersion(),
        threads: threadsInUse(),
        residentBytes: process.memoryUsage.rss(),
      }),
      'image-set:baseline': async ({ imageSet, validationCount }) =>
        baselineOf(await this.imageSets.get(imageSet), validationCount, cache, yieldToTraining),
      'image-set:pca-neighbours': async ({ imageSet, validationCount, components }) =>
        pcaNeighboursOf(await this.imageSets.get(imageSet), validationCount, components, cache, yieldToTraining),
      'image-set:plane': async ({ imageSet, validationCount, split }) => {
        const tell = (fraction: number): void =>
          emit('image-set:plane-progressed', { imageSet, validationCount, fraction });
        const set = await this.imageSets.get(imageSet);
        return pixelPlaneOf(set, validationCount, split, cache, tellingBreath(tell, yieldToTraining));
      },
      'sweep:compare': async ({ runIds }) => {
        const compared = new OpenModels(surroundings);
        const runs = runIds.map((runId) => ({ runId, folder: RunFolder.under(dataFolder, runId) }));
        try {
          return await compareRuns(runs, { ...surroundings, models: compared, cacheFolder: cache });
        } finally {
          await compared.close();
        }
      },
      'engine:export': async ({ runId, weights, format = 'tfjs', ...rest }) => {
        const run = RunFolder.under(dataFolder, runId);
        const place = { folder: run.modelFolder(weights), run };
        return { files: await exportTrained({ ...rest, format, place, dataFolder }, surroundings) };
      },
    };
    this.handlers = handlersOf(
      library.handlers,
      changes.handlers,
      imports.handlers,
      models.handlers,
      modelImports.handlers,
      compression.handlers,
      inspections.handlers,
      runs.handlers,
      clusters.handlers,
      own,
    );
  }
}
