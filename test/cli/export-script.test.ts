import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillFolder } from '../../electron/cli/output.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { cli, started } from './run-cli.ts';

const data = new TemporaryFolder();
const at = (name: string): string => join(data.path, name);

beforeAll(async () => {
  const experiment = presetExperiment(presets[0]!, 'mnist', [28, 28, 1]);
  const state = { version: 1, id: 'a-run', startedAt: '2026-01-01', status: 'finished', processId: 1 } as const;
  await RunFolder.under(data.path, 'a-run').create({ ...experiment, name: 'From a run' }, state);
});
afterAll(() => data[Symbol.dispose]());

describe('export-script', () => {
  it('writes a script of a preset and what it needs, and says what it does otherwise', async () => {
    const out = at('preset');
    const { stdout, stderr, code } = await started(
      'export-script',
      '--preset',
      'modern',
      '--epochs',
      '7',
      '--dialect',
      'pytorch',
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect(stdout).toBe(`train.py\nrequirements.txt\n${out}\n`);
    expect(stderr).toContain('Other than in the app: Randomness');
    const script = readFileSync(join(out, 'train.py'), 'utf8');
    expect(script).toContain('EPOCHS = 7\n');
    expect(script).toContain('read_idx');
    expect(readFileSync(join(out, 'requirements.txt'), 'utf8')).toBe('matplotlib\nnumpy\nscikit-learn\ntorch\n');
  });

  it('writes what a run was trained by, as JSON where asked, reading pictures where asked', async () => {
    const out = at('run');
    const { stdout, code } = await cli(
      ...[
        'export-script',
        '--run',
        at('runs/a-run'),
        '--dialect',
        'tfjs',
        '--images',
        'pictures',
        '--out',
        out,
        '--json',
      ],
    );
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as {
      readonly folder: string;
      readonly files: readonly string[];
      readonly notes: string[];
    };
    expect(answer).toMatchObject({ folder: out, files: ['train.mjs', 'package.json'] });
    expect(answer.notes.join(' ')).toContain('Images held out');
    const script = readFileSync(join(out, 'train.mjs'), 'utf8');
    expect(script).toContain('From a run');
    expect(script).toContain('readPictures');
  });

  it('reads the folder of an imported set by its own files', async () => {
    const set = at('image-sets/odd');
    mkdirSync(set, { recursive: true });
    const options = {
      name: 'Odd "ones"',
      width: 8,
      height: 8,
      channels: 1,
      fit: 'contain',
      background: '#000000',
      invert: 'off',
    };
    const more = { centre: false, labels: 'none', test: { kind: 'every', n: 2 }, duplicates: 'skip' };
    const index = { version: 1, name: 'Odd "ones"', shape: [8, 8, 1], trainingCount: 30, testCount: 4, labelNames: [] };
    const rest = {
      labelCounts: [],
      options: { ...options, ...more },
      inverted: false,
      sources: [],
      importedAt: '2026-01-01T00:00:00.000Z',
    };
    writeFileSync(join(set, 'index.json'), JSON.stringify({ ...index, ...rest }));
    writeFileSync(join(set, 'images.u8'), new Uint8Array(34 * 64));
    const { code, stderr } = await cli(
      'export-script',
      '--preset',
      'modern',
      '--dataset',
      set,
      '--dialect',
      'keras',
      '--out',
      at('stored'),
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining('Randomness')]);
    const script = readFileSync(join(at('stored'), 'train.py'), 'utf8');
    expect(script).toContain('images, test = images[:30], images[30:]');
    expect(script).toContain('figure.suptitle("Odd \\"ones\\"")');
  });

  it('refuses a folder that holds something', async () => {
    const full = at('full');
    mkdirSync(full);
    writeFileSync(join(full, 'note.txt'), 'mine');
    const { code, stderr } = await cli('export-script', '--out', full);
    expect(code).toBe(1);
    expect(stderr).toContain(`${full}: expected an empty folder, or none yet, found 1 files.`);
    expect(readdirSync(full)).toEqual(['note.txt']);
  });

  it('tells a file from a folder that it cannot read', async () => {
    const [file, loop] = [at('a-file'), at('loop')];
    writeFileSync(file, '');
    symlinkSync(loop, loop);
    const none = (): Promise<void> => Promise.resolve();
    await expect(fillFolder(file, false, none)).rejects.toThrow('expected a folder, or none yet, found a file.');
    await expect(fillFolder(loop, false, none)).rejects.toThrow('found one that cannot be read (ELOOP).');
  });
});
