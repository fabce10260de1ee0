import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isLitter } from '../dataset/import/listing.ts';

/** A file is read once it has been the same at two looks: within two of these of its last byte. */
const MS_BETWEEN_LOOKS = 250;

/**
 * Files that have been dealt with are seldom written anew: so many of them are looked at each time, others the next. Of a folder of ten
 * thousands a look at each would take seconds.
 */
const OLD_AT_ONCE = 500;

/** What programs call a file that they have not finished; it gets its name when it is whole. */
const UNFINISHED = /(?:\.(?:tmp|temp|part|partial|filepart|download|crdownload)|~)$/i;

/** A file as it was when it was found whole. */
export interface NewFile {
  readonly path: string;
  /** Below the watched folder, with `/` between folders. */
  readonly name: string;
  /** Tells it from a later one of the same name. */
  readonly version: string;
  /** The same under another name; empty where the file system does not say. */
  readonly id: string;
}

/** Files that have been dealt with before. */
export interface DoneFiles {
  has(name: string, version: string): boolean;
  /** What a file of this id was called; empty ids have no name. */
  nameOf(id: string): string | undefined;
}

/**
 * The files of a folder and of those in it, first those that are there, then each new or changed one, once it is no longer written to.
 * One that was only renamed is not new. By looking again and again: what systems tell of changes differs, and network folders tell nothing.
 */
export async function* filesIn(folder: string, signal: AbortSignal, done: DoneFiles): AsyncGenerator<NewFile> {
  const seen = new Map<string, string>();
  const given = new Map<string, string>();
  const names = new Map<string, string>();
  const old = new Set<string>();
  let turn = 0;
  while (!signal.aborted) {
    const there = await namesIn(folder);
    const isThere = new Set(there);
    for (const name of old) if (!isThere.has(name)) old.delete(name);
    const known = [...old];
    const again = Array.from(
      { length: Math.min(OLD_AT_ONCE, known.length) },
      (_, at) => known[(turn + at) % known.length]!,
    );
    turn += again.length;
    for (const name of [...there.filter((each) => !old.has(each)), ...again]) {
      if (signal.aborted) return;
      const path = join(folder, name);
      const about = await stat(path).catch(() => undefined);
      if (about === undefined || about.size === 0) continue;
      const version = versionOf(about);
      const isSettled = seen.get(name) === version;
      seen.set(name, version);
      // One that is written to is looked at each time.
      if (isSettled) old.add(name);
      else old.delete(name);
      if (!isSettled || given.get(name) === version || done.has(name, version)) continue;
      given.set(name, version);
      const id = idOf(about);
      const before = id === '' ? undefined : (names.get(id) ?? done.nameOf(id));
      names.set(id, name);
      if (before !== undefined && before !== name && !(await isStill(join(folder, before), id))) continue;
      yield { path, name, version, id };
    }
    await setTimeout(MS_BETWEEN_LOOKS, undefined, { signal }).catch(() => undefined);
  }
}

const versionOf = ({ size, mtimeMs }: Stats): string => `${size} ${Math.floor(mtimeMs)}`;

/** Numbers of files are used again once one is deleted: when it began tells them apart, where that is kept. */
const idOf = (about: Stats): string =>
  about.birthtimeMs > 0 ? `${about.ino} ${about.birthtimeMs} ${versionOf(about)}` : '';

/** Whether a file lies where it lay: another name beside it is then a second one, not a new one. */
const isStill = (path: string, id: string): Promise<boolean> =>
  stat(path).then(
    (about) => idOf(about) === id,
    () => false,
  );

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !isLitter(entry.name) && !UNFINISHED.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}
