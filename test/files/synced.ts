import { statSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { vi } from 'vitest';

/** What all open files have in common, to be spied on. */
export async function fileHandles(): Promise<FileHandle> {
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  return prototype;
}

/** @returns whether what lies at a path, be it a file or a folder, has been synced since then */
export async function watchSyncs(): Promise<(path: string) => boolean> {
  const prototype = await fileHandles();
  const sync = prototype.sync;
  const synced = new Set<number>();
  vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
    await sync.call(this);
    synced.add((await this.stat()).ino);
  });
  return (path) => synced.has(statSync(path).ino);
}

/** The disk syncs no folder, or not this one: it answers with this code of the system's. */
export async function refuseFolderSyncs(code: string, only?: string): Promise<void> {
  const refused = only === undefined ? undefined : statSync(only).ino;
  const prototype = await fileHandles();
  const sync = prototype.sync;
  vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
    const stat = await this.stat();
    if (stat.isDirectory() && stat.ino === (refused ?? stat.ino))
      throw Object.assign(new Error(`${code}: fsync`), { code });
    await sync.call(this);
  });
}
