import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import writeFileAtomic from 'write-file-atomic';
import { StudioError } from '../contract/errors.ts';

const NEW_LINE = 0x0a;

/**
 * Writes a file whole or not at all: beside it, synced, then renamed.
 * @throws StudioError `disk-full`, or `refused` with the system's reason, naming the file; so do all writers here.
 */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  const bytes = typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  await naming(path, () => writeFileAtomic(path, bytes));
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
      await file.appendFile(`${torn ? '\n' : ''}${line}\n`);
      await file.datasync();
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
  const temporary = join(parent, `.writing-${randomUUID()}`);
  const replaced = join(parent, `.replaced-${randomUUID()}`);
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
