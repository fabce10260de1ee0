import type { ClusterEngine, ClusterResult, PreparedJob, LoadedWeights } from '../contract/cluster.ts';
import { toErrorData } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { AskEngine } from './window-handlers.ts';

export interface RemoteClusterEngineOptions {
  readonly ask: AskEngine;
  readonly runId: string;
  readonly experiment: Experiment;
  readonly imageSource?: string;
}

/** An engine may be lost, or started anew with other threads, while it works for a run that itself is far away. */
const MOST_TRIES = 3;

/** The part of a cluster run that needs TensorFlow, done by the engine process. */
export class RemoteClusterEngine implements ClusterEngine {
  readonly #options: RemoteClusterEngineOptions;

  constructor(options: RemoteClusterEngineOptions) {
    this.#options = options;
  }

  prepare(): Promise<PreparedJob> {
    const { ask, ...given } = this.#options;
    return again(() => ask('engine:cluster-prepare', given));
  }

  loadWeights(path: string, epoch: number, as: readonly ('best' | 'last')[]): Promise<LoadedWeights> {
    const { ask, runId } = this.#options;
    return again(() => ask('engine:cluster-load-weights', { runId, path, epoch, as: [...as] }));
  }

  measure(epoch: number): Promise<ClusterResult> {
    const { ask, runId } = this.#options;
    return again(() => ask('engine:cluster-measure', { runId, epoch }));
  }

  /** Lets the engine forget the run. That it cannot, being gone, is as good. */
  async close(): Promise<void> {
    const { ask, runId } = this.#options;
    await ask('engine:cluster-close', { runId }).catch(() => undefined);
  }
}

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let left = MOST_TRIES - 1; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || toErrorData(error).code !== 'engine-lost') throw error;
    }
  }
}
