import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterJobSchema, type ClusterJob } from '../contract/cluster.ts';
import type { RunPlaceElsewhere } from '../domain/words.ts';
import { writeJson } from './atomic.ts';
import { readChecked, type RunFolder } from './run-folder.ts';

const pathIn = (folder: RunFolder): string => join(folder.path, 'cluster.json');

/** Whether a run is, or was, trained by a cluster. */
export function isClusterRun(folder: RunFolder): boolean {
  return existsSync(pathIn(folder));
}

/** The job that trains a run. @throws StudioError `not-found` where there is none, `bad-file` naming the field */
export async function readClusterJob(folder: RunFolder): Promise<ClusterJob> {
  return readChecked(pathIn(folder), ClusterJobSchema);
}

export async function writeClusterJob(folder: RunFolder, job: ClusterJob): Promise<void> {
  await writeJson(pathIn(folder), job);
}

/** A job as a list of runs tells it. */
export function placeOf({ address, workers, ended }: ClusterJob): RunPlaceElsewhere {
  return { address, workers: workers.count, open: ended !== true };
}
