import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import type { Distortion } from '../../electron/contract/sweep.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { decodeSafetensors } from '../../electron/files/safetensors.ts';
import { distortionTable } from '../../electron/cli/sweep-table.ts';
import { idxBytes, labelBytes, TemporaryFolder } from '../dataset/idx-bytes.ts';
import { randomFrom } from '../random.ts';
import { cliIn, startedIn } from './run-cli.ts';

const data = new TemporaryFolder();
const at = (name: string): string => join(data.path, name);
afterAll(() => data[Symbol.dispose]());

/** Sixty training images and twelve test images of 6 × 6 pixels, as IDX files. */
function writeTinySet(): string {
  const random = randomFrom(1);
  const images = (count: number) =>
    idxBytes(
      0x803,
      [count, 6, 6],
      Uint8Array.from({ length: count * 36 }, () => Math.floor(random() * 256)),
    );
  const labels = (count: number) => labelBytes(...Array.from({ length: count }, (_, index) => index % 3));
  data.write('train-images-idx3-ubyte', images(60));
  data.write('train-labels-idx1-ubyte', labels(60));
  data.write('t10k-images-idx3-ubyte', images(12));
  data.write('t10k-labels-idx1-ubyte', labels(12));
  return data.path;
}

/** Caches and runs of its own. */
const env = { ...process.env, XDG_CONFIG_HOME: at('config') };
const cli = (...args: readonly string[]) => cliIn(env, ...args);

const tiny = (): Experiment => {
  const base = presetExperiment(
    presets.find(({ id }) => id === 'modern')!,
    'tiny',
    [6, 6, 1],
  );
  return {
    ...base,
    name: 'Tiny',
    model: { ...base.model, encoder: [{ kind: 'dense', units: 5, activation: 'relu' }] },
    training: { ...base.training, epochs: 3, batchSize: 16, validationCount: 6 },
  };
};

describe('sweep', () => {
  it('trains each size and tells what it loses, beside PCA and image files', async () => {
    const set = writeTinySet();
    const file = at('tiny.json');
    writeFileSync(file, JSON.stringify(tiny()));
    const given = ['--experiment', file, '--dataset', set, '--epochs', '1', '--sizes', '3,1', '--out', at('runs')];
    const { stdout, stderr, code } = await startedIn(env, 'sweep', ...given, '--json');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const found = JSON.parse(stdout) as Distortion & { readonly sweep: string };
    expect(found.images).toBe(12);
    expect(found.runs.map(({ codeSize }) => codeSize)).toEqual([1, 3]);
    expect(found.runs.map(({ codeBytes }) => codeBytes)).toEqual([12 + 8, 36 + 24]);
    for (const run of found.runs) {
      const folder = new RunFolder(join(at('runs'), `code-${run.codeSize}`));
      const [state, experiment] = await Promise.all([folder.readState(), folder.readExperiment()]);
      expect(state.id).toBe(run.runId);
      expect(run.squaredError).toBe(state.test!.squaredError);
      expect(experiment).toMatchObject({ name: `Tiny, code ${run.codeSize}`, sweep: found.sweep });
      expect(experiment.training).toMatchObject({ epochs: 1, batchSize: 16 });
    }
    expect(new Set(found.codecs.map(({ format }) => format))).toEqual(new Set(['jpeg', 'webp']));
    // The same folder again is refused: a run lies there.
    const again = await cli('sweep', ...given);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toBe(
      `${at('runs/code-1')}: expected a folder without a run, found one. Name another with --out.\n`,
    );
  }, 120_000);

  it('refuses sizes that are none', async () => {
    const { stderr, code } = await cli('sweep', '--sizes', '2,many');
    expect(code).toBe(1);
    expect(stderr).toContain('Expected whole numbers from 1 to 4096 with commas between, found "many".');
  });

  it('prints figures in columns, and a dash where PCA has none', () => {
    const run = { codeBytes: 216, quantisedSquaredError: 40.25, decoderBytes: 1_000 };
    const text = distortionTable({
      images: 100,
      runs: [
        { runId: 'a', codeSize: 2, squaredError: 40, pcaSquaredError: 43.642, ...run },
        { runId: 'b', codeSize: 2_000, squaredError: 0.5, ...run },
      ],
      codecs: [{ format: 'webp', quality: 5, bytes: 4_321, squaredError: 6.5 }],
    });
    expect(text.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['Squared error per image on the test images; codes in 8 bits and image files: the first'],
      ['100 test images, on one contact sheet.'],
      [''],
      ['code size', 'error', 'PCA error', 'bytes in 8 bits', 'error in 8 bits', 'decoder bytes'],
      ['2', '40.000', '43.642', '216', '40.250', '1000'],
      ['2000', '0.500', '–', '216', '40.250', '1000'],
      [''],
      ['format', 'quality', 'bytes', 'error'],
      ['WebP', '5', '4321', '6.500'],
      [''],
    ]);
  });
});

