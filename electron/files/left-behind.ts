import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { passingOf } from './passing-names.ts';
import { isAlive } from './process-alive.ts';

/** Removes what writers that were killed have left in a folder; nothing else may be writing there. */
export async function sweep(folder: string): Promise<void> {
  await clear(folder, () => true);
}

/** The same for a folder in which other processes may be writing: what those have there stays. */
export async function sweepDead(folder: string): Promise<void> {
  await clear(folder, (processId) => !isAlive(processId));
}

/** The same for all of a data folder, its trash included, wherever something is written, replaced or removed. */
export async function sweepDataFolder(dataFolder: string): Promise<void> {
  const trash = join(dataFolder, 'trash');
  const caches = [join(dataFolder, 'cache'), join(dataFolder, 'cache', 'cluster-images')];
  for (const folder of [dataFolder, trash, ...caches]) await sweepDead(folder);
  for (const root of [dataFolder, trash]) {
    for (const set of await sweptInside(join(root, 'image-sets'))) await sweepDead(set);
    for (const run of await sweptInside(join(root, 'runs'))) {
      for (const folder of [run, join(run, 'model'), join(run, 'snapshots')]) await sweepDead(folder);
    }
  }
}

/** @returns what is in the folder after that */
async function sweptInside(folder: string): Promise<string[]> {
  await sweepDead(folder);
  return (await namesIn(folder)).filter((name) => passingOf(name) === undefined).map((name) => join(folder, name));
}

async function clear(folder: string, isGone: (processId: number) => boolean): Promise<void> {
  for (const name of await namesIn(folder)) {
    const passing = passingOf(name);
    if (passing === undefined || !isGone(passing.processId)) continue;
    const place = passing.was === undefined ? undefined : join(folder, passing.was);
    // Its process was killed between two names: what was to take its place had not come yet.
    if (place !== undefined && !(await isThere(place))) await rename(join(folder, name), place);
    else await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
