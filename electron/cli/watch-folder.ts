import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isLitter } from '../dataset/import/listing.ts';

/** A file is read once it has been the same at two looks: within two of these of its last byte. */
const MS_BETWEEN_LOOKS = 250;

/** A file as it was when it was found whole. */
export interface NewFile {
  readonly path: string;
  /** Below the watched folder, with `/` between folders. */
  readonly name: string;
  /** Tells it from a later one of the same name. */
  readonly version: string;
}

/**
 * The files of a folder and of those in it, first those that are there, then each new or changed one, once it is no longer written to.
 * By looking again and again: what systems tell of changes differs, and network folders tell nothing.
 * @param isDone whether a file of this name and version has been dealt with before
 */
export async function* filesIn(
  folder: string,
  signal: AbortSignal,
  isDone: (name: string, version: string) => boolean,
): AsyncGenerator<NewFile> {
  const seen = new Map<string, string>();
  const given = new Map<string, string>();
  while (!signal.aborted) {
    for (const name of await namesIn(folder)) {
      if (signal.aborted) return;
      const path = join(folder, name);
      const about = await stat(path).catch(() => undefined);
      if (about === undefined || about.size === 0) continue;
      const version = `${about.size} ${Math.floor(about.mtimeMs)}`;
      const isSettled = seen.get(name) === version;
      seen.set(name, version);
      if (!isSettled || given.get(name) === version || isDone(name, version)) continue;
      given.set(name, version);
      yield { path, name, version };
    }
    await setTimeout(MS_BETWEEN_LOOKS, undefined, { signal }).catch(() => undefined);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !isLitter(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}
