import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { readCodes } from '../../electron/dataset/read-codes.ts';
import { makeFolder, writeJson, writeWhole } from '../../electron/files/atomic.ts';
import { parseCsv } from '../../electron/files/csv.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { encodeSafetensors } from '../../electron/files/safetensors.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { cli, done, drawn, startedAndDone } from './run-cli.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FIXTURES = join(ROOT, 'test/fixtures/import');
const data = new TemporaryFolder();
const run = join(data.path, 'runs/a-run');
const at = (name: string): string => join(data.path, name);

/** A run on MNIST with a 2-D code and weights as they were drawn. */
beforeAll(async () => {
  const experiment = presetExperiment(presets[0]!, 'mnist', [28, 28, 1]);
  const code = { size: 2, activation: 'linear', variational: false } as const;
  const model: ModelSpec = { ...experiment.model, encoder: [], code };
  const folder = new RunFolder(run);
  await folder.create(
    { ...experiment, model },
    { version: 1, id: 'a-run', startedAt: '2026-01-01', status: 'finished', processId: 1 },
  );
  const weights = {
    'code/kernel': drawn(784, 2),
    'code/bias': drawn(2),
    'output/kernel': drawn(2, 784),
    'output/bias': drawn(784),
  };
  // Without TensorFlow, which these tests leave to the program.
  await writeJson(join(folder.modelFolder('best'), 'model-spec.json'), model);
  await writeWhole(join(folder.modelFolder('best'), 'weights.safetensors'), encodeSafetensors(weights));
});
afterAll(() => data[Symbol.dispose]());

it('says of a run without weights why, and what to do', async () => {
  const experiment = presetExperiment(presets[0]!, 'mnist', [28, 28, 1]);
  const folder = new RunFolder(join(data.path, 'runs/in-its-first-epoch'));
  const state = {
    version: 1,
    id: 'in-its-first-epoch',
    startedAt: '2026-01-01',
    status: 'stopped',
    processId: 1,
  } as const;
  await folder.create(experiment, state);
  const told = async (): Promise<string> =>
    (await cli('decode', 'in-its-first-epoch', at('codes.csv'), '--data', data.path, '--out', at('never'))).stderr;
  expect(await told()).toBe(
    'in-its-first-epoch: expected a run with its best weights, found one that has none: no epoch of it has ended (`train --resume in-its-first-epoch` goes on with it).\n',
  );
  await makeFolder(folder.modelFolder('last'));
  expect(await told()).toBe(
    'in-its-first-epoch: expected a run with its best weights, found one that has only its last ones (--weights last).\n',
  );
});

