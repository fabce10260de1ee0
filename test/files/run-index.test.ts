import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile, cp, mkdir, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { changeAnnotations } from '../../electron/files/run-annotations.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { RunIndex } from '../../electron/files/run-index.ts';
import { RunStore } from '../../electron/host/run-store.ts';
import { addRun, dataFolders, metricsOf } from '../host/studio-samples.ts';

const data = dataFolders();
const indexPath = () => join(data.path, 'cache', 'runs.json');

/** A clock by which all that has been written lies an hour back. */
const later = () => Date.now() + 3_600_000;

/** A list as a newly started app makes it, and which runs' files it has read for it. */
async function list({ now = later, active }: { now?: () => number; active?: string } = {}) {
  const index = new RunIndex(indexPath(), now);
  const store = new RunStore(data.path, index);
  const summary = vi.spyOn(store, 'summary');
  const runs = await store.list(active === undefined ? undefined : { id: active });
  await index.settled();
  return { runs, read: summary.mock.calls.map(([id]) => id).sort(), again: () => store.list(undefined), summary };
}

/** What a store without an index says, in the same order. */
const asRead = () => new RunStore(data.path, new RunIndex(join(data.path, 'none.json'), () => 0)).list(undefined);

/** A run that was stopped after two epochs. */
async function addStopped(id: string): Promise<RunFolder> {
  const folder = await addRun(data.path, id, { status: 'stopped' });
  for (const epoch of [1, 2]) await folder.addMetrics(metricsOf(epoch, 10 / epoch));
  await changeAnnotations(folder, { tags: ['kept'], notes: '' });
  return folder;
}

test('runs whose files look as they did are not read again, by this app or the next, and say the same', async () => {
  for (const id of ['a', 'b', 'c']) await addStopped(id);
  const first = await list();
  expect(first.read).toEqual(['a', 'b', 'c']);
  expect(await first.again()).toEqual(first.runs);
  expect(first.summary).toHaveBeenCalledTimes(3);
  const second = await list();
  expect(second.read).toEqual([]);
  expect(second.runs).toEqual(first.runs);
  expect(second.runs).toEqual(await asRead());
  const [height, width, channels] = (await RunFolder.under(data.path, 'a').readExperiment()).model.inputShape;
  expect(second.runs[0]).toMatchObject({ imageValues: height * width * channels });
});

/** What may be done to a run by another program, or by hand. */
const changes: Record<string, (folder: RunFolder) => Promise<unknown>> = {
  'another epoch': (folder) => folder.addMetrics(metricsOf(3, 1)),
  'an epoch by another program': ({ path }) =>
    appendFile(join(path, 'metrics.jsonl'), `${JSON.stringify(metricsOf(3, 1))}\n`),
  'another state': async (folder) => folder.writeState({ ...(await folder.readState()), status: 'finished' }),
  'another name': (folder) => changeAnnotations(folder, { name: 'Another' }),
  'its first note taken away': async ({ path }) => rmSync(join(path, 'annotations.json')),
  'a checkpoint': ({ path }) => mkdir(join(path, 'checkpoint-0002-000000')),
  'bytes of the same number under the same time': async ({ path }) => {
    const file = join(path, 'experiment.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"seed": 1', '"seed": 7'));
    await utimes(file, 1, 1);
  },
  'a damaged experiment': async ({ path }) => writeFileSync(join(path, 'experiment.json'), '{'),
};

test.each(Object.keys(changes))('a run is read again after %s', async (name) => {
  const folder = await addStopped('a');
  await addStopped('b');
  const experiment = join(folder.path, 'experiment.json');
  await utimes(experiment, 1, 1);
  const before = await list();
  await changes[name]!(folder);
  const after = await list();
  expect(after.read).toEqual(['a']);
  expect(after.runs).toEqual(await asRead());
  expect(after.runs).not.toEqual(before.runs);
});

test('folders that came, went or changed places by hand are listed as they are', async () => {
  for (const id of ['a', 'b', 'c']) await addStopped(id);
  await list();
  const at = (id: string) => RunFolder.under(data.path, id).path;
  rmSync(at('a'), { recursive: true });
  await cp(at('b'), at('d'), { recursive: true });
  await rename(at('c'), at('aside'));
  await rename(at('b'), at('c'));
  await rename(at('aside'), at('b'));
  const after = await list();
  expect(after.runs).toEqual(await asRead());
  expect((await list()).read).toEqual([]);
});

test.each([
  ['is torn', (text: string) => text.slice(0, text.length / 2)],
  ['is of another version', (text: string) => text.replace(/"version": \d+/, '"version": 0')],
  ['does not say how large images are', (text: string) => text.replace(/"imageValues": \d+,/, '')],
  ['holds what is no summary', (text: string) => text.replace('"codeSize": ', '"codeSize": "many", "was": ')],
  ['is empty', () => ''],
])('an index that %s is made anew', async (_, damage) => {
  await addStopped('a');
  const { runs } = await list();
  writeFileSync(indexPath(), damage(readFileSync(indexPath(), 'utf8')));
  const after = await list();
  expect(after.read).toEqual(['a']);
  expect(after.runs).toEqual(runs);
  expect((await list()).read).toEqual([]);
});

test('what may change without its files changing is read each time', async () => {
  await addStopped('active');
  await addRun(data.path, 'trains', { status: 'running', processId: process.pid });
  await addRun(data.path, 'failed', { status: 'failed', problem: 'The loss became infinite.' });
  const diverged = await addRun(data.path, 'diverged', { status: 'finished' });
  await diverged.addMetrics(metricsOf(1, Number.NaN));
  const all = ['active', 'diverged', 'failed', 'trains'];
  await list();
  expect((await list({ active: 'active' })).read).toEqual(all);
  expect((await list({ active: 'active' })).read).toEqual(all);
});

test('what was written just now is read again: a clock that ticks slowly would not tell a change of it', async () => {
  await addStopped('a');
  await list({ now: () => Date.now() });
  expect((await list()).read).toEqual(['a']);
});

test('where the index cannot be written, the list is read as before', async () => {
  await addStopped('a');
  writeFileSync(join(data.path, 'cache'), 'no folder');
  expect((await list()).runs).toEqual(await asRead());
});
