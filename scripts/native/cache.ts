import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { StepContext } from './context.ts';
import { fromSystemError, NativeError } from './native-error.ts';
import { megabytes } from './report.ts';

const temporaryPrefix = 'tmp-';

/** Makes the cache folder. Throws `cache-unwritable` naming the folder. */
export function openCache(context: StepContext): void {
  try {
    mkdirSync(context.cacheFolder, { recursive: true });
  } catch (error) {
    throw fromSystemError(error, context.cacheFolder);
  }
}

/**
 * Runs `work` in a folder of its own inside the cache and removes the folder afterwards, whatever happened. What is
 * worth keeping leaves it by `publish`. Disk errors come out as the step's own.
 */
export async function withTemporaryFolder<T>(context: StepContext, work: (folder: string) => Promise<T>): Promise<T> {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(context.cacheFolder, temporaryPrefix));
    return await work(folder);
  } catch (error) {
    throw fromSystemError(error, context.cacheFolder);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Moves a finished folder to its place in the cache at once, replacing what was there. */
export function publish(finished: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  rmSync(target, { recursive: true, force: true });
  renameSync(finished, target);
}

/** Removes what a killed process left behind. Call only with the lock held: nobody else is working then. */
export function removeLeftovers(context: StepContext): void {
  for (const name of readdirSync(context.cacheFolder)) {
    if (name.startsWith(temporaryPrefix)) rmSync(join(context.cacheFolder, name), { recursive: true, force: true });
  }
  const scope = dirname(context.packageFolder);
  for (const name of readdirSync(scope)) {
    if (name.startsWith(stagePrefix(context))) rmSync(join(scope, name), { recursive: true, force: true });
  }
}

/** Folders beside tfjs-node in which a result is put together before it replaces the old one begin so. */
export function stagePrefix(context: StepContext): string {
  return `.${basename(context.packageFolder)}-stage-`;
}

/** Throws `disk-full` where less than `bytes` are free for the cache. */
export function requireFreeSpace(context: StepContext, bytes: number): void {
  const free = context.freeBytes(context.cacheFolder);
  if (free >= bytes) return;
  throw new NativeError(
    'disk-full',
    `Preparing TensorFlow needs ${megabytes(bytes)} of free disk space for ${context.cacheFolder}, and ${megabytes(free)} are free. Free some space, or set AUTOENCODER_STUDIO_CACHE to a folder on another disk, and run the same command again.`,
  );
}
