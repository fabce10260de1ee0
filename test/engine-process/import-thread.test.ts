import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ImportProgress } from '../../electron/contract/import-plan.ts';
import { ImportThread, workHere } from '../../electron/engine-process/import-thread.ts';
import { greyPng, plain } from '../dataset/import/fixtures.ts';
import { tiff } from '../dataset/import/kinds/made-files.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const entry = join(import.meta.dirname, '..', '..', 'electron', 'engine-process', 'import-worker.ts');

let data: TemporaryFolder;
let pictures: string;
let thread: ImportThread;
beforeEach(async () => {
  data = new TemporaryFolder();
  pictures = join(data.path, 'pets');
  mkdirSync(pictures);
  for (let value = 0; value < 20; value += 1) writeFileSync(join(pictures, `${value}.png`), await greyPng(value));
  thread = new ImportThread(entry);
});
afterEach(async () => {
  await thread.close();
  data[Symbol.dispose]();
});

const request = () => ({ paths: [pictures], options: plain, folder: join(data.path, 'sets', 'one'), id: 'one' });

it('plans, previews and imports as the thread that asks would', async () => {
  expect(await thread.plan([pictures], 'Pets')).toEqual(await workHere.plan([pictures], 'Pets'));
  expect(await thread.preview([pictures], plain, 3)).toEqual(await workHere.preview([pictures], plain, 3));
  const told: ImportProgress[] = [];
  const { seconds, ...report } = await thread.import(request(), { onProgress: (progress) => told.push(progress) });
  expect(seconds).toBeGreaterThan(0);
  expect(report).toMatchObject({ imported: 20, skipped: [], set: { id: 'one', trainingCount: 14, testCount: 6 } });
  expect(told.map(({ kind }) => kind)).toContain('listing');
});

it('reads TIFF files of numbers, whose reader must load in a thread', async () => {
  const values = Float32Array.from({ length: 64 }, (_, at) => at / 63);
  const path = data.write('field.tif', tiff({ width: 8, height: 8, bits: 32, format: 3, values }));
  const { numbers, unreadable } = await thread.plan([path], 'Field');
  expect([numbers, unreadable]).toEqual([{ least: 0, most: 1, words: 'numbers of 0 to 1' }, []]);
});

it('goes on while the thread that asks is kept busy', async () => {
  const importing = thread.import(request());
  await thread.plan([pictures], 'Pets');
  const folder = join(data.path, 'sets');
  const until = performance.now() + 20_000;
  // No message is read meanwhile.
  let seen: string[] = [];
  while (!seen.includes('one') && performance.now() < until) {
    try {
      seen = readdirSync(folder);
    } catch {
      // Not made yet.
    }
  }
  expect(seen).toEqual(['one']);
  expect(await importing).toMatchObject({ imported: 20 });
});

it('is stopped by its signal, and leaves nothing', async () => {
  const stop = new AbortController();
  const importing = thread.import(request(), { signal: stop.signal });
  stop.abort();
  await expect(importing).rejects.toMatchObject({ code: 'stopped' });
  const stopped = thread.import(request(), { signal: AbortSignal.abort() });
  await expect(stopped).rejects.toMatchObject({ code: 'stopped' });
  // The stop may come before or after the folder that all sets lie in is made.
  const left = readdirSync(data.path, { recursive: true }).filter((path) => !`${path}`.startsWith('pets'));
  expect(left.filter((path) => path !== 'sets')).toEqual([]);
});

it('throws what the work throws, by code and message', async () => {
  const message = `${join(data.path, 'lost')}: expected a file or folder, found none.`;
  await expect(thread.plan([join(data.path, 'lost')], 'Lost')).rejects.toMatchObject({ code: 'not-found', message });
});

it('that has ended is started again', async () => {
  await thread.plan([pictures], 'Pets');
  await thread.close();
  expect(await thread.plan([pictures], 'Pets')).toMatchObject({ count: 20 });
});

it('that cannot be started is done without', async () => {
  const without = new ImportThread(join(data.path, 'no-such-file.js'));
  expect(await without.plan([pictures], 'Pets')).toMatchObject({ count: 20 });
  expect(await without.import(request())).toMatchObject({ imported: 20 });
});
