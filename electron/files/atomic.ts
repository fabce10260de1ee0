import { copyFile, link, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { StudioError } from '../domain/errors.ts';
import { isAlive } from './process-alive.ts';

const NEW_LINE = 0x0a;

/** How files and folders are called while they are written (then comes the number of the process), and folders once replaced. */
const WRITING = '.writing-';
const REPLACED = '.replaced-';

/**
 * Writes a file whole or not at all: beside it, synced, then renamed.
 * @throws StudioError `disk-full`, or `refused` with the system's reason, naming the file; so do all writers here.
 */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const temporary = join(dirname(path), `${WRITING}${process.pid}-${randomUUID()}`);
  await naming(path, async () => {
    try {
      await fill(temporary, [bytes]);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** The same for a file that is written piece by piece: `write` fills one beside it, which then takes its place. */
export async function writeWholeBy(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  await makeFolder(dirname(path));
  const temporary = join(dirname(path), `${WRITING}${process.pid}-${randomUUID()}`);
  await naming(path, async () => {
    try {
      const file = await open(temporary, 'wx');
      try {
        await write(file);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** Makes a folder and those above it, where they are missing. */
export async function makeFolder(path: string): Promise<void> {
  await naming(path, () => mkdir(path, { recursive: true }));
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
  const temporary = join(parent, `${WRITING}${process.pid}-${randomUUID()}`);
  const replaced = join(parent, `${REPLACED}${randomUUID()}`);
  await makeFolder(temporary);
  try {
    await fill(temporary);
    const hadOne = await rename(folder, replaced).then(
      () => true,
      () => false,
    );
    try {
      await rename(temporary, folder);
    } catch (error) {
      if (hadOne) await rename(replaced, folder);
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
  const temporary = join(parent, `${WRITING}${process.pid}-${randomUUID()}`);
  await makeFolder(temporary);
  try {
    const name = await fill(temporary);
    await naming(join(parent, name), () => rename(temporary, join(parent, name)));
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
  await naming(to, () => link(from, to).catch(() => copyFile(from, to)));
}

/** Takes a folder away whole: a crash in the middle leaves no part of it under its name. */
export async function removeFolder(folder: string): Promise<void> {
  const removed = join(dirname(folder), `${REPLACED}${randomUUID()}`);
  await rename(folder, removed).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw unwritable(folder, error);
  });
  await rm(removed, { recursive: true, force: true });
}

/** Removes what writers that were killed have left in a folder; nothing else may be writing there. */
export async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => name.startsWith(WRITING) || name.startsWith(REPLACED));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Removes from a folder, in which other processes may be writing, what writers have left that are gone. */
export async function sweepDead(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const writer = writerOf(name);
    if (writer !== undefined && !isAlive(writer)) await rm(join(folder, name), { recursive: true, force: true });
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

/** The process that fills a folder of this name; nothing for any other name. */
export function writerOf(name: string): number | undefined {
  return name.startsWith(WRITING) ? Number(name.slice(WRITING.length).split('-')[0]) : undefined;
}
