import { statSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { vi } from 'vitest';

/** @returns whether what lies at a path, be it a file or a folder, has been synced since then */
export async function watchSyncs(): Promise<(path: string) => boolean> {
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const sync = prototype.sync;
  const synced = new Set<number>();
  vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
    await sync.call(this);
    synced.add((await this.stat()).ino);
  });
  return (path) => synced.has(statSync(path).ino);
}