describe('train --experiment', () => {
  it('trains what the file says, changed by what is given', async () => {
    const set = writeTinySet();
    const file = at('mine.json');
    const training = { ...tiny().training, regularisers: undefined, codeL1: 0 };
    // As an older version of the app wrote it.
    writeFileSync(file, JSON.stringify({ ...tiny(), version: 1, training }));
    const out = at('one-run');
    const ended = await startedIn(
      env,
      'train',
      '--experiment',
      file,
      '--dataset',
      set,
      '--seed',
      '7',
      '--epochs',
      '1',
      '--out',
      out,
    );
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^Epoch: 0001 cost= /);
    const kept = JSON.parse(readFileSync(join(out, 'experiment.json'), 'utf8')) as Experiment;
    const expected = tiny();
    expect(kept.model).toEqual(expected.model);
    expect(kept.training).toEqual({ ...expected.training, seed: 7, epochs: 1 });
    expect(kept.name).toBe('Tiny');
  }, 120_000);

  it('goes on from the weights of the run that the file names, and says where they are missing', async () => {
    const set = writeTinySet();
    const first = at('config/Autoencoder Studio/runs/first');
    const file = at('tiny.json');
    writeFileSync(file, JSON.stringify(tiny()));
    const common = ['--dataset', set, '--epochs', '1', '--learning-rate', '0.0001'];
    expect((await cli('train', '--experiment', file, ...common, '--out', first)).code).toBe(0);
    const startFrom = { runId: 'first', weights: 'last' } as const;
    writeFileSync(file, JSON.stringify({ ...tiny(), startFrom }));
    const second = at('second');
    expect((await cli('train', '--experiment', file, ...common, '--seed', '9', '--out', second)).code).toBe(0);
    // Of another seed, yet three steps at so low a rate leave weights where they were.
    const [a, b] = [first, second].map((run) => {
      const path = join(run, 'model/last/weights.safetensors');
      return decodeSafetensors(readFileSync(path), path).tensors['encoder-1/kernel']!.data;
    });
    a!.forEach((value, index) => expect(b![index]).toBeCloseTo(value, 2));
    writeFileSync(file, JSON.stringify({ ...tiny(), startFrom: { ...startFrom, runId: 'gone' } }));
    const failed = await cli('train', '--experiment', file, ...common, '--out', at('third'));
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('Training is to begin with the weights of the run "gone": expected them in ');
  }, 120_000);

  it.each([
    ['{"version": 3}', 'written by a newer version of the app: version 3, this version of the app reads up to 2.'],
    ['[]', 'expected an experiment, found a list.'],
    ['{', 'expected JSON, found text that is not JSON.'],
  ])('refuses the file %s by name', async (text, message) => {
    const file = at('broken.json');
    writeFileSync(file, text);
    const ended = await cli('train', '--experiment', file, '--out', at('none'));
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: `${file}: ${message}\n` });
    expect(existsSync(at('none'))).toBe(false);
  });

  it('refuses a preset beside the file, and an image set that is not there', async () => {
    const file = at('gone.json');
    writeFileSync(file, JSON.stringify({ ...tiny(), imageSet: 'gone' }));
    const both = await cli('train', '--experiment', file, '--preset', 'modern');
    expect(both.code).toBe(1);
    expect(both.stderr).toContain(`option '--experiment <file>' cannot be used with option '--preset <name>'`);
    const gone = await cli('train', '--experiment', file);
    expect(gone.stderr).toBe(
      'expected the image set "gone" of the experiment, found none. Name its folder with --dataset.\n',
    );
  });
});
