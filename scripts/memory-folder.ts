import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Several times what tests that run beside each other have there at once (230 MB). */
const ROOM = 1024 ** 3;

export interface MemoryFolderOptions {
  /** Where Linux keeps files in memory. */
  readonly root?: string;
  /** Bytes that must be free there. */
  readonly room?: number;
}

/**
 * A new, empty folder in memory, where it costs nothing to bring what is written to the disk; whoever asked for it removes it. Undefined
 * where there is no such place, too little room, or, as in many containers, no program may be started from it.
 */
export async function memoryFolder(options: MemoryFolderOptions = {}): Promise<string | undefined> {
  const { root = '/dev/shm', room = ROOM } = options;
  let folder: string | undefined;
  try {
    const { bavail, bsize } = await statfs(root);
    if (bavail * bsize < room) return undefined;
    folder = await mkdtemp(join(root, 'studio-tests-'));
    if (await startsPrograms(folder)) return folder;
  } catch {
    // It is not there, or not for us.
  }
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  return undefined;
}

async function startsPrograms(folder: string): Promise<boolean> {
  const program = join(folder, 'program');
  await writeFile(program, '#!/bin/sh\n');
  await chmod(program, 0o700);
  const { status } = spawnSync(program);
  await rm(program);
  return status === 0;
}