describe('reconstruct', () => {
  it('writes what the model sees, what it makes of it, and the errors', async () => {
    const out = at('reconstructed');
    const files = ['rgb.png', 'photo.jpg'].map((name) => join(FIXTURES, name));
    const stdout = await startedAndDone('reconstruct', 'a-run', ...files, '--data', data.path, '--out', out);
    expect(stdout).toMatch(/^2 pictures reconstructed, 0 could not be read; mean squared error per image [\d.]+\n/);
    expect(readdirSync(out)).toEqual([
      '00001-photo-prepared.png',
      '00001-photo-reconstruction.png',
      '00002-rgb-prepared.png',
      '00002-rgb-reconstruction.png',
      'errors.csv',
    ]);
    const about = await sharp(join(out, '00001-photo-reconstruction.png')).metadata();
    expect([about.format, about.width, about.height]).toEqual(['png', 28, 28]);
    const [header, first, second] = parseCsv(readFileSync(join(out, 'errors.csv'), 'utf8'), 'errors.csv');
    expect(header!.slice(0, 5)).toEqual(['number', 'name', 'mse', 'squared_error', 'percentile']);
    expect([first![1], second![1], header!.at(-1)]).toEqual(['photo.jpg', 'rgb.png', 'code_2']);
    expect(Number(first![3])).toBeCloseTo(Number(first![2]) * 784, 3);
    expect(Number(first![4])).toBeGreaterThanOrEqual(0);
  });

  it('with noise and --json; a bad picture is told and the others are done', async () => {
    const out = at('noisy');
    writeFileSync(at('broken\n.png'), 'no picture');
    const { stdout, stderr, code } = await cli(
      'reconstruct',
      run,
      at('broken\n.png'),
      join(FIXTURES, 'grey.png'),
      ...['--data', data.path, '--out', out, '--noise', 'salt-and-pepper:0.2', '--invert', 'off', '--json'],
    );
    expect(code).toBe(0);
    expect(stderr).toBe(
      '"broken\\n.png": expected an image (PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP or Netpbm), found text.\n',
    );
    const answer = JSON.parse(stdout) as { pictures: Record<string, unknown>[]; problems: unknown[] };
    expect(answer.problems).toHaveLength(1);
    expect(answer.pictures).toEqual([
      expect.objectContaining({
        number: 1,
        name: 'grey.png',
        inverted: false,
        centred: true,
        psnrBefore: expect.any(Number) as number,
        psnrAfter: expect.any(Number) as number,
      }),
    ]);
    expect(readdirSync(out)).toContain('00001-grey-seen.png');
  });

  it('with squares missing, of the number and side that are said', async () => {
    const out = at('squares');
    const grey = join(FIXTURES, 'grey.png');
    const { code } = await cli('reconstruct', run, grey, '--data', data.path, '--out', out, '--noise', 'patches:1x28');
    expect(code).toBe(0);
    const { data: seen } = await sharp(join(out, '00001-grey-seen.png')).raw().toBuffer({ resolveWithObject: true });
    expect(Math.max(...seen)).toBe(0);
    expect(await cli('reconstruct', run, grey, '--out', out, '--noise', 'patches:65x2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('patches:1x1 to :64x512') as string,
    });
  });

  it.each([
    [
      ['nothing', join(FIXTURES, 'grey.png')],
      'nothing: expected a run’s id, a run’s folder, or the folder of a model, found nothing of that name.\n',
    ],
    [['a-run', '/nowhere/a.png'], '/nowhere/a.png: expected a file or folder, found none.\n'],
    [
      ['a-run', join(FIXTURES, 'expected.json')],
      'Expected at least one picture, found none that can be read (expected.json: expected an image (PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP or Netpbm), found text).\n',
    ],
  ])('says what is wrong, and writes nothing (%#)', async (args, message) => {
    const out = at('refused');
    const { stdout, stderr, code } = await cli('reconstruct', ...args, '--data', data.path, '--out', out);
    expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: message, code: 1 });
    expect(existsSync(out)).toBe(false);
  });
});

