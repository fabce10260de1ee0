import { join } from 'node:path';
import type { EngineChannel, Events, Handlers, Request } from '../contract/contract.ts';
import { StudioError } from '../contract/errors.ts';
import type { Experiment } from '../contract/experiment.ts';
import { sliceImages } from '../dataset/image-set.ts';
import { tensorflowVersion } from '../engine/tensorflow.ts';
import { threadsInUse } from '../engine/threads.ts';
import { RunFolder } from '../files/run-folder.ts';
import { exportLayersModel } from '../model/layers-model.ts';
import { loadModel } from '../model/weights-file.ts';
import { baselineOf } from './baseline.ts';
import { breathe, type Emit } from './emit.ts';
import { ImageSets } from './image-sets.ts';
import { newRunId } from './run-id.ts';
import { TrainingRun } from './training-run.ts';

/** What the engine process answers: everything that needs TensorFlow. */
export class EngineService {
  readonly handlers: Handlers<EngineChannel>;
  private readonly dataFolder: string;
  private readonly emit: Emit;
  private readonly imageSets: ImageSets;
  private active: TrainingRun | undefined;
  /** Settled when the active run has shown its first cost. */
  private preparing: Promise<void> = Promise.resolve();

  constructor(dataFolder: string, emit: Emit) {
    this.dataFolder = dataFolder;
    this.imageSets = new ImageSets(dataFolder);
    this.emit = emit;
    this.handlers = {
      'engine:describe': async () => ({
        tensorflow: tensorflowVersion(),
        threads: threadsInUse(),
        residentBytes: process.memoryUsage.rss(),
      }),
      'image-set:list': () => this.imageSets.list(),
      'image-set:images': (request) => this.images(request),
      'image-set:baseline': async ({ imageSet, validationCount }) =>
        baselineOf(await this.imageSets.get(imageSet), validationCount, join(dataFolder, 'cache'), () =>
          this.standAside(),
        ),
      'run:start': ({ experiment }) => this.start(experiment),
      'run:stop': (request) => this.stop(request),
      'engine:export': (request) => this.export(request),
    };
  }

  private async images({ imageSet, split, first, count }: Request<'image-set:images'>) {
    const { images } = (await this.imageSets.get(imageSet))[split];
    const slice = sliceImages(images, first, count);
    // A copy of its own size: a view would carry the whole set across.
    return { ...slice, pixels: slice.pixels.slice() };
  }

  private async start(experiment: Experiment): Promise<{ runId: string }> {
    const set = await this.imageSets.get(experiment.imageSet);
    if (this.active !== undefined) {
      throw new StudioError('busy', 'Another run is training. Stop it, or wait until it has finished.');
    }
    const id = newRunId(experiment.preset ?? 'run', new Date());
    const folder = RunFolder.under(this.dataFolder, id);
    try {
      const run = new TrainingRun({ id, experiment, set, folder, emit: this.emitUntilTraining() });
      this.active = run;
      await run.begin();
      void run.train().finally(() => (this.active = undefined));
    } catch (error) {
      this.active = undefined;
      this.preparing = Promise.resolve();
      throw error;
    }
    return { runId: id };
  }

  /** Between two parts of other work: the first cost of a run that somebody has just started comes first. */
  private async standAside(): Promise<void> {
    await breathe();
    await this.preparing;
  }

  private emitUntilTraining(): Emit {
    let settle = (): void => undefined;
    this.preparing = new Promise((resolve) => (settle = resolve));
    return (name, payload) => {
      const training = name === 'run:progressed' && (payload as Events['run:progressed']).kind === 'training';
      if (training || name === 'run:ended') settle();
      this.emit(name, payload);
    };
  }

  private async stop({ runId }: Request<'run:stop'>): Promise<Record<string, never>> {
    if (this.active?.id !== runId) throw new StudioError('not-found', `The run "${runId}" is not training.`);
    this.active.stop();
    return {};
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
