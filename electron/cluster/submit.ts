import { readFile } from 'node:fs/promises';
import type { PreparedJob, Workers } from '../contract/cluster.ts';
import { ClusterError, isPassing } from './cluster-error.ts';
import { packageJob } from './package-job.ts';
import type { RayClient } from './ray-client.ts';

/** How often the cluster sends weights and keeps a checkpoint, in seconds. */
export interface JobPace {
  /** Weights come back with an epoch's end, and not sooner than so long after the ones before. */
  readonly weightsSeconds: number;
  /** Within an epoch; one is kept at each epoch's end too. */
  readonly checkpointSeconds: number;
}

export const usualPace: JobPace = { weightsSeconds: 60, checkpointSeconds: 30 };

export interface Submission {
  readonly client: RayClient;
  readonly submission: string;
  readonly workers: Workers;
  readonly job: PreparedJob;
  /** The folder `resources/cluster`. */
  readonly sources: string;
  readonly pace: JobPace;
  /** @param fraction of the bytes that have to be sent, 0-1 */
  readonly onSent: (fraction: number) => void;
  /** All is sent: from now on the job may be there. */
  readonly onAsk: () => void;
  /** Ends the sending. */
  readonly signal?: AbortSignal;
}

/**
 * Sends what the cluster does not hold yet, then the job.
 * @throws ClusterError as the client does; the signal's reason
 */
export async function submitJob(given: Submission): Promise<void> {
  const { client, submission, workers, job, sources, pace, onSent, onAsk, signal } = given;
  const spec = { ...job.spec, submission, workers, ...pace };
  const own = await packageJob(sources, { ...job.files, 'spec.json': Buffer.from(JSON.stringify(spec)) });
  const total = own.zip.byteLength + job.images.reduce((sum, { bytes }) => sum + bytes, 0);
  let sent = 0;
  for (const { name, path, bytes } of job.images) {
    if (!(await client.hasPackage(name))) await client.uploadPackage(name, await readFile(path), signal);
    sent += bytes;
    onSent(sent / total);
  }
  if (!(await client.hasPackage(own.name))) await client.uploadPackage(own.name, own.zip, signal);
  onSent(1);
  signal?.throwIfAborted();
  onAsk();
  const request = {
    submission,
    entrypoint: 'python -m studio.job spec.json',
    workingDirectory: own.name,
    modules: job.images.map(({ name }) => name),
  };
  try {
    await client.submit(request);
  } catch (error) {
    // The answer may have been lost on its way, not the job.
    if (!isPassing(error) || !(await isThere(client, submission))) throw error;
  }
}

async function isThere(client: RayClient, submission: string): Promise<boolean> {
  return client.job(submission).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ClusterError && error.problem === 'gone') return false;
      throw error;
    },
  );
}
