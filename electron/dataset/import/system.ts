import { closeSync, openSync } from 'node:fs';
import { open, readFile, stat, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { readFullyNow } from '../../files/read-fully.ts';
import type { DiskPath } from './disk-path.ts';

/** A file that is being filled from its beginning. */
export interface GrowingFile {
  write(bytes: Uint8Array): Promise<unknown>;
  /** Waits until the disk has it. */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** What an import asks of the machine: passed in, so that a full disk or a lost permission can be tried out. */
export interface ImportSystem {
  /** The bytes of a file that may disappear meanwhile. */
  readFile(path: DiskPath): Promise<Buffer>;
  fileSize(path: DiskPath): Promise<number>;
  /** Makes a file that is not there yet. */
  create(path: string): Promise<GrowingFile>;
  /** Bytes free on the disk of this folder, which exists. */
  freeBytes(folder: string): Promise<number>;
  /** The most bytes one set may take in memory. */
  readonly memoryBytes: number;
  /** Pictures decoded beside each other. */
  readonly atOnce: number;
}

/** A set lies in memory once while it trains: half of the machine's memory leaves room for the model and the window. */
const SHARE_OF_MEMORY = 0.5;

export const thisMachine: ImportSystem = {
  // async: what the system throws comes out as a rejection.
  readFile: async (path) => readSmall(path) ?? readFile(path),
  fileSize: async (path) => (await stat(path)).size,
  create: async (path) => {
    const file = await open(path, 'wx');
    return {
      // `writeFile` goes on where a full disk or a signal cut one write short.
      write: (bytes) => file.writeFile(bytes),
      datasync: () => file.datasync(),
      close: () => file.close(),
    };
  },
  freeBytes: async (folder) => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
  memoryBytes: Math.floor(totalmem() * SHARE_OF_MEMORY),
  // The system's thread pool has four; a few more keep them from waiting for the disk.
  atOnce: Math.min(8, availableParallelism() * 2),
};

/** Files up to this size are read at once: four trips to the thread pool take five times as long as reading them. */
const MOST_SMALL_BYTES = 65_536;

/** One byte more shows what is larger. */
const scratch = Buffer.alloc(MOST_SMALL_BYTES + 1);

/** The bytes of a small file; undefined for a larger one. */
function readSmall(path: DiskPath): Buffer | undefined {
  const file = openSync(path, 'r');
  try {
    const size = readFullyNow(file, scratch, 0);
    return size > MOST_SMALL_BYTES ? undefined : Buffer.from(scratch.subarray(0, size));
  } finally {
    closeSync(file);
  }
}

/** What is said of what is not there. */
export const GONE = 'it is no longer there';

/** What follows "expected …, but". */
export function whyUnreadable(error: unknown): string {
  const { code, path } = error as NodeJS.ErrnoException;
  // Node reads a name's bytes as UTF-8 and puts U+FFFD where they are none: under that name there is nothing.
  if (code === 'ENOENT' && path?.includes('\uFFFD') === true) return 'its name is not UTF-8: rename it';
  if (code === 'ENOENT') return GONE;
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read (permission denied)';
  if (code === 'ELOOP') return 'it is a link that leads back to itself';
  if (code === 'EISDIR') return 'it is a folder';
  return `it cannot be read (${code ?? (error as Error).message})`;
}
