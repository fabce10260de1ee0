import { join } from 'node:path';
import type { Artifact, ClusterEngine, LoadedWeights } from '../contract/cluster.ts';
import type { Snapshot } from '../domain/words.ts';
import { writeWholeBy } from '../files/atomic.ts';
import type { RunFolder } from '../files/run-folder.ts';
import { ClusterError } from './cluster-error.ts';
import type { PatientWrites } from './patient-writes.ts';
import type { RayClient } from './ray-client.ts';

export interface JobWeightsOptions {
  readonly folder: RunFolder;
  readonly client: RayClient;
  readonly clusterEngine: ClusterEngine;
  readonly writes: PatientWrites;
  readonly say: (sentence: string) => void;
}

type Kept = 'best' | 'last';

/** Weights that a job announces, as they become the run's own. */
export class JobWeights {
  private readonly options: JobWeightsOptions;
  private readonly announced = new Map<Artifact['weights'], Artifact>();
  /** What the run's weights are now, by their SHA-256. */
  private readonly held = new Map<Kept, string>();

  constructor(options: JobWeightsOptions) {
    this.options = options;
  }

  announce(artifact: Artifact): void {
    this.announced.set(artifact.weights, artifact);
  }

  /**
   * Those of an epoch in the middle, where they were announced. That the cluster has removed them, or sent others, is not worth a
   * run: then there are none.
   */
  async ofEpoch(epoch: number, as: readonly Kept[]): Promise<LoadedWeights | undefined> {
    const artifact = this.announced.get('epoch');
    if (artifact?.epoch !== epoch) return undefined;
    try {
      return await this.fetch(artifact, as);
    } catch (error) {
      const isLost = error instanceof ClusterError && (error.problem === 'gone' || error.problem === 'damaged');
      if (!isLost) throw error;
      this.options.say(`The weights of epoch ${epoch} could not be fetched. ${error.message}`);
      return undefined;
    }
  }

  /**
   * Those that a job leaves at its end.
   * @returns their epoch, and what they show where they had not come before
   * @throws ClusterError where they cannot be had
   */
  async final(weights: Kept): Promise<{ readonly epoch: number; readonly snapshot?: Snapshot }> {
    const artifact = this.announced.get(weights);
    if (artifact === undefined) {
      throw new ClusterError('gone', `The job has ended without its ${weights} weights. What had come here is kept.`);
    }
    const { epoch } = artifact;
    if (this.held.get(weights) === artifact.sha256) return { epoch };
    const { snapshot } = await this.fetch(artifact, [weights]);
    return { epoch, snapshot };
  }

  private async fetch(artifact: Artifact, as: readonly Kept[]): Promise<LoadedWeights> {
    const { folder, client, clusterEngine, writes } = this.options;
    const path = join(folder.path, 'cluster-weights.safetensors');
    await writes.persist(() => writeWholeBy(path, (file) => client.download(artifact, file)));
    const taken = await writes.persist(() => clusterEngine.loadWeights(path, artifact.epoch, as));
    for (const weights of as) this.held.set(weights, artifact.sha256);
    return taken;
  }
}
