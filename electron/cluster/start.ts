import { randomBytes } from 'node:crypto';
import type { ClusterJob, PreparedJob, Workers } from '../contract/cluster.ts';
import { toErrorData } from '../domain/errors.ts';
import type { RunEnded } from '../domain/words.ts';
import { changeClusterJob, placeOf, writeClusterJob } from '../files/cluster-file.ts';
import { isPassing } from './cluster-error.ts';
import { ClusterRun, type ClusterRunOptions } from './cluster-run.ts';
import { submitJob, usualPace, type JobPace } from './submit.ts';

export interface StartOptions extends ClusterRunOptions {
  readonly workers: Workers;
  /** The folder `resources/cluster`. */
  readonly sources: string;
  readonly pace?: JobPace;
  /** Told what will be sent, before any of it is. */
  readonly onPrepared?: (job: PreparedJob) => void;
  /** The run's folder is there. */
  readonly onCreated?: () => void;
  /** Ends the sending: the run is then stopped. Once the job is there, it does nothing. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a run's folder and submits the job that will fill it. The folder is there first: a job whose answer was lost is found by it.
 * @throws ClusterError as the client does, StudioError as the clusterEngine does; the run's end is then noted and told, or it does not exist
 */
export async function startClusterRun(options: StartOptions): Promise<ClusterRun> {
  const {
    id,
    experiment,
    folder,
    notes,
    client,
    clusterEngine,
    emit,
    workers,
    sources,
    pace = usualPace,
    signal,
  } = options;
  const progress = (fraction: number, message: string): void =>
    emit('run:progressed', { runId: id, kind: 'preparing', fraction, message });
  await client.checkVersion();
  progress(0, 'Packing the images');
  const prepared = await clusterEngine.prepare();
  options.onPrepared?.(prepared);
  await folder.create(experiment, notes.current);
  const submission = `studio-${randomBytes(6).toString('hex')}`;
  const submittedAt = new Date().toISOString();
  const job: ClusterJob = { address: client.address, submission, workers, submittedAt };
  await writeClusterJob(folder, job);
  const record = await notes.record(experiment, []);
  emit('run:started', { ...record, summary: { ...record.summary, cluster: placeOf(job) } });
  options.onCreated?.();
  let asked = false;
  try {
    const onSent = (fraction: number): void => progress(fraction, 'Sending images and model');
    const onAsk = (): void => void (asked = true);
    const given = { client, submission, workers, job: prepared, sources, pace, onSent, onAsk };
    await submitJob(signal === undefined ? given : { ...given, signal });
  } catch (error) {
    // Where nobody knows whether the job is there it can still be looked for.
    const open = asked && isPassing(error);
    const ended = endOf(error, open, signal?.aborted === true && !asked);
    // Where the disk has no room for it, windows are told all the same; the next start finds the run as interrupted.
    if (!open) await changeClusterJob(folder, { ended: true }).catch(() => undefined);
    await notes.write(ended).catch(() => undefined);
    emit('run:ended', { runId: id, ...ended });
    throw error;
  }
  progress(1, 'Waiting for workers');
  return new ClusterRun({ ...options, announced: true });
}

function endOf(error: unknown, open: boolean, stopped: boolean): Pick<RunEnded, 'status' | 'problem'> {
  const { message } = toErrorData(error);
  if (stopped) return { status: 'stopped', problem: 'Stopped before the job had been sent.' };
  if (open) return { status: 'interrupted', problem: `${message} Whether the job has begun is not known: follow it.` };
  return { status: 'failed', problem: message };
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
