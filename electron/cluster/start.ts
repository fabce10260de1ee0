import { randomBytes } from 'node:crypto';
import type { PreparedJob, Workers } from '../contract/cluster.ts';
import { toErrorData } from '../contract/errors.ts';
import { writeClusterJob } from '../files/cluster-file.ts';
import { ClusterRun, type ClusterRunOptions } from './cluster-run.ts';
import { submitJob, usualPace, type JobPace } from './submit.ts';

export interface StartOptions extends ClusterRunOptions {
  readonly workers: Workers;
  /** The folder `resources/cluster`. */
  readonly sources: string;
  readonly pace?: JobPace;
  /** Told what will be sent, before any of it is. */
  readonly onPrepared?: (job: PreparedJob) => void;
}

/**
 * Makes a run's folder and submits the job that will fill it. The folder is there first: a job whose answer was lost is found by it.
 * @throws ClusterError as the client does, StudioError as the bench does; the run is then noted as failed, or does not exist
 */
export async function startClusterRun(options: StartOptions): Promise<ClusterRun> {
  const { id, experiment, folder, notes, client, bench, emit, workers, sources, pace = usualPace } = options;
  const progress = (fraction: number, message: string): void =>
    emit('run:progressed', { runId: id, kind: 'preparing', fraction, message });
  await client.checkVersion();
  progress(0, 'Packing the images');
  const job = await bench.prepare();
  options.onPrepared?.(job);
  await folder.create(experiment, notes.current);
  const submission = `studio-${randomBytes(6).toString('hex')}`;
  const { address } = client;
  await writeClusterJob(folder, { version: 1, address, submission, workers, submittedAt: new Date().toISOString() });
  try {
    const onSent = (fraction: number): void => progress(fraction, 'Sending images and model');
    await submitJob({ client, submission, workers, job, sources, pace, onSent });
  } catch (error) {
    await notes.write({ status: 'failed', problem: toErrorData(error).message });
    throw error;
  }
  progress(1, 'Waiting for workers');
  return new ClusterRun(options);
}

/** How many bytes a job sends where the cluster holds none of them, and what that takes on two networks. */
export function sendingWords({ images, files }: PreparedJob): string {
  const bytes = [...images, ...Object.values(files).map(({ byteLength }) => ({ bytes: byteLength }))].reduce(
    (sum, each) => sum + each.bytes,
    0,
  );
  const seconds = (megabits: number): string => {
    const time = (bytes * 8) / (megabits * 1e6);
    return time < 1 ? 'under 1 s' : `${Math.round(time).toLocaleString('en')} s`;
  };
  const pieces = images.length === 1 ? '1 package' : `${images.length} packages`;
  const what =
    images.length === 0 ? 'the model; the workers find the images themselves' : `images in ${pieces}, and the model`;
  return `To send: ${(bytes / 1e6).toFixed(1)} MB (${what}): ${seconds(100)} at 100 Mbit/s, ${seconds(10)} at 10 Mbit/s. What the cluster holds already is not sent again.`;
}
