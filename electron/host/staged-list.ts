import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import type { Staging } from './staging.ts';

/** Of files that are opened one by one: more were dropped by mistake. */
const MOST_FILES = 200;

export interface StagedFile {
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
}

/**
 * The files that a window has handed over, those in folders among them.
 * @throws StudioError `refused` where they are too many, `not-found` where one is gone, `bad-file` where it is a device or pipe
 */
export async function stagedFiles(paths: readonly string[]): Promise<readonly StagedFile[]> {
  const found: StagedFile[] = [];
  const add = (path: string): void => {
    found.push({ path, name: basename(path) });
    if (found.length > MOST_FILES)
      throw new StudioError('refused', `Expected at most ${MOST_FILES} files, found more.`);
  };
  for (const path of paths) {
    const kind = await stat(path).catch((cause: unknown) => {
      throw new StudioError('not-found', `${path}: the file cannot be read.`, { cause });
    });
    if (kind.isFile()) add(path);
    else if (!kind.isDirectory())
      throw new StudioError('bad-file', `${path}: expected a file, found a device or pipe.`);
    else {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      for (const entry of entries) if (entry.isFile()) add(join(entry.parentPath, entry.name));
    }
  }
  return found;
}

/** Keeps what a window has staged for the length of `work`, and lets go of it then. Throws as `stagedFiles`. */
export async function withStaged<T>(
  staging: Staging,
  staged: string,
  work: (files: readonly StagedFile[]) => Promise<T>,
): Promise<T> {
  const letGo = staging.hold(staged);
  try {
    return await work(await stagedFiles(staging.paths(staged)));
  } finally {
    await letGo();
  }
}
