import { existsSync, mkdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StepContext } from '../../scripts/native/context.ts';
import { lockPath, withLock } from '../../scripts/native/lock.ts';
import { FakeMachine } from './fake-project.ts';

let machine: FakeMachine;
let path: string;
beforeEach(() => {
  machine = new FakeMachine();
  const cacheFolder = join(machine.cache, 'native');
  mkdirSync(cacheFolder, { recursive: true });
  path = lockPath({ cacheFolder });
});
afterEach(() => {
  machine.remove();
});

const context = (changes: Parameters<FakeMachine['context']>[1] = {}): StepContext =>
  machine.context(machine.project(), changes);
const waiting = 'Waiting: another process is preparing TensorFlow already.';

test('a lock is there while the work runs and gone after it, also when the work fails', async () => {
  expect(await withLock(context(), () => Promise.resolve(existsSync(path)))).toBe(true);
  expect(existsSync(path)).toBe(false);
  await expect(withLock(context(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});

test('two that prepare at the same time do it one after the other', async () => {
  const happened: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    happened.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    happened.push(`${name} ends`);
  };
  const one = withLock(context(), work('one'));
  await expect.poll(() => happened).not.toEqual([]);
  await Promise.all([one, withLock(context(), work('two'))]);
  expect(happened).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});

test('a lock whose holder was killed is taken over once it was not touched for 20 seconds', async () => {
  mkdirSync(path);
  const onLine = (): void => {
    const longAgo = new Date(Date.now() - 21_000);
    utimesSync(path, longAgo, longAgo);
  };
  expect(await withLock(context({ onLine }), () => Promise.resolve('done'))).toBe('done');
  expect(machine.lines).toEqual([waiting]);
});

test('a lock that is held is waited for', async () => {
  mkdirSync(path);
  const onLine = (): void => {
    rmSync(path, { recursive: true });
  };
  expect(await withLock(context({ onLine }), () => Promise.resolve('done'))).toBe('done');
  expect(machine.lines).toEqual([waiting]);
});

test('waiting can be interrupted', async () => {
  mkdirSync(path);
  const stop = new AbortController();
  const onLine = (): void => {
    stop.abort();
  };
  const working = withLock(context({ onLine, signal: stop.signal }), () => Promise.resolve('done'));
  await expect(working).rejects.toMatchObject({ code: 'interrupted' });
  expect(existsSync(path)).toBe(true);
});
