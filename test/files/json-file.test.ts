import { lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { changeClusterJob, readClusterJob, writeClusterJob } from '../../electron/files/cluster-file.ts';
import { ImageSetStore } from '../../electron/files/image-set-store.ts';
import { JsonFile } from '../../electron/files/json-file.ts';
import { readMerit, writeMerit } from '../../electron/files/merit-file.ts';
import { changeAnnotations, readAnnotations } from '../../electron/files/run-annotations.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { fillDisk } from '../training/full-disk.ts';

const Schema = v.strictObject({ names: v.array(v.string()) });
const open = (folder: TemporaryFolder) => new JsonFile(join(folder.path, 'names.json'), 2, Schema);

describe('a JSON file', () => {
  test('holds its version beside what was written, and gives that back', async () => {
    using folder = new TemporaryFolder();
    const file = open(folder);
    expect(await file.readIfThere()).toBeUndefined();
    await file.write({ names: ['a'] });
    expect(readFileSync(file.path, 'utf8')).toBe('{\n  "version": 2,\n  "names": [\n    "a"\n  ]\n}\n');
    expect(await file.read()).toEqual({ names: ['a'] });
    expect(await file.readIfThere()).toEqual({ names: ['a'] });
  });

  test.each([
    ['{"version": 1, "names": []}', 'version must be 2, found 1.'],
    ['{"names": []}', 'version must be given, found none.'],
    ['{"version": 2}', 'names must be given, found none.'],
    ['{"version": 2, "names": [7]}', 'names.0 must be string, found 7.'],
    ['{"version": 2, "names": [], "more": 1}', 'more must not be given: there is no such field.'],
    ['[]', 'version must be given, found none.'],
    ['{"vers', 'expected JSON, found text that is not JSON.'],
  ])('that holds %s is refused by name', async (text, message) => {
    using folder = new TemporaryFolder();
    const file = open(folder);
    writeFileSync(file.path, text);
    const error = { code: 'bad-file', message: `${file.path}: ${message}` };
    await expect(file.read()).rejects.toMatchObject(error);
    if (message.startsWith('expected JSON')) await expect(file.read()).rejects.toHaveProperty('cause');
    await expect(file.readIfThere()).rejects.toMatchObject(error);
    await expect(file.update((content) => content)).rejects.toMatchObject(error);
    expect(readFileSync(file.path, 'utf8')).toBe(text);
    expect(await file.update(({ names }) => ({ names: [...names, 'b'] }), { names: ['a'] })).toEqual({
      names: ['a', 'b'],
    });
  });

  test.runIf(process.platform !== 'win32')('that cannot be read just now is not begun anew', async () => {
    using folder = new TemporaryFolder();
    const file = open(folder);
    // As where no more files may be open, or a disk fails: it is there, and nothing says what it holds.
    symlinkSync('names.json', file.path);
    const change = file.update(({ names }) => ({ names }), { names: [] });
    await expect(change).rejects.toMatchObject({
      code: 'not-found',
      message: `${file.path}: the file cannot be read.`,
    });
    expect(lstatSync(file.path).isSymbolicLink()).toBe(true);
  });

  test('changed by many at once keeps what each has changed, in the order in which they asked', async () => {
    using folder = new TemporaryFolder();
    const names = Array.from({ length: 12 }, (_, index) => `name ${index}`);
    await Promise.all(
      names.map((name) => open(folder).update((before) => ({ names: [...before.names, name] }), { names: [] })),
    );
    expect(await open(folder).read()).toEqual({ names });
  });

  test('changed while a change is made keeps both, also after one that is made already', async () => {
    using folder = new TemporaryFolder();
    const add = (name: string) => open(folder).update(({ names }) => ({ names: [...names, name] }), { names: [] });
    const [first, second] = [add('first'), add('second')];
    await first;
    await Promise.all([second, add('third')]);
    expect(await open(folder).read()).toEqual({ names: ['first', 'second', 'third'] });
  });

  test('is settled when all that was to be written has been', async () => {
    using folder = new TemporaryFolder();
    const file = open(folder);
    await file.settled();
    void file.write({ names: ['a'] });
    void file.write({ names: ['b'] });
    await open(folder).settled();
    expect(await file.read()).toEqual({ names: ['b'] });
  });

  test('that could not be written is as before, and the next change is made', async () => {
    using folder = new TemporaryFolder();
    const file = open(folder);
    await file.write({ names: ['a'] });
    const makeRoom = await fillDisk(() => true);
    await expect(file.write({ names: ['b'] })).rejects.toMatchObject({ code: 'disk-full' });
    await file.settled();
    makeRoom();
    expect(await file.update(({ names }) => ({ names: [...names, 'c'] }))).toEqual({ names: ['a', 'c'] });
  });
});

describe('two changes made at the same time are both kept:', () => {
  test('a name and tags given to a run', async () => {
    using data = new TemporaryFolder();
    const run = RunFolder.under(data.path, 'a-run');
    await Promise.all([
      changeAnnotations(run, { name: 'Good one' }),
      changeAnnotations(run, { tags: ['x'] }),
      changeAnnotations(run, { notes: 'n' }),
    ]);
    expect(await readAnnotations(run)).toEqual({ name: 'Good one', tags: ['x'], notes: 'n' });
  });

  test('the figures of the best weights and of the last', async () => {
    using data = new TemporaryFolder();
    const run = RunFolder.under(data.path, 'a-run');
    const figures = (share: number) => ({
      model: { trustworthiness: share },
      pca: { trustworthiness: share },
      sampled: 3,
    });
    await Promise.all([writeMerit(run, 'best', 'f', figures(0.5)), writeMerit(run, 'last', 'g', figures(0.25))]);
    expect(await readMerit(run, 'best', 'f')).toEqual(figures(0.5));
    expect(await readMerit(run, 'last', 'g')).toEqual(figures(0.25));
  });

  test('the name and the notes of an image set', async () => {
    using data = new TemporaryFolder();
    const store = new ImageSetStore(data.path);
    const folder = store.at('pets');
    await folder.writeIndex({
      name: 'Pets',
      shape: [1, 1, 1],
      trainingCount: 1,
      testCount: 1,
      labelNames: [],
      labelCounts: [],
      options: {
        name: 'Pets',
        width: 8,
        height: 8,
        channels: 1,
        fit: 'contain',
        background: '#000000',
        invert: 'off',
        centre: false,
        labels: 'none',
        test: { kind: 'every', n: 2 },
        duplicates: 'skip',
      },
      inverted: false,
      sources: [],
      importedAt: '2026-01-01T00:00:00.000Z',
    });
    writeFileSync(folder.imagesPath, new Uint8Array(2));
    await Promise.all([store.edit('pets', { name: 'Cats' }), store.edit('pets', { notes: 'and dogs' })]);
    expect(await store.describe('pets')).toMatchObject({ name: 'Cats', notes: 'and dogs' });
  });

  test('that a job was asked to stop, and that it has ended', async () => {
    using data = new TemporaryFolder();
    const run = RunFolder.under(data.path, 'a-run');
    const workers = { count: 1, cpus: 1, gpu: false };
    await writeClusterJob(run, { address: 'http://127.0.0.1:8265', submission: 'job', workers, submittedAt: '' });
    await Promise.all([changeClusterJob(run, { stopAsked: true }), changeClusterJob(run, { ended: true })]);
    expect(await readClusterJob(run)).toMatchObject({ stopAsked: true, ended: true });
  });
});
