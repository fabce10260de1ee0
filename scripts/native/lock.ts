import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { StepContext } from './context.ts';
import { fromSystemError, interrupted } from './native-error.ts';

const heartbeatMs = 2_000;
/** A holder that missed this many milliseconds of heartbeats is gone: killed, or its machine switched off. */
const staleAfterMs = 20_000;
const lookAgainMs = 200;

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

/**
 * Runs `work` while holding the cache's lock, so that two clones prepare TensorFlow once. A lock whose holder died is
 * taken over. The lock only saves work: everything reaches the cache by a rename, so even two holders would do no harm.
 */
export async function withLock<T>(context: StepContext, work: () => Promise<T>): Promise<T> {
  const path = join(context.cacheFolder, 'lock');
  const token = await acquire(context, path);
  const heartbeat = setInterval(() => {
    touch(path);
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (readHolder(path)?.token === token) rmSync(path, { force: true });
  }
}

async function acquire(context: StepContext, path: string): Promise<string> {
  const holder: Holder = { token: randomUUID(), pid: process.pid, host: hostname() };
  let told = false;
  while (!tryCreate(path, holder)) {
    if (isStale(path)) {
      takeAway(path);
      continue;
    }
    if (!told) {
      const other = readHolder(path);
      context.report.line(`Waiting: process ${String(other?.pid ?? '?')} is preparing TensorFlow already.`);
      told = true;
    }
    await wait(lookAgainMs, undefined, { signal: context.signal }).catch(() => {
      throw interrupted();
    });
  }
  return holder.token;
}

function tryCreate(path: string, holder: Holder): boolean {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, JSON.stringify(holder));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fromSystemError(error, path);
  }
}

function isStale(path: string): boolean {
  const holder = readHolder(path);
  if (holder?.host === hostname() && !isAlive(holder.pid)) return true;
  try {
    return Date.now() - statSync(path).mtimeMs > staleAfterMs;
  } catch {
    return false;
  }
}

/** Renames before removing: of two processes that find the same stale lock, one rename fails. */
function takeAway(path: string): void {
  const aside = `${path}-${randomUUID()}`;
  try {
    renameSync(path, aside);
    rmSync(aside, { force: true });
  } catch {
    return;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder> | null;
    if (typeof value?.token !== 'string' || typeof value.pid !== 'number' || typeof value.host !== 'string')
      return undefined;
    return { token: value.token, pid: value.pid, host: value.host };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Gone: somebody removed the cache under us. The work goes on and fails by itself if it must.
    return;
  }
}
