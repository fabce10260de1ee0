import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ZipFile } from 'yazl';
import { unwrap } from '../../electron/domain/errors.ts';
import { encodeSafetensors } from '../../electron/files/safetensors.ts';
import { watchSyncs } from '../files/synced.ts';
import { addRun, dataFolders, experiment, metricsOf, openStudio } from './studio-samples.ts';
import { snapshot, wholeRun } from './whole-run.ts';

const data = dataFolders();
afterEach(() => vi.restoreAllMocks());

describe('a run as one file', () => {
  it('comes back as it was, without its checkpoints, under another id where its own is taken', async () => {
    await wholeRun(data.path, 'run-a');
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

  it('takes along what its kept weights show; only such a file is not for older versions of the app', async () => {
    const folder = await wholeRun(data.path, 'run-a');
    const { window, exported, stage } = await openStudio(data.path);
    const versions: unknown[] = [];
    for (const kept of [undefined, 1]) {
      if (kept !== undefined) await folder.writeKeptPictures(snapshot('run-a', kept));
      const saved = unwrap(await window.call('run:export', { runId: 'run-a' }));
      const file = saved.kind === 'saved' ? saved.folder : exported;
      const { 'aestudio.json': manifest } = unzipSync(await readFile(file));
      versions.push(JSON.parse(Buffer.from(manifest!).toString()).version);
      const { runIds } = unwrap(await window.call('run:import', { staged: stage(file) }));
      const { keptPictures } = unwrap(await window.call('run:open', { runId: runIds[0]! }));
      expect(keptPictures).toBe(kept);
    }
    expect(versions).toEqual([1, 2]);
  });

  it('that was imported is still there after a power cut: every file, every folder, and its name', async () => {
    await wholeRun(data.path, 'run-a');
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
    const { window, stage } = await openStudio(data.path);
    const path = join(data.path, 'large.aestudio');
    await writeFile(path, await zipped(files, true));
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
        'aestudio.json': strToU8('{"format": "autoencoder-studio-run", "version": 3}'),
        'new.bin': strToU8(''),
      }),
      'bad.aestudio: written by a newer version of the app: version 3, this version of the app reads up to 2.',
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
      'weights of another model',
      zipSync({
        ...files,
        'model/best/model-spec.json': strToU8(JSON.stringify(experiment.model)),
        'model/best/weights.safetensors': encodeSafetensors({
          'encoder-1/kernel': { shape: [784, 255], data: new Float32Array(784 * 255) },
          'encoder-1/bias': { shape: [255], data: new Float32Array(255) },
        }),
      }),
      'bad.aestudio: model/best/weights.safetensors: expected 200,960 numbers of "encoder-1", found 200,175: copy the file again, or export the run anew.',
    ],
    [
      'weights alone',
      zipSync({ ...files, 'model/last/weights.safetensors': encodeSafetensors({}) }),
      'bad.aestudio: model/last/model-spec.json: expected this file beside the other, found none: copy the file again, or export the run anew.',
    ],
  ];

  it.each(cases)('refuses %s by name, and nothing of it is left', (_what, bytes, message) => refuses(bytes, message));

  it('refuses a zip bomb by name, and nothing of it is left', async () =>
    refuses(
      await zipped({ ...files, 'metrics.jsonl': new Uint8Array(200 * 2 ** 20) }, false),
      'bad.aestudio: expected "metrics.jsonl" of a size it can have, found 209715200 bytes',
    ));

  async function refuses(bytes: Uint8Array, message: string): Promise<void> {
    const file = join(data.path, 'bad.aestudio');
    await writeFile(file, bytes);
    const { window, stage } = await openStudio(data.path);
    const { runIds, problems } = unwrap(await window.call('run:import', { staged: stage(file) }));
    expect(runIds).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems[0]).not.toContain(data.path);
    expect(await readdir(join(data.path, 'runs'))).toEqual([]);
  }

  /** Packed by zlib, in the 64-bit form or the usual one. */
  function zipped(contents: Readonly<Record<string, Uint8Array>>, forceZip64Format: boolean): Promise<Buffer> {
    const zip = new ZipFile();
    for (const [name, bytes] of Object.entries(contents)) {
      zip.addBuffer(Buffer.from(bytes), name, { forceZip64Format });
    }
    zip.end({ forceZip64Format, comment: '' });
    return buffer(zip.outputStream as Readable);
  }

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
      expect.stringMatching(
        /^torn\.aestudio: expected an exported run, found a file that cannot be read \(.*\): copy the file again, or export the run anew\.$/,
      ),
      'altered.aestudio: expected "run.json" of the checksum the archive states, found another: copy the file again, or export the run anew.',
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
