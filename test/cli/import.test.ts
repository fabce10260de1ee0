import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { barOf } from '../../electron/cli/import-report.ts';
import type { ImportReport } from '../../electron/contract/import-plan.ts';
import { readStoredSet } from '../../electron/dataset/stored-set.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { zipSync } from 'fflate';
import { greyPng } from '../dataset/import/fixtures.ts';
import { npy } from '../dataset/import/kinds/made-files.ts';
import { cli, started } from './run-cli.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FIXTURES = join(ROOT, 'test/fixtures/import');

describe('import, as a program', () => {
  it('writes a set and reports it', async () => {
    using folder = new TemporaryFolder();
    const out = join(folder.path, 'set');
    const zip = join(FIXTURES, 'classes.zip');
    const { stdout, stderr, code } = await started(
      'import',
      zip,
      '--out',
      out,
      '--size',
      '12x10',
      '--invert',
      'on',
      '--name',
      'Pets',
    );
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(
      /^Imported 6 images \(5 training, 1 test\), 12 × 10 grey inverted, 2 labels, \d+\.\d s\nset: /,
    );
    const set = await readStoredSet(out, 'set');
    expect(set).toMatchObject({
      name: 'Pets',
      labelNames: ['cats', 'dogs'],
      training: { images: { width: 12, height: 10 } },
    });
  });

  it('with --json, one object with every reason', async () => {
    using folder = new TemporaryFolder();
    const args = ['splits.npz', 'no-images.npz'].map((name) => join(FIXTURES, name));
    const { stdout } = await cli('import', ...args, '--data', folder.path, '--json');
    const report = JSON.parse(stdout) as ImportReport;
    expect(report).toMatchObject({
      imported: 6,
      set: { trainingCount: 4, testCount: 2 },
      skipped: [{ name: 'no-images.npz' }],
    });
    expect(existsSync(join(folder.path, 'image-sets', report.set.id, 'index.json'))).toBe(true);
  });

  it('--plan says that one picture is no set', async () => {
    const { stdout, code } = await cli('import', join(FIXTURES, 'rgb.png'), '--plan');
    expect(code).toBe(1);
    expect((await cli('import', join(FIXTURES, 'rgb.png'), '--plan', '--json')).code).toBe(1);
    expect(stdout).toMatch(
      /^1 picture, no labels\n[^]*\nToo few: an image set needs at least 2 different pictures\.\n$/,
    );
    const enough = await cli('import', join(FIXTURES, 'classes.zip'), '--plan');
    expect(enough.code).toBe(0);
    expect(enough.stdout).not.toContain('Too few');
  });

  it('says which copy is of which picture, and how many pictures are held out for validation', async () => {
    using folder = new TemporaryFolder();
    for (const [index, split] of ['train', 'train', 'train', 'val', 'test'].entries())
      folder.write(`${split}/${index}.png`, await greyPng(40 * index));
    folder.write('train/copies/7.png', await greyPng(0));
    folder.write('train/copies/8.png', await greyPng(40));
    const { stdout } = await cli('import', folder.path, '--out', join(folder.path, 'set'));
    expect(stdout).toMatch(/^Imported 5 images \(4 training \(1 of them validation\), 1 test\)/);
    expect(stdout.match(/^ {2}.* the same content as .*$/gm)).toHaveLength(2);
  });

  it('--plan says how it reads rows of colours, and which column of labels it takes', async () => {
    using folder = new TemporaryFolder();
    const row = Uint8Array.from({ length: 192 }, (_, at) => Math.floor(at / 64) * 100 + (at % 8));
    const planes = folder.write(
      'planes.npy',
      npy('|u1', [2, 192], Uint8Array.from([...row, ...row.map((v) => v + 9)])),
    );
    expect((await cli('import', planes, '--plan')).stdout).toContain(
      'Rows hold all of red, then green, then blue (--order)\n',
    );
    expect((await cli('import', planes, '--plan', '--order', 'interleaved')).stdout).toContain(
      'Rows hold R G B R G B … (--order)\n',
    );
    const arrays = {
      x: npy(
        '|u1',
        [2, 8, 8],
        Uint8Array.from({ length: 128 }, (_, at) => at),
      ),
      y: npy('|u1', [2, 3], Uint8Array.of(0, 1, 5, 1, 0, 7)),
    };
    const files = Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, new Uint8Array(bytes)]);
    const several = folder.write('several.npz', Buffer.from(zipSync(Object.fromEntries(files))));
    expect((await cli('import', several, '--plan')).stdout).toContain('Labels: column 1 of 3 (--label-column)\n');
    expect((await cli('import', several, '--plan', '--label-column', '3')).stdout).toContain(
      'Labels: column 3 of 3 (--label-column)\n',
    );
    // What was guessed is said where nobody asked for a plan, too.
    expect((await cli('import', several, '--out', join(folder.path, 'set'))).stdout).toContain(
      'Labels: column 1 of 3 (--label-column)\n',
    );
  });

  it('--plan says the columns of each kind of table, and which have no label', async () => {
    using folder = new TemporaryFolder();
    const header = Array.from({ length: 16 }, (_, at) => `p${at}`).join(',');
    const row = (first: number) => Array.from({ length: 16 }, (_, at) => first + at).join(',');
    folder.write('set/train.csv', `label,${header}\n1,${row(0)}\n0,${row(100)}\n`);
    folder.write('set/test.csv', `${header}\n${row(40)}\n`);
    expect((await cli('import', join(folder.path, 'set'), '--plan')).stdout).toContain(
      'Columns of train.csv: label (label), p0 … p15 (pixels)\nColumns of test.csv: p0 … p15 (pixels), no label\n',
    );
  });

  it('says on stderr what is wrong, and writes nothing', async () => {
    using folder = new TemporaryFolder();
    const out = join(folder.path, 'set');
    const { stdout, stderr, code } = await cli('import', join(FIXTURES, 'nan.npy'), '--out', out);
    expect({ stdout, stderr, code }).toEqual({
      stdout: '',
      stderr: 'nan.npy: expected numbers, found NaN at [1, 2, 3].\n',
      code: 1,
    });
    expect(existsSync(out)).toBe(false);
  });
});

it('the bar shows count, speed and time left', () => {
  const progress = {
    kind: 'reading',
    fraction: 0.5,
    done: 50,
    total: 100,
    imagesPerSecond: 12.4,
    secondsLeft: 65,
  } as const;
  expect(barOf(progress)).toBe(`${'█'.repeat(15)}${'░'.repeat(15)} 50/100  12 images/s  1:05 left`);
});
