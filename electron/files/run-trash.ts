import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import { makeFolder, removeFolder, renameSynced } from './atomic.ts';

/** The trash of a data folder: laid out as the data folder itself, so that what reads the one reads the other. */
export function trashOf(dataFolder: string): string {
  return join(dataFolder, 'trash');
}

/**
 * Moves runs from one data folder (or trash) to another on the same disk: all of them or none.
 * @throws StudioError `not-found` for one that is not there, `refused` where its id is taken or the system refuses.
 */
export async function moveRuns(runIds: readonly string[], from: string, to: string): Promise<void> {
  const moves = [...new Set(runIds)].map((id) => ({
    id,
    source: join(from, 'runs', id),
    target: join(to, 'runs', id),
  }));
  for (const { id, source, target } of moves) {
    if (!(await isThere(source))) throw new StudioError('not-found', `There is no run "${id}" in ${from}.`);
    if (await isThere(target)) throw new StudioError('refused', `${target}: expected no run of this id, found one.`);
  }
  await makeFolder(join(to, 'runs'));
  const moved: typeof moves = [];
  try {
    for (const move of moves) {
      await renameSynced(move.source, move.target).catch((cause: NodeJS.ErrnoException) => {
        throw new StudioError('refused', `${move.source}: cannot be moved to ${move.target} (${cause.code}).`, {
          cause,
        });
      });
      moved.push(move);
    }
  } catch (error) {
    for (const { source, target } of moved.reverse()) await renameSynced(target, source);
    throw error;
  }
}

/** Removes for good the runs in the trash. */
export async function emptyRunTrash(dataFolder: string): Promise<void> {
  await removeFolder(join(trashOf(dataFolder), 'runs'));
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
