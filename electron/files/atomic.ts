import { copyFile, link, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import { makeDeep } from './make-deep.ts';
import { isInTheMaking, removedName, replacedName, writingName } from './passing-names.ts';

const NEW_LINE = 0x0a;

/**
 * Writes a file whole or not at all: beside it, synced, then renamed, and the folder's entry synced too.
 * @param data in pieces where it would not lie in memory as one
 * @param syncsName false where a power cut may bring the file back that was there before, whole: that is many times as quick
 * @throws StudioError `disk-full`, or `refused` with the system's reason, naming the file; so do all writers here.
 */
export async function writeWhole(
  path: string,
  data: string | Uint8Array | Iterable<Uint8Array>,
  syncsName = true,
): Promise<void> {
  await makeFolder(dirname(path));
  const pieces = typeof data === 'string' ? [Buffer.from(data)] : data instanceof Uint8Array ? [data] : data;
  const temporary = join(dirname(path), writingName());
  await naming(path, async () => {
    try {
      await fill(temporary, pieces);
      await (syncsName ? renameSynced : rename)(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** The same for a file that is written piece by piece: `write` fills one beside it, which then takes its place. */
export async function writeWholeBy(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  await makeFolder(dirname(path));
  const temporary = join(dirname(path), writingName());
  await naming(path, async () => {
    try {
      const file = await open(temporary, 'wx');
      try {
        await write(file);
        await file.sync();
      } finally {
        await file.close();
      }
      await renameSynced(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** Makes a folder and those above it, where they are missing; the disk then has their names. */
export async function makeFolder(path: string): Promise<void> {
  await naming(path, async () => {
    const first = await makeDeep(resolve(path));
    if (first === undefined) return;
    let made = resolve(path);
    while (made !== resolve(first)) {
      await syncFolder(dirname(made));
      made = dirname(made);
    }
    await syncFolder(dirname(made));
  });
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Adds one line to a file and waits until the disk has it; a reader must expect the last line to be torn. A line that a crash
 * has torn before is ended first, so that it takes no other with it.
 */
export async function appendLine(path: string, line: string): Promise<void> {
  await naming(path, async () => {
    const file = await open(path, 'a+');
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
      const torn = size > 0 && buffer[0] !== NEW_LINE;
      try {
        await writeFully(file, Buffer.from(`${torn ? '\n' : ''}${line}\n`));
        await file.datasync();
      } catch (error) {
        // A full disk takes half of a line: none of it is left.
        await file.truncate(size).catch(() => undefined);
        throw error;
      }
    } finally {
      await file.close();
    }
  });
}

/**
 * Fills a folder whole or not at all: `fill` writes into a folder beside it, which then takes its place. A folder that is
 * already there is replaced.
 */
export async function writeFolder(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const parent = dirname(folder);
  const temporary = join(parent, writingName());
  const replaced = join(parent, replacedName(basename(folder)));
  await makeFolder(temporary);
  try {
    await fill(temporary);
    await naming(folder, () => syncFolders(temporary));
    // Not where there is none: under a name that is too long for the system nothing can be looked for, or removed.
    const hadOne = await rename(folder, replaced).then(
      () => true,
      () => false,
    );
    let isNamed = false;
    try {
      await rename(temporary, folder);
      isNamed = true;
      await syncRename(temporary, folder);
    } catch (error) {
      // A disk that fails so late may fail again: what was replaced is then put back at the next start.
      if (isNamed) await rename(folder, temporary).catch(() => undefined);
      if (hadOne) await rename(replaced, folder).catch(() => undefined);
      throw unwritable(folder, error);
    }
    if (hadOne) await rm(replaced, { recursive: true, force: true });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * Fills a folder whose name is known only when it is filled: `fill` answers it. Whole or not at all.
 * @throws StudioError `refused` where one of that name is there
 */
export async function fillNewFolder(parent: string, fill: (temporary: string) => Promise<string>): Promise<string> {
  const temporary = join(parent, writingName());
  await makeFolder(temporary);
  try {
    const name = await fill(temporary);
    await naming(join(parent, name), async () => {
      await syncFolders(temporary);
      await renameSynced(temporary, join(parent, name));
    });
    return name;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Writes a file piece by piece, for bodies too large to be joined. Only within `writeFolder`: a failure leaves a part of it. */
export async function writePieces(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  await naming(path, () => fill(path, pieces));
}

/** A new file of these pieces, on the disk when it resolves. */
async function fill(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (const piece of pieces) await writeFully(file, piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The system may take a part: a disk that is all but full does, and says so only when it is asked for the rest. */
export async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    done += (await file.write(bytes, done, bytes.byteLength - done)).bytesWritten;
  }
}

/** Gives a file that is never changed in place a second name, without a second copy where the disk can do that. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  await naming(to, () => link(from, to).catch(() => copySynced(from, to)));
}

async function copySynced(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const file = await open(to, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Takes a folder away whole: a crash in the middle leaves no part of it under its name. */
export async function removeFolder(folder: string): Promise<void> {
  const removed = join(dirname(folder), removedName());
  await rename(folder, removed).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw unwritable(folder, error);
  });
  await rm(removed, { recursive: true, force: true });
}

/** Renames, and waits until the disk has the new name: else a power cut can bring the old one back. */
export async function renameSynced(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncRename(from, to);
}

async function syncRename(from: string, to: string): Promise<void> {
  // What is being filled is synced once, when it is whole.
  if (isInTheMaking(dirname(to))) return;
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/** Waits until the disk has the names in a folder and in those below it. */
async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncFolders(join(folder, entry.name));
  }
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder as a file; its file systems keep names in a journal.
  if (process.platform === 'win32') return;
  const file = await open(folder, 'r');
  try {
    await file.sync();
  } catch (error) {
    // Some network and user-space file systems cannot.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
  } finally {
    await file.close();
  }
}

/** Runs what writes a file or folder; the system's errors come out as the writers' above do. */
export async function naming<T>(path: string, write: () => Promise<T>): Promise<T> {
  return write().catch((error: unknown) => {
    throw error instanceof StudioError ? error : unwritable(path, error);
  });
}

function unwritable(path: string, cause: unknown): StudioError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StudioError('disk-full', `${path}: cannot be written: the disk is full.`, { cause });
  }
  // "EACCES: permission denied, open '…'": the path is said already.
  return new StudioError('refused', `${path}: cannot be written (${message.split(',')[0]}).`, { cause });
}
