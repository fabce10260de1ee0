import { join } from 'node:path';
import type { ClusterEngineAnswers } from '../contract/cluster-calls.ts';
import type { Handlers, Request } from '../contract/contract.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { Breathe } from '../engine/inference.ts';
import { RunFolder } from '../files/run-folder.ts';
import { LocalClusterEngine, type ClusterEngineOptions } from './local-cluster-engine.ts';
import type { ImageSets } from './image-sets.ts';
import { startOptions } from '../training/start-from.ts';

export interface ClusterEnginesOptions {
  readonly dataFolder: string;
  readonly imageSets: ImageSets;
  readonly breathe: Breathe;
  readonly report: (problem: string) => void;
}

/** What only the beginning of a run needs. */
type Beginning = Pick<ClusterEngineOptions, 'imageSource' | 'startFrom'>;

interface Held {
  readonly imageSet: string;
  readonly clusterEngine: Promise<LocalClusterEngine>;
}

/** What the engine process does for runs that clusters train, each with a network of its own until the host lets go of it. */
export class ClusterEngines {
  readonly handlers: Handlers<keyof ClusterEngineAnswers>;
  private readonly options: ClusterEnginesOptions;
  private readonly held = new Map<string, Held>();

  constructor(options: ClusterEnginesOptions) {
    this.options = options;
    this.handlers = {
      'engine:cluster-prepare': async ({ runId, experiment, ...source }) => {
        const start = await startOptions(experiment, options.dataFolder);
        return (await this.begin(runId, experiment, { ...source, ...start })).prepare();
      },
      'engine:cluster-load-weights': async ({ runId, path, epoch, as }) =>
        (await this.of(runId)).loadWeights(path, epoch, as),
      'engine:cluster-measure': async ({ runId, epoch }) => (await this.of(runId)).measure(epoch),
      'engine:cluster-close': (request) => this.close(request),
    };
  }

  /** Whether a run's pictures are still to be made of this set. */
  uses(imageSet: string): boolean {
    return [...this.held.values()].some((each) => each.imageSet === imageSet);
  }

  /** Made anew where the engine, or the app, was started anew meanwhile. */
  private async of(runId: string): Promise<LocalClusterEngine> {
    const known = this.held.get(runId);
    if (known !== undefined) return known.clusterEngine;
    return this.begin(runId, await RunFolder.under(this.options.dataFolder, runId).readExperiment());
  }

  private begin(id: string, experiment: Experiment, beginning: Beginning = {}): Promise<LocalClusterEngine> {
    const clusterEngine = this.held.get(id)?.clusterEngine ?? this.make(id, experiment, beginning);
    this.held.set(id, { imageSet: experiment.imageSet, clusterEngine });
    clusterEngine.catch(() => this.held.delete(id));
    return clusterEngine;
  }

  private async make(id: string, experiment: Experiment, beginning: Beginning): Promise<LocalClusterEngine> {
    const { dataFolder, imageSets, breathe, report } = this.options;
    const set = await imageSets.get(experiment.imageSet);
    const folder = RunFolder.under(dataFolder, id);
    const cacheFolder = join(dataFolder, 'cache');
    return new LocalClusterEngine({ id, experiment, set, folder, cacheFolder, breathe, report, ...beginning });
  }

  private async close({ runId }: Request<'engine:cluster-close'>): Promise<Record<string, never>> {
    const known = this.held.get(runId);
    this.held.delete(runId);
    const clusterEngine = await known?.clusterEngine.catch(() => undefined);
    clusterEngine?.dispose();
    return {};
  }
}
