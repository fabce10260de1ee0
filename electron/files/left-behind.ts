import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { passingOf } from './passing-names.ts';

/** Removes what writers that were killed have left in a folder; nothing else may be writing there. */
export async function sweep(folder: string): Promise<void> {
  await clear(folder, 'all');
}

/** The same for a folder in which other processes may be writing: what those have there stays. */
export async function sweepDead(folder: string): Promise<void> {
  await clear(folder, 'dead');
}

/** The same for all of a data folder, its trash included, wherever something is written, replaced or removed. */
export async function sweepDataFolder(dataFolder: string): Promise<void> {
  const trash = join(dataFolder, 'trash');
  const caches = [join(dataFolder, 'cache'), join(dataFolder, 'cache', 'cluster-images')];
  for (const folder of [dataFolder, trash, ...caches]) await sweepDead(folder);
  for (const root of [dataFolder, trash]) {
    // Weights and what is normal for them are written in the model's folder, verdicts in that of their inspection.
    for (const kind of ['image-sets', 'runs']) await sweepDeadBelow(join(root, kind));
  }
}

/** The same for a folder and for all in it that is not on its way. */
async function sweepDeadBelow(folder: string): Promise<void> {
  await sweepDead(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory() && passingOf(entry.name) === undefined) await sweepDeadBelow(join(folder, entry.name));
  }
}

async function clear(folder: string, what: 'all' | 'dead'): Promise<void> {
  for (const name of await namesIn(folder)) {
    const passing = passingOf(name);
    if (passing === undefined || (what === 'dead' && passing.isOwned)) continue;
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
