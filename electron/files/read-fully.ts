import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { StudioError } from '../domain/errors.ts';

/** One read takes at most this: the system's own limit lies at 2 GiB. */
const READ_BYTES = 64 * 2 ** 20;

/**
 * Fills a buffer with what stands in a file from `at` on, however little the disk gives at a time.
 * @returns how many bytes there were: fewer than the buffer holds only where the file ends before
 */
export async function readFully(file: Pick<FileHandle, 'read'>, into: Uint8Array, at: number): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const wanted = Math.min(READ_BYTES, into.length - filled);
    const { bytesRead } = await file.read(into, filled, wanted, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** The same at once, of an open file by its number: where whoever waits for a promise would wait longer for that than for the disk. */
export function readFullyNow(file: number, into: Uint8Array, at: number): number {
  let filled = 0;
  while (filled < into.length) {
    const bytesRead = readSync(file, into, filled, Math.min(READ_BYTES, into.length - filled), at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Fills a buffer at once. @throws StudioError `bad-file` naming the file where it ends before */
export function readWholeNow(file: number, path: string, into: Uint8Array, at: number): void {
  const found = readFullyNow(file, into, at);
  if (found === into.length) return;
  throw new StudioError('bad-file', `${path}: expected ${into.length} bytes from byte ${at} on, found ${found}.`);
}
