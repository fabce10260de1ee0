import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { presets } from '../../electron/domain/presets.ts';
import { writeJson, writeWhole } from '../../electron/files/atomic.ts';
import { parseCsv } from '../../electron/files/csv.ts';
import { encodeSafetensors, type StoredTensor } from '../../electron/files/safetensors.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { cli, done, drawn } from './run-cli.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/import');
const data = new TemporaryFolder();
const at = (name: string): string => join(data.path, name);
afterAll(() => data[Symbol.dispose]());

/** A model's folder. Without TensorFlow, which these tests leave to the program. */
async function saved(
  name: string,
  changes: Pick<ModelSpec, 'encoder' | 'code'>,
  weights: Readonly<Record<string, StoredTensor>>,
): Promise<string> {
  const model: ModelSpec = { ...presets[0]!.model, inputShape: [28, 28, 1], ...changes };
  await writeJson(join(at(name), 'model-spec.json'), model);
  await writeWhole(join(at(name), 'weights.safetensors'), encodeSafetensors(weights));
  return at(name);
}

const plain = (): Promise<string> =>
  saved(
    'plain',
    { encoder: [], code: { size: 2, activation: 'linear', variational: false } },
    {
      'code/kernel': drawn(784, 2),
      'code/bias': drawn(2),
      'output/kernel': drawn(2, 784),
      'output/bias': drawn(784),
    },
  );

describe('codes', () => {
  it('make images of a class that is asked for, and refuse what is none', async () => {
    const model: Pick<ModelSpec, 'encoder' | 'code'> = {
      encoder: [],
      code: { size: 5, activation: 'linear', variational: true, classes: 3 },
    };
    const weights = {
      'code-classes/kernel': drawn(784, 3),
      'code-classes/bias': drawn(3),
      'code/kernel': drawn(787, 2),
      'code/bias': drawn(2),
      'code-log-variance/kernel': drawn(787, 2),
      'code-log-variance/bias': drawn(2),
      'output/kernel': drawn(5, 784),
      'output/bias': drawn(784),
    };
    const folder = await saved('with-classes', model, weights);
    writeFileSync(at('read.csv'), '4,-3,0.9,0.05,0.05');
    writeFileSync(at('held.csv'), '4,-3,0,1,0');
    const sheet = async (codes: string, ...more: readonly string[]): Promise<Buffer> => {
      const out = at('class.png');
      await done('decode', folder, codes, '--grid', '--out', out, '--force', ...more);
      return readFileSync(out);
    };
    const held = await sheet(at('held.csv'));
    expect((await sheet(at('read.csv'), '--class', '1')).equals(held)).toBe(true);
    expect((await sheet(at('read.csv'))).equals(held)).toBe(false);
    expect(await cli('decode', folder, at('read.csv'), '--class', '3', '--out', at('wrong'))).toMatchObject({
      code: 1,
      stderr: '--class: expected a number of 0 to 2, found 3.\n',
    });
    writeFileSync(at('read.csv'), '4,-3');
    expect(await cli('decode', await plain(), at('read.csv'), '--class', '1', '--out', at('wrong'))).toMatchObject({
      code: 1,
      stderr: '--class: expected a model whose code has classes, found one without.\n',
    });
  });

  it('write of a codebook which vectors an image has, and make the same image of these', async () => {
    const model: Pick<ModelSpec, 'encoder' | 'code'> = {
      encoder: [{ kind: 'conv', filters: 3, kernel: 3, stride: 7, activation: 'relu' }],
      code: { size: 32, activation: 'linear', variational: false, map: { channels: 2, kernel: 1 }, codebook: 6 },
    };
    const weights = {
      'encoder-1/kernel': drawn(3, 3, 1, 3),
      'encoder-1/bias': drawn(3),
      'code/kernel': drawn(1, 1, 3, 2),
      'code/bias': drawn(2),
      'code-vectors/codebook': drawn(6, 2),
      'code-vectors/counts': drawn(6),
      'decoder-1/kernel': drawn(1, 1, 3, 2),
      'decoder-1/bias': drawn(3),
      'output/kernel': drawn(3, 3, 1, 3),
      'output/bias': drawn(1),
    };
    const folder = await saved('codebook', model, weights);
    const [numbers, indices] = [at('numbers.csv'), at('indices.csv')];
    const grey = join(FIXTURES, 'grey.png');
    await done('encode', folder, grey, '--out', numbers);
    expect(await done('encode', folder, grey, '--indices', '--out', indices)).toBe(
      `1 codes of 16 indices\n${indices}\n`,
    );
    const [, row] = parseCsv(readFileSync(indices, 'utf8'), 'indices.csv');
    expect(row!.slice(3).every((field) => /^\d+$/.test(field) && Number(field) < 6)).toBe(true);
    await done('decode', folder, numbers, '--out', at('of-numbers'));
    await done('decode', folder, indices, '--indices', '--out', at('of-indices'));
    const [made] = readdirSync(at('of-numbers'));
    expect(readFileSync(join(at('of-indices'), made!)).equals(readFileSync(join(at('of-numbers'), made!)))).toBe(true);
    expect(await cli('decode', folder, numbers, '--indices', '--out', at('wrong'))).toMatchObject({
      code: 1,
      stderr: `${numbers}: row 1: expected 16 numbers, the code’s size, found 32.\n`,
    });
    writeFileSync(at('beyond.csv'), Array(16).fill(6).join());
    expect(await cli('decode', folder, at('beyond.csv'), '--indices', '--out', at('wrong'))).toMatchObject({
      code: 1,
      stderr: `${at('beyond.csv')}: expected indices of 0 to 5, found 6.\n`,
    });
    expect(await cli('decode', await plain(), indices, '--indices', '--out', at('wrong'))).toMatchObject({
      code: 1,
      stderr: '--indices: expected a model with a codebook, found one without.\n',
    });
  });
});
