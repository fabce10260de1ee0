import type { RayClient } from '../cluster/ray-client.ts';
import type { ClusterOrder } from '../contract/cluster.ts';
import type { ClusterPlan } from '../contract/cluster-calls.ts';
import { checkForCluster } from '../domain/cluster-limits.ts';
import { bytesEachStep } from '../contract/cluster-traffic.ts';
import type { Experiment } from '../domain/experiment.ts';
import { layOut } from '../domain/model-layout.ts';
import { newRunId } from '../files/run-id.ts';
import { RemoteClusterEngine } from './remote-cluster-engine.ts';
import type { AskEngine } from './window-handlers.ts';

interface PlanSurroundings {
  readonly client: RayClient;
  readonly ask: AskEngine;
}

/**
 * What training these on a cluster would send; asks the cluster what of it is there, and sends nothing.
 * @throws ClusterError as the client does; StudioError `bad-spec` for an experiment that no cluster trains, `refused` for images
 *   that are too many to be sent
 */
export async function planOf(
  experiments: readonly Experiment[],
  { workers, imageSource }: ClusterOrder,
  { client, ask }: PlanSurroundings,
): Promise<ClusterPlan> {
  for (const experiment of experiments) checkForCluster(experiment);
  const rayVersion = await client.checkVersion();
  const images = { packages: 0, bytes: 0, held: 0 };
  let toSend = 0;
  for (const experiment of onePerSet(experiments)) {
    const source = imageSource === undefined ? {} : { imageSource };
    const clusterEngine = new RemoteClusterEngine({ ask, runId: newRunId('plan', new Date()), experiment, ...source });
    try {
      const prepared = await clusterEngine.prepare();
      for (const { name, bytes } of prepared.images) {
        const isThere = await client.hasPackage(name);
        images.packages += 1;
        images.bytes += bytes;
        images.held += isThere ? 1 : 0;
        toSend += isThere ? 0 : bytes;
      }
    } finally {
      await clusterEngine.close();
    }
  }
  const weights = experiments.map(({ model }) => 4 * layOut(model).parameters);
  const modelBytes = weights.reduce((sum, bytes) => sum + bytes, 0);
  const steps = experiments.map(({ model }) => bytesEachStep(model, workers.count));
  return { rayVersion, images, modelBytes, bytesToSend: toSend + modelBytes, bytesEachStep: Math.max(...steps) };
}

const onePerSet = (experiments: readonly Experiment[]): readonly Experiment[] => [
  ...new Map(experiments.map((experiment) => [experiment.imageSet, experiment])).values(),
];
