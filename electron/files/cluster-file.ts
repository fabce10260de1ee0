import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterJobSchema, type ClusterJob } from '../contract/cluster.ts';
import { StudioError } from '../domain/errors.ts';
import type { RunPlaceElsewhere } from '../domain/words.ts';
import { JsonFile } from './json-file.ts';
import type { RunFolder } from './run-folder.ts';

const fileOf = ({ path }: RunFolder) => new JsonFile(join(path, 'cluster.json'), 1, ClusterJobSchema);

/** Whether a run is, or was, trained by a cluster. */
export function isClusterRun(folder: RunFolder): boolean {
  return existsSync(fileOf(folder).path);
}

/** The job that trains a run. @throws StudioError `not-found` where there is none, `bad-file` naming the field */
export async function readClusterJob(folder: RunFolder): Promise<ClusterJob> {
  return fileOf(folder).read();
}

/** The same. @throws StudioError `refused` too, where the job has ended */
export async function readOpenJob(folder: RunFolder): Promise<ClusterJob> {
  const job = await readClusterJob(folder);
  if (job.ended === true) throw new StudioError('refused', `${folder.path}: the job has ended.`);
  return job;
}

export async function writeClusterJob(folder: RunFolder, job: ClusterJob): Promise<void> {
  await fileOf(folder).write(job);
}

/** Notes what has become of the job. Throws as `readClusterJob` and `writeJson`. */
export async function changeClusterJob(
  folder: RunFolder,
  changes: Pick<ClusterJob, 'stopAsked' | 'ended'>,
): Promise<ClusterJob> {
  return fileOf(folder).update((job) => ({ ...job, ...changes }));
}

/** A job as a list of runs tells it. */
export function placeOf({ address, workers, ended }: ClusterJob): RunPlaceElsewhere {
  return { address, workers: workers.count, open: ended !== true };
}
