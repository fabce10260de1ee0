import { readClusterJob, writeClusterJob } from '../files/cluster-file.ts';
import type { RunFolder } from '../files/run-folder.ts';
import type { RayClient } from './ray-client.ts';

/** Asks a run's job to stop; whoever follows it hears when it has. @throws ClusterError as the client does */
export async function askToStop(client: RayClient, folder: RunFolder): Promise<void> {
  const job = await readClusterJob(folder);
  await writeClusterJob(folder, { ...job, stopAsked: true });
  await client.stop(job.submission);
}
