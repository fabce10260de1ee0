import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import type { StepContext } from './context.ts';
import { fromSystemError, interrupted } from './native-error.ts';

/** A holder whose lock was not touched for so long is gone: killed, or its machine switched off. It is touched twice in that time. */
const STALE_MS = 20_000;
const LOOK_AGAIN_MS = 200;

/**
 * Runs `work` while holding the cache's lock, so that two clones prepare TensorFlow once and neither takes the other's half-made
 * files for leftovers. A lock whose holder is gone is taken over.
 */
export async function withLock<T>(context: StepContext, work: () => Promise<T>): Promise<T> {
  const release = await acquire(context);
  try {
    return await work();
  } finally {
    // Somebody removed the cache under us, or it was held up for so long that another took the lock over: the work is done.
    await release().catch(() => undefined);
  }
}

/** Where the lock lies while it is held. */
export function lockPath({ cacheFolder }: Pick<StepContext, 'cacheFolder'>): string {
  return join(cacheFolder, 'in-use.lock');
}

async function acquire(context: StepContext): Promise<() => Promise<void>> {
  const lockfilePath = lockPath(context);
  for (let told = false; ; told = true) {
    try {
      // Where it is taken over all the same, everything still reaches the cache by a rename.
      return await lock(context.cacheFolder, { lockfilePath, stale: STALE_MS, onCompromised: () => undefined });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw fromSystemError(error, lockfilePath);
    }
    if (!told) context.report.line('Waiting: another process is preparing TensorFlow already.');
    await wait(LOOK_AGAIN_MS, undefined, { signal: context.signal }).catch(() => {
      throw interrupted();
    });
  }
}
