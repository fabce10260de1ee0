import type { FileHandle } from 'node:fs/promises';

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
