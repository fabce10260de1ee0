import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunState } from '../../electron/files/run-folder.ts';
import { RunStore } from '../../electron/host/run-store.ts';
import { addRun, dataFolders, metricsOf } from './studio-samples.ts';

const data = dataFolders();

it('runs can be resumed where they were cut off or stopped, and have what to go on from or nothing to lose', async () => {
  const withCheckpoint = async (id: string, state: Partial<RunState>) => {
    const folder = await addRun(data.path, id, state);
    await mkdir(join(folder.path, 'checkpoint-0002-000000'));
  };
  await withCheckpoint('finished', { status: 'finished' });
  await withCheckpoint('stopped', { status: 'stopped' });
  await withCheckpoint('failed', { status: 'failed' });
  await withCheckpoint('paused', { status: 'paused' });
  await withCheckpoint('elsewhere', { status: 'paused', processId: process.pid });
  await addRun(data.path, 'diverged', { status: 'failed' });
  await addRun(data.path, 'cut-off-at-once', { status: 'running' });
  await addRun(data.path, 'stopped-at-once', { status: 'stopped' });
  const brought = await addRun(data.path, 'stopped-elsewhere', { status: 'stopped' });
  await brought.addMetrics(metricsOf(1, 5));
  const old = await addRun(data.path, 'cut-off-long-ago', { status: 'interrupted' });
  await old.addMetrics(metricsOf(1, 5));
  await old.addMetrics(metricsOf(2, 4));
  const runs = await new RunStore(data.path).list(undefined);
  expect(Object.fromEntries(runs.map((run) => [run.id, [run.status, run.resumable]]))).toEqual({
    finished: ['finished', false],
    stopped: ['stopped', true],
    failed: ['failed', true],
    paused: ['interrupted', true],
    elsewhere: ['paused', false],
    diverged: ['failed', false],
    'cut-off-at-once': ['interrupted', true],
    'stopped-at-once': ['stopped', true],
    'stopped-elsewhere': ['stopped', false],
    'cut-off-long-ago': ['interrupted', false],
  });
});

it('a run whose folder was copied or renamed by hand is the one that its folder names', async () => {
  await addRun(data.path, 'original', { status: 'running' });
  const at = (id: string) => join(data.path, 'runs', id);
  await cp(at('original'), at('copied'), { recursive: true });
  const store = new RunStore(data.path);
  const training = { id: 'original' };
  const listed = await store.list(training);
  expect(listed.map(({ id, status }) => [id, status]).sort()).toEqual([
    ['copied', 'interrupted'],
    ['original', 'running'],
  ]);
  for (const { id, status } of listed) expect((await store.open(id, training)).summary).toMatchObject({ id, status });
  expect(await store.isLiving('copied', training)).toBe(false);
});

it('a run’s thumbnail is the first picture of its newest snapshot, or of that of its kept weights; before one there is none', async () => {
  const folder = await addRun(data.path, 'drawn', { status: 'finished' });
  const store = new RunStore(data.path);
  expect(await store.thumbnail('drawn')).toEqual({});
  for (const epoch of [1, 2]) {
    const pixels = Uint8Array.from({ length: 8 }, (_, at) => 10 * epoch + at);
    const map = { x: Float32Array.of(0), y: Float32Array.of(0) };
    await folder.writeSnapshot({
      runId: 'drawn',
      epoch,
      reconstructions: { count: 2, height: 2, width: 2, channels: 1, pixels },
      errors: Float32Array.of(0, 0),
      map,
      mapIs: 'code',
    });
  }
  const image = { count: 1, height: 2, width: 2, channels: 1, pixels: Uint8Array.of(20, 21, 22, 23) };
  expect(await store.thumbnail('drawn')).toEqual({ image });
  await folder.writeState({ ...(await folder.readState()), test: { mse: 0.1, squaredError: 0.4, epoch: 1 } });
  expect((await store.thumbnail('drawn')).image?.pixels).toEqual(Uint8Array.of(10, 11, 12, 13));
  await expect(store.thumbnail('gone')).rejects.toThrow('There is no run "gone"');
});
