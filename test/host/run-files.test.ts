import { existsSync } from 'node:fs';
import { open, readdir, readFile, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { unwrap } from '../../electron/domain/errors.ts';
import { addRun, dataFolders, experiment, metricsOf, openStudio, started } from './studio-samples.ts';
import { wholeRun } from './whole-run.ts';

const data = dataFolders();
afterEach(() => vi.restoreAllMocks());

/** Lets the disk give four bytes one at a time. @returns what ends that */
async function givesOneByte(): Promise<() => void> {
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const read = prototype.read as (...given: unknown[]) => Promise<unknown>;
  const spy = vi.spyOn(prototype, 'read').mockImplementation(function (this: FileHandle, ...given: unknown[]) {
    const [into, from, length, at] = given as [Uint8Array, number, number, number];
    return read.call(this, into, from, length > 1 && length <= 4 ? 1 : length, at);
  } as FileHandle['read']);
  return () => spy.mockRestore();
}

describe('what a person says of a run', () => {
  it('is kept beside it, what is left out stays, and the name takes the experiment’s place', async () => {
    await addRun(data.path, 'run-a');
    const { window, heard } = await openStudio(data.path);
    const annotate = async (changes: object) =>
      unwrap(await window.call('run:annotate', { runId: 'run-a', ...changes }));
    expect(await annotate({ tags: ['best', ' kept '], notes: 'With less noise.' })).toMatchObject({
      name: 'Article',
      tags: ['best', 'kept'],
      notes: 'With less noise.',
    });
    expect(await annotate({ name: 'The good one' })).toMatchObject({ name: 'The good one', tags: ['best', 'kept'] });
    expect(await annotate({ tags: [] })).toMatchObject({ name: 'The good one', tags: [], notes: 'With less noise.' });
    const [listed] = unwrap(await window.call('run:list', {}));
    expect(listed).toMatchObject({ id: 'run-a', name: 'The good one', notes: 'With less noise.' });
    expect(heard.filter((name) => name === 'runs:changed')).toHaveLength(3);
  });

  it('is all kept when two windows say it at the same time', async () => {
    await addRun(data.path, 'run-a');
    const { window } = await openStudio(data.path);
    const said = [{ name: 'The good one' }, { tags: ['best'] }, { notes: 'With less noise.' }];
    await Promise.all(said.map((change) => window.call('run:annotate', { runId: 'run-a', ...change })));
    const [listed] = unwrap(await window.call('run:list', {}));
    expect(listed).toMatchObject({ name: 'The good one', tags: ['best'], notes: 'With less noise.' });
  });

  it('is told as damaged where its file is, and the run is listed all the same', async () => {
    const folder = await addRun(data.path, 'run-a');
    const file = join(folder.path, 'annotations.json');
    await writeFile(file, '{"version": 1, "tags": "none"}');
    const [listed] = unwrap(await (await openStudio(data.path)).window.call('run:list', {}));
    expect(listed).toMatchObject({ name: 'Article', tags: [], problem: `${file}: tags must be Array, found "none".` });
  });
});

describe('the small curve of a run', () => {
  it('has its validation errors, of a long run 64 from the first to the last', async () => {
    const short = await addRun(data.path, 'short');
    for (const [epoch, error] of [5, 3, 4].entries()) await short.addMetrics(metricsOf(epoch + 1, error));
    const long = await addRun(data.path, 'long');
    const lines = Array.from({ length: 200 }, (_, epoch) => JSON.stringify(metricsOf(epoch + 1, 200 - epoch)));
    await writeFile(join(long.path, 'metrics.jsonl'), `${lines.join('\n')}\n`);
    const blind = await addRun(data.path, 'blind');
    const unvalidated = { ...metricsOf(1, 9), validationMse: undefined, validationSquaredError: undefined };
    await writeFile(join(blind.path, 'metrics.jsonl'), `${JSON.stringify(unvalidated)}\n`);
    const runs = unwrap(await (await openStudio(data.path)).window.call('run:list', {}));
    const curves = Object.fromEntries(runs.map(({ id, curve }) => [id, curve]));
    expect(curves['short']).toEqual([5, 3, 4]);
    expect(curves['blind']).toEqual([0.1]);
    expect(curves['long']).toHaveLength(64);
    expect([curves['long']!.at(0), curves['long']!.at(-1)]).toEqual([200, 1]);
  });
});

describe('the trash of runs', () => {
  it('takes runs and gives them back as they were', async () => {
    await wholeRun(data.path, 'run-a');
    await addRun(data.path, 'run-b');
    const { window, heard } = await openStudio(data.path);
    const list = async (channel: 'run:list' | 'run:trash') =>
      unwrap(await window.call(channel, {})).map(({ id }) => id);
    unwrap(await window.call('run:delete', { runIds: ['run-a'] }));
    expect([await list('run:list'), await list('run:trash')]).toEqual([['run-b'], ['run-a']]);
    expect(existsSync(join(data.path, 'trash', 'runs', 'run-a', 'checkpoint-0002-000000'))).toBe(true);
    unwrap(await window.call('run:restore', { runIds: ['run-a'] }));
    expect(unwrap(await window.call('run:open', { runId: 'run-a' })).metrics).toHaveLength(2);
    unwrap(await window.call('run:delete', { runIds: ['run-a', 'run-b'] }));
    unwrap(await window.call('run:empty-trash', {}));
    expect([await list('run:list'), await list('run:trash')]).toEqual([[], []]);
    expect(await readdir(join(data.path, 'trash'))).toEqual([]);
    expect(heard.filter((name) => name === 'runs:changed')).toHaveLength(4);
  });

  it('refuses a run that trains, here or elsewhere, and then moves none', async () => {
    await addRun(data.path, 'idle');
    await addRun(data.path, 'ours', { status: 'running' });
    await addRun(data.path, 'elsewhere', { status: 'paused', processId: process.pid });
    const { window, launched } = await openStudio(data.path);
    await expect.poll(async () => unwrap(await window.call('app:describe', {})).engine.kind).toBe('ready');
    launched[0]!.send('run:started', started('ours'));
    await expect.poll(async () => unwrap(await window.call('app:describe', {})).activeRun).toBe('ours');
    const message = 'The run "Article" is training and cannot be deleted. Stop it, or wait until it has finished.';
    for (const living of ['ours', 'elsewhere']) {
      const answer = await window.call('run:delete', { runIds: ['idle', living] });
      expect(answer).toEqual({ ok: false, error: { code: 'busy', message } });
    }
    expect(unwrap(await window.call('run:list', {}))).toHaveLength(3);
  });

  it('moves none where one is not there or its place is taken', async () => {
    await addRun(data.path, 'run-a');
    const { window } = await openStudio(data.path);
    const gone = await window.call('run:delete', { runIds: ['run-a', 'gone'] });
    expect(gone).toMatchObject({ ok: false, error: { code: 'not-found' } });
    unwrap(await window.call('run:delete', { runIds: ['run-a'] }));
    await addRun(data.path, 'run-a');
    await addRun(data.path, 'run-b');
    const taken = await window.call('run:delete', { runIds: ['run-b', 'run-a'] });
    const place = join(data.path, 'trash', 'runs', 'run-a');
    expect(taken).toEqual({
      ok: false,
      error: { code: 'refused', message: `${place}: expected no run of this id, found one.` },
    });
    expect(unwrap(await window.call('run:list', {}))).toHaveLength(2);
  });
});

describe('experiments as files', () => {
  it('are saved readably and opened again, from an exported run too', async () => {
    const folder = await addRun(data.path, 'run-a');
    await folder.addMetrics(metricsOf(1, 5));
    const { window, exported, stage } = await openStudio(data.path);
    const given = { ...experiment, name: 'My Article, again' };
    const saved = unwrap(await window.call('experiment:save', { experiment: given }));
    const file = join(exported, 'my-article-again.json');
    expect(saved).toEqual({ kind: 'saved', folder: file });
    expect(await readFile(file, 'utf8')).toContain('\n  "name": "My Article, again",\n');
    unwrap(await window.call('run:export', { runId: 'run-a' }));
    const staged = stage(file, join(exported, 'article.aestudio'));
    const { experiments, problems } = unwrap(await window.call('experiment:open', { staged }));
    expect(problems).toEqual([]);
    expect(experiments).toEqual([given, experiment]);
  });

  it('are told from exported runs by their first bytes, however few of them the disk gives at a time', async () => {
    const folder = await addRun(data.path, 'run-a');
    await folder.addMetrics(metricsOf(1, 5));
    const { window, exported, stage } = await openStudio(data.path);
    unwrap(await window.call('run:export', { runId: 'run-a' }));
    const file = join(exported, 'article.aestudio');
    const restore = await givesOneByte();
    const { experiments, problems } = unwrap(await window.call('experiment:open', { staged: stage(file) }));
    restore();
    expect([experiments, problems]).toEqual([[experiment], []]);
  });

  it('of an older version are migrated; newer and broken ones are named', async () => {
    const training = { ...experiment.training, regularisers: undefined, codeL1: 0.25 };
    const write = async (name: string, value: unknown) => {
      const path = join(data.path, name);
      await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
      return path;
    };
    const paths = [
      await write('old.json', { ...experiment, version: 1, training }),
      await write('newer.json', { ...experiment, version: 9 }),
      await write('broken.json', '{"version": 2'),
    ];
    const { window, stage } = await openStudio(data.path);
    const { experiments, problems } = unwrap(await window.call('experiment:open', { staged: stage(...paths) }));
    expect(experiments).toEqual([
      { ...experiment, training: { ...experiment.training, regularisers: { codeL1: 0.25, contractive: 0 } } },
    ]);
    expect(problems).toEqual([
      'newer.json: written by a newer version of the app: version 9, this version of the app reads up to 2.',
      'broken.json: expected JSON, found text that is not JSON.',
    ]);
  });

  it('that are no longer staged are not found', async () => {
    const { window } = await openStudio(data.path);
    const answer = await window.call('experiment:open', { staged: 'staged-0' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});
