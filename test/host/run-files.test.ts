import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ZipFile } from 'yazl';
import { unwrap } from '../../electron/domain/errors.ts';
import { writeJson, writeWhole } from '../../electron/files/atomic.ts';
import { encodeSafetensors } from '../../electron/files/safetensors.ts';
import type { RunFolder } from '../../electron/files/run-folder.ts';
import { watchSyncs } from '../files/synced.ts';
import { addRun, dataFolders, experiment, metricsOf, openStudio, started } from './studio-samples.ts';

const data = dataFolders();
afterEach(() => vi.restoreAllMocks());

const snapshot = (runId: string, epoch: number) =>
  ({
    runId,
    epoch,
    reconstructions: { count: 1, height: 1, width: 2, channels: 1, pixels: Uint8Array.of(0, 255) },
    errors: Float32Array.of(0.5),
    map: { x: Float32Array.of(1, 2), y: Float32Array.of(3, 4) },
    mapIs: 'code',
  }) as const;

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

/** A run with every kind of file. */
async function wholeRun(id: string): Promise<RunFolder> {
  const test = { mse: 0.002, squaredError: 1.6, epoch: 2 };
  const folder = await addRun(data.path, id, { test }, { sweep: 'sweep-1' });
  await folder.addMetrics(metricsOf(1, 5));
  await folder.addMetrics({ ...metricsOf(2, 3), trainingCost: Number.NaN });
  await folder.writeSnapshot(snapshot(id, 2));
  await writeJson(join(folder.modelFolder('best'), 'model-spec.json'), experiment.model);
  const weights = encodeSafetensors({ 'code/bias': { shape: [2], data: Float32Array.of(1, 2) } });
  await writeWhole(join(folder.modelFolder('best'), 'weights.safetensors'), weights);
  await mkdir(join(folder.path, 'checkpoint-0002-000000'));
  await writeFile(join(folder.path, 'checkpoint-0002-000000', 'state.safetensors'), 'large');
  return folder;
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
    await wholeRun('run-a');
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

describe('a run as one file', () => {
  it('comes back as it was, without its checkpoints, under another id where its own is taken', async () => {
    await wholeRun('run-a');
    const { window, exported, stage, heard } = await openStudio(data.path);
    unwrap(await window.call('run:annotate', { runId: 'run-a', name: 'Good One', tags: ['x'] }));
    const saved = unwrap(await window.call('run:export', { runId: 'run-a' }));
    const file = join(exported, 'good-one.aestudio');
    expect(saved).toEqual({ kind: 'saved', folder: file });
    expect(Object.keys(unzipSync(await readFile(file))).some((name) => name.includes('checkpoint'))).toBe(false);

    const before = unwrap(await window.call('run:open', { runId: 'run-a' }));
    const { runIds, problems } = unwrap(await window.call('run:import', { staged: stage(file) }));
    expect(problems).toEqual([]);
    expect(runIds[0]).toMatch(/^run-a-[0-9a-f]{8}$/);
    const after = unwrap(await window.call('run:open', { runId: runIds[0]! }));
    expect(after).toEqual({ ...before, summary: { ...before.summary, id: runIds[0] } });
    expect(heard.at(-1)).toBe('runs:changed');

    unwrap(await window.call('run:delete', { runIds: ['run-a', runIds[0]!] }));
    unwrap(await window.call('run:empty-trash', {}));
    expect(unwrap(await window.call('run:import', { staged: stage(file) })).runIds).toEqual(['run-a']);
    expect(unwrap(await window.call('run:snapshot', { runId: 'run-a', epoch: 2 }))).toEqual(snapshot('run-a', 2));
  });

  it('that was imported is still there after a power cut: every file, every folder, and its name', async () => {
    await wholeRun('run-a');
    const { window, exported, stage } = await openStudio(data.path);
    unwrap(await window.call('run:export', { runId: 'run-a' }));
    const isSynced = await watchSyncs();
    const file = join(exported, 'article.aestudio');
    const { runIds } = unwrap(await window.call('run:import', { staged: stage(file) }));
    const runs = join(data.path, 'runs');
    const run = join(runs, runIds[0]!);
    const inside = (await readdir(run, { recursive: true })).map((name) => join(run, name));
    expect(inside.length).toBeGreaterThan(8);
    expect([runs, run, ...inside].filter((path) => !isSynced(path))).toEqual([]);
  });

  it('of a run that was cut off is an interrupted one; one that trains is refused', async () => {
    const folder = await addRun(data.path, 'cut', { status: 'running' });
    await writeFile(join(folder.path, 'metrics.jsonl'), `${JSON.stringify(metricsOf(1, 5))}\n{"epoch": 2, "st`);
    await addRun(data.path, 'living', { status: 'running', processId: process.pid });
    const { window, exported, stage } = await openStudio(data.path);
    unwrap(await window.call('run:export', { runId: 'cut' }));
    const { runIds } = unwrap(await window.call('run:import', { staged: stage(join(exported, 'article.aestudio')) }));
    expect(unwrap(await window.call('run:open', { runId: runIds[0]! })).summary).toMatchObject({
      status: 'interrupted',
      epochsDone: 1,
    });
    expect(await window.call('run:export', { runId: 'living' })).toMatchObject({ ok: false, error: { code: 'busy' } });
  });
});

describe('importing runs', () => {
  it('takes one in that is zipped in the 64-bit form, as one of more than 4 GB is', async () => {
    const zip = new ZipFile();
    for (const [name, bytes] of Object.entries(files)) {
      zip.addBuffer(Buffer.from(bytes), name, { forceZip64Format: true });
    }
    zip.end({ forceZip64Format: true, comment: '' });
    const { window, stage } = await openStudio(data.path);
    const path = join(data.path, 'large.aestudio');
    await writeFile(path, await buffer(zip.outputStream as Readable));
    expect(unwrap(await window.call('run:import', { staged: stage(path) }))).toEqual({
      runIds: ['run-z'],
      problems: [],
    });
  });

  const manifest = strToU8('{"format": "autoencoder-studio-run", "version": 1}');
  const state = { version: 1, id: 'run-z', startedAt: '2026-01-01', status: 'finished', processId: 1 };
  const files = {
    'aestudio.json': manifest,
    'experiment.json': strToU8(JSON.stringify(experiment)),
    'run.json': strToU8(JSON.stringify(state)),
  };

  const cases: readonly (readonly [what: string, bytes: Uint8Array, message: string])[] = [
    ['no zip', strToU8('hello'), 'bad.aestudio: expected an exported run, found a file that cannot be read'],
    [
      'a foreign zip',
      zipSync({ 'a.txt': strToU8('a') }),
      'bad.aestudio: expected an exported run, with a file "aestudio.json", found none.',
    ],
    [
      'a file too many',
      zipSync({ ...files, 'run.sh': strToU8('rm') }),
      'bad.aestudio: expected only the files of a run, found "run.sh".',
    ],
    [
      'a climbing path',
      zipSync({ ...files, '../run.json': strToU8('{}') }),
      'bad.aestudio: expected only the files of a run, found "../run.json".',
    ],
    [
      'a checkpoint',
      zipSync({ ...files, 'checkpoint-0001-000000/state.safetensors': strToU8('') }),
      'bad.aestudio: expected only the files of a run, found "checkpoint-0001-000000/state.safetensors".',
    ],
    [
      'a newer version',
      zipSync({
        'aestudio.json': strToU8('{"format": "autoencoder-studio-run", "version": 2}'),
        'new.bin': strToU8(''),
      }),
      'bad.aestudio: written by a newer version of the app: version 2, this version of the app reads up to 1.',
    ],
    [
      'no run.json',
      zipSync({ 'aestudio.json': manifest, 'experiment.json': files['experiment.json'] }),
      'bad.aestudio: run.json: the file cannot be read.',
    ],
    [
      'a bad status',
      zipSync({ ...files, 'run.json': strToU8(JSON.stringify({ ...state, status: 'odd' })) }),
      'bad.aestudio: run.json: status must be',
    ],
    [
      'a bad id',
      zipSync({ ...files, 'run.json': strToU8(JSON.stringify({ ...state, id: '../x' })) }),
      'bad.aestudio: run.json: id must be lower-case letters, digits and dashes, found "../x".',
    ],
    [
      'a bad experiment',
      zipSync({ ...files, 'experiment.json': strToU8('{"version": 2}') }),
      'bad.aestudio: experiment.json: ',
    ],
    [
      'bad metrics',
      zipSync({ ...files, 'metrics.jsonl': strToU8('{"epoch": 1}\n') }),
      'bad.aestudio: metrics.jsonl: line 1',
    ],
    [
      'bad weights',
      zipSync({
        ...files,
        'model/best/model-spec.json': strToU8(JSON.stringify(experiment.model)),
        'model/best/weights.safetensors': strToU8('x'),
      }),
      'bad.aestudio: model/best/weights.safetensors: expected an 8-byte header length, found 1 bytes.',
    ],
    [
      'weights alone',
      zipSync({ ...files, 'model/last/weights.safetensors': encodeSafetensors({}) }),
      'bad.aestudio: model/last/model-spec.json: expected this file beside the other, found none.',
    ],
    [
      'a zip bomb',
      zipSync({ ...files, 'metrics.jsonl': new Uint8Array(200 * 2 ** 20) }),
      'bad.aestudio: expected "metrics.jsonl" of a size it can have, found 209715200 bytes',
    ],
  ];

  it.each(cases)('refuses %s by name, and nothing of it is left', async (_what, bytes, message) => {
    const file = join(data.path, 'bad.aestudio');
    await writeFile(file, bytes);
    const { window, stage } = await openStudio(data.path);
    const { runIds, problems } = unwrap(await window.call('run:import', { staged: stage(file) }));
    expect(runIds).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems[0]).not.toContain(data.path);
    expect(await readdir(join(data.path, 'runs'))).toEqual([]);
  });

  it('refuses a torn archive, and one with a changed byte', async () => {
    const good = zipSync(files, { level: 0 });
    const changed = Buffer.from(good);
    changed[changed.indexOf('finished') + 1] = 0x41;
    const torn = join(data.path, 'torn.aestudio');
    const altered = join(data.path, 'altered.aestudio');
    await writeFile(torn, good.subarray(0, good.length - 40));
    await writeFile(altered, changed);
    const { window, stage } = await openStudio(data.path);
    const { runIds, problems } = unwrap(await window.call('run:import', { staged: stage(torn, altered) }));
    expect(runIds).toEqual([]);
    expect(problems).toEqual([
      expect.stringMatching(/^torn\.aestudio: expected an exported run, found a file that cannot be read/),
      'altered.aestudio: expected "run.json" of the checksum the archive states, found another.',
    ]);
  });

  it('takes the good ones of several, out of a folder too', async () => {
    const folder = join(data.path, 'dropped');
    await mkdir(folder);
    await writeFile(join(folder, 'a.aestudio'), zipSync(files));
    await writeFile(join(folder, 'b.aestudio'), 'nothing');
    const { window, stage } = await openStudio(data.path);
    const { runIds, problems } = unwrap(await window.call('run:import', { staged: stage(folder) }));
    expect(runIds).toEqual(['run-z']);
    expect(problems).toHaveLength(1);
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
