import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../scripts/native/lock.ts';
import { FakeMachine } from './fake-project.ts';

let machine: FakeMachine;
let path: string;
beforeEach(() => {
  machine = new FakeMachine();
  mkdirSync(join(machine.cache, 'native'), { recursive: true });
  path = join(machine.cache, 'native/lock');
});
afterEach(() => {
  machine.remove();
});

const locked = (changes: object): void => {
  writeFileSync(path, JSON.stringify({ token: 'other', pid: process.pid, host: hostname(), ...changes }));
};
/** Beyond any process id Linux hands out. */
const deadPid = 2 ** 30;

test('a lock is there while the work runs and gone after it, also when the work fails', async () => {
  const context = machine.context(machine.project());
  expect(await withLock(context, () => Promise.resolve(existsSync(path)))).toBe(true);
  expect(existsSync(path)).toBe(false);
  await expect(withLock(context, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});

test('a lock whose process is dead does not hold', async () => {
  locked({ pid: deadPid });
  expect(await withLock(machine.context(machine.project()), () => Promise.resolve('done'))).toBe('done');
  expect(machine.lines).toEqual([]);
});

test('a lock of another machine holds while it is fresh, and not when its heartbeat stopped', async () => {
  locked({ host: 'another', pid: deadPid });
  const onLine = (): void => {
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(path, longAgo, longAgo);
  };
  const context = machine.context(machine.project(), { onLine });
  expect(await withLock(context, () => Promise.resolve('done'))).toBe('done');
  expect(machine.lines).toEqual([`Waiting: process ${String(deadPid)} is preparing TensorFlow already.`]);
});

test('a lock that is held is waited for', async () => {
  locked({});
  const onLine = (): void => {
    rmSync(path);
  };
  expect(await withLock(machine.context(machine.project(), { onLine }), () => Promise.resolve('done'))).toBe('done');
});

test('waiting can be interrupted', async () => {
  locked({});
  const stop = new AbortController();
  const onLine = (): void => {
    stop.abort();
  };
  const context = machine.context(machine.project(), { onLine, signal: stop.signal });
  await expect(withLock(context, () => Promise.resolve('done'))).rejects.toMatchObject({ code: 'interrupted' });
  expect(existsSync(path)).toBe(true);
});
