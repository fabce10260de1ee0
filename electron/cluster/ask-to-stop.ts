import { changeClusterJob } from '../files/cluster-file.ts';
import type { RunFolder } from '../files/run-folder.ts';
import type { RayClient } from './ray-client.ts';

/** Asks a run's job to stop; whoever follows it hears when it has. @throws ClusterError as the client does */
export async function askToStop(client: RayClient, folder: RunFolder): Promise<void> {
  const { submission } = await changeClusterJob(folder, { stopAsked: true });
  await client.stop(submission);
}