describe('encode and decode', () => {
  it('keep the names of the files that a set was made of', async () => {
    const set = at('classes-set');
    const shape = ['--size', '28', '--channels', 'grey'];
    await done('import', join(FIXTURES, 'classes.zip'), ...shape, '--out', set, '--data', data.path);
    const csv = at('classes.csv');
    await startedAndDone('encode', 'a-run', set, '--split', 'training', '--data', data.path, '--out', csv);
    const [, ...rows] = parseCsv(readFileSync(csv, 'utf8'), 'codes.csv');
    expect(rows.every(([name]) => /^pets\/(?:cats|dogs)\/\d\.png$/.test(name!))).toBe(true);
    await startedAndDone('decode', 'a-run', csv, '--data', data.path, '--out', at('classes'));
    const word = rows[0]![0]!.replace(/^.*\/|\.png$/g, '');
    expect(readdirSync(at('classes'))).toContain(`00001-${word}.png`);
  });

  it('codes of a set as numpy reads them, the same ones of its pictures as CSV, and back to images', async () => {
    const npy = at('codes.npy');
    const stdout = await done(
      'encode',
      'a-run',
      'mnist',
      '--split',
      'test',
      '--data',
      data.path,
      '--out',
      npy,
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual({ file: npy, count: 10_000, codeSize: 2 });
    const { codes } = await readCodes(npy, 2);
    expect(codes).toHaveLength(20_000);

    const csv = at('codes.csv');
    await done('encode', join(run, 'model/best'), 'mnist', '--split', 'test', '--out', csv, '--data', data.path);
    const [header, first] = parseCsv(readFileSync(csv, 'utf8'), 'codes.csv');
    expect(header).toEqual(['name', 'label', 'squared_error', 'code_1', 'code_2']);
    expect(first!.slice(0, 2)).toEqual(['test 0', '7']);
    expect((await readCodes(csv, 2)).codes).toEqual(codes);

    const parquet = at('codes.parquet');
    await done('encode', 'a-run', 'mnist', '--split', 'test', '--out', parquet, '--data', data.path);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) });
    expect(rows).toHaveLength(10_000);
    const [name, label, error, ...code] = Object.values(rows[0]!) as [string, string, ...number[]];
    expect(Object.keys(rows[0]!)).toEqual(header);
    expect([name, label, ...code]).toEqual(['test 0', '7', codes[0], codes[1]]);
    expect(error).toBe(Math.fround(Number(first![2])));

    writeFileSync(at('three.csv'), readFileSync(csv, 'utf8').split('\n').slice(0, 4).join('\n'));
    const folder = at('decoded');
    expect(await done('decode', run, at('three.csv'), '--out', folder)).toBe(`3 images of 28 × 28 pixels\n${folder}\n`);
    expect(readdirSync(folder)).toEqual(['00001-test 0.png', '00002-test 1.png', '00003-test 2.png']);
    const sheet = at('sheet.png');
    await done('decode', run, at('three.csv'), '--grid', '2', '--out', sheet);
    const { data: pixels, info } = await sharp(sheet).greyscale().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([56, 56]);
    const second = await sharp(join(folder, '00002-test 1.png')).greyscale().raw().toBuffer();
    const row = (y: number) => pixels.subarray(y * 56 + 28, y * 56 + 56);
    expect(Buffer.compare(row(14), second.subarray(14 * 28, 15 * 28))).toBe(0);
    expect(row(40).every((value) => value === 0)).toBe(true);
  });

  it('files are encoded as they are reconstructed, and nothing is replaced unless it is asked for', async () => {
    const out = at('kept.npy');
    writeFileSync(out, 'mine');
    const files = ['rgb.png', 'photo.jpg'].map((name) => join(FIXTURES, name));
    const args = ['encode', 'a-run', ...files, '--data', data.path, '--out', out];
    expect(await cli(...args)).toMatchObject({
      code: 1,
      stderr: `${out}: expected no such file, found one. Name another with --out, or replace it with --force.\n`,
    });
    expect(readFileSync(out, 'utf8')).toBe('mine');
    await done(...args, '--force');
    const [, ...rows] = parseCsv(readFileSync(join(at('reconstructed'), 'errors.csv'), 'utf8'), 'errors.csv');
    const ascending = (codes: Iterable<number>) => [...codes].sort((one, other) => one - other);
    const { codes } = await readCodes(out, 2);
    expect(codes).toHaveLength(4);
    ascending(rows.flatMap((row) => row.slice(-2).map(Number))).forEach((wanted, at) => {
      expect(ascending(codes)[at]).toBeCloseTo(wanted, 4);
    });
    const folder = at('full');
    await done('decode', 'a-run', out, '--data', data.path, '--out', folder);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    expect(await cli('decode', 'a-run', out, '--data', data.path, '--out', folder)).toMatchObject({ code: 1 });
    await done('decode', 'a-run', out, '--data', data.path, '--out', folder, '--force');
    expect(readdirSync(folder)).toEqual(['00001.png', '00002.png', 'notes.txt']);
  });

  it.each([
    [['encode', 'a-run', 'nosuch', '--out', 'x.npy'], 'There is no image set "nosuch"; there are: mnist.\n'],
    [
      ['encode', 'a-run', 'mnist', '--out', 'x.txt'],
      '--out: expected a name ending in .npy, .csv or .parquet, found x.txt.\n',
    ],
    [['decode', 'a-run', 'x.npy', '--grid', '--out', 'x.jpg'], '--out: expected a name ending in .png, found x.jpg.\n'],
  ])('say what is wrong (%#)', async (args, message) => {
    expect(await cli(...args, '--data', data.path)).toMatchObject({ stdout: '', stderr: message, code: 1 });
  });
});
