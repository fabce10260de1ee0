import { open, type FileHandle } from 'node:fs/promises';
import { vi } from 'vitest';

/**
 * Lets the system refuse bytes as a full disk does: it takes half of what is written, then says so. All that writes files goes
 * through this call (files/atomic.ts).
 * @param refuses asked before each write
 * @returns what makes room again
 */
export async function fillDisk(refuses: () => boolean, code: 'ENOSPC' | 'EDQUOT' = 'ENOSPC'): Promise<() => void> {
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const write = prototype.write as (...given: unknown[]) => Promise<{ bytesWritten: number }>;
  let halves = 0;
  const spy = vi.spyOn(prototype, 'write').mockImplementation(async function (this: FileHandle, ...given: unknown[]) {
    const [bytes, from, length] = given as [Uint8Array, number, number];
    if (!refuses()) return write.call(this, bytes, from, length);
    halves += 1;
    if (halves % 2 === 1 && length > 1) return write.call(this, bytes, from, length >> 1);
    throw Object.assign(new Error(`${code}: no space left on device, write`), { code });
  } as FileHandle['write']);
  return () => spy.mockRestore();
}
