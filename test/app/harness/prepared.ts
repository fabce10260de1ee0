import { access, mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { PREPARED_VARIABLE } from '../../../scripts/prepared-folder.ts';

const LOOK_AGAIN_MS = 100;

/**
 * A folder that tests may copy from, made once for all workers by the first that wants it; the others wait.
 * @param make fills the empty folder it is given; what it throws fails the test, and the next that wants the folder tries again
 */
export async function prepared(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const shared = process.env[PREPARED_VARIABLE];
  if (shared === undefined)
    throw new Error(`Expected ${PREPARED_VARIABLE}, which Playwright's configuration sets; found none.`);
  const folder = join(shared, name);
  if (await isThere(folder)) return folder;
  const release = await acquire(folder);
  try {
    if (await isThere(folder)) return folder;
    const making = await mkdtemp(`${folder}-`);
    await make(making);
    await rename(making, folder);
    return folder;
  } finally {
    await release();
  }
}

async function acquire(folder: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      return await lock(folder, { realpath: false });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    await wait(LOOK_AGAIN_MS);
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
