import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunEnded } from '../../electron/domain/words.ts';
import type { FoundModel } from '../../electron/contract/imported-models.ts';
import { onnxMessage, type OnnxNode } from '../../electron/model/export/onnx/onnx-file.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { TemporaryFolder, imageBytes, labelBytes } from '../dataset/idx-bytes.ts';
import { cli, done, doneInSteps, PROGRAM } from './run-cli.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FIXTURES = join(ROOT, 'test/fixtures/import');
const data = new TemporaryFolder();
const at = (name: string): string => join(data.path, name);

afterAll(() => data[Symbol.dispose]());

describe('import-model', () => {
  const away = join(ROOT, 'test/fixtures/models/transposed.keras');

  it('says what a file holds, and keeps nothing of it', async () => {
    const stdout = await doneInSteps(`Reading ${away} …`, 'import-model', away, '--plan', '--data', at('elsewhere'));
    expect(stdout.split('\n')).toEqual([
      'Keras, images of 10 × 6 × 3, 964 parameters',
      '  conv2d_5            conv      5 × 3 × 4  relu',
      '* bottleneck          dense     5  linear  (the code)',
      '  dense_3             dense     5 × 3 × 2  relu',
      '  conv2d_transpose    conv      10 × 6 × 6  softplus',
      '  conv2d_transpose_1  conv      10 × 6 × 3  sigmoid',
      '',
    ]);
    expect(existsSync(at('elsewhere'))).toBe(false);
    const { stderr, code } = await cli('import-model', away, '--plan', '--code', 'conv2d_transpose_1');
    expect({ last: stderr.trimEnd().split('\n').at(-1), code }).toEqual({
      last: '--code: expected one of conv2d_5, bottleneck, dense_3, conv2d_transpose, found "conv2d_transpose_1".',
      code: 1,
    });
  });

  it('says how it takes the rows of a model of several channels, unless it is told', async () => {
    const dense = join(ROOT, 'test/fixtures/models/dense.keras');
    const lines = async (...options: readonly string[]): Promise<string> =>
      doneInSteps(`Reading ${dense} …`, 'import-model', dense, '--plan', ...options);
    const said = 'Its rows are taken with a picture’s channels last;';
    expect(await lines('--shape', '2x2x3')).toContain(said);
    expect(await lines('--shape', '2x2x3', '--order', 'channels-last')).not.toContain(said);
    expect(await lines('--shape', '4x3x1')).not.toContain(said);
  });

  it('reads ONNX as well, as PyTorch writes it', async () => {
    const onnx = join(ROOT, 'test/fixtures/models/torch-pair.onnx');
    const found = JSON.parse(
      await doneInSteps(`Reading ${onnx} …`, 'import-model', onnx, '--plan', '--json', '--data', at('elsewhere')),
    ) as FoundModel;
    expect(found).toMatchObject({ name: 'torch-pair', format: 'ONNX', inputShape: [8, 8, 1], codeLayer: 2 });
    expect(found.layers.map(({ kind }) => kind)).toEqual(['conv', 'pool', 'dense', 'dense', 'upsample', 'conv']);
  });

  it('says what a file holds that it then refuses, and why', async () => {
    // Dense layers and activations by turns.
    const nodes = Array.from({ length: 69 }, (_, at): OnnxNode => {
      const [op, weights] = at % 2 === 0 ? (['MatMul', ['w']] as const) : (['Tanh', []] as const);
      return { op, name: `v${at + 1}`, inputs: [`v${at}`, ...weights], outputs: [`v${at + 1}`], attributes: {} };
    });
    const graph = {
      name: 'g',
      about: '',
      input: { name: 'v0', type: 1, shape: [4] },
      outputs: [{ name: 'v69', type: 1, shape: [4] }],
      nodes,
      tensors: [{ name: 'w', shape: [4, 4], data: Float32Array.from({ length: 16 }, (_, at) => Math.sin(at)) }],
    };
    const bytes = onnxMessage(graph, { name: 'a test', version: '1' }).finish();
    const deep = data.write('deep.onnx', bytes);
    const { stdout, stderr, code } = await cli('import-model', deep, '--plan', '--shape', '2x2x1', '--code', 'v67');
    expect(stdout.split('\n')[0]).toBe('ONNX, images of 2 × 2 × 1, 560 parameters');
    expect({ last: stderr.trimEnd().split('\n').at(-1), code }).toEqual({
      last: 'deep.onnx: expected a model that the app can hold, found one whose encoder must hold at most 32 layers, found 33: change that, and save the model again.',
      code: 1,
    });
  });

  it('measures it on a folder of images, as train takes one', async () => {
    const folder = at('eights');
    for (const [split, count] of [
      ['train', 8],
      ['t10k', 4],
    ] as const) {
      data.write(`eights/${split}-images-idx3-ubyte`, imageBytes(count, 8, 8));
      data.write(`eights/${split}-labels-idx1-ubyte`, labelBytes(...Array.from({ length: count }, () => 0)));
    }
    const onnx = join(ROOT, 'test/fixtures/models/torch-pair.onnx');
    const args = ['import-model', onnx, '--dataset', folder, '--data', data.path, '--json'];
    const { runId, test } = JSON.parse(await doneInSteps(`Reading ${onnx} …`, ...args)) as Pick<
      RunEnded,
      'runId' | 'test'
    >;
    expect(test!.squaredError).toBeGreaterThan(0);
    expect((await RunFolder.under(data.path, runId).readExperiment()).imageSet).toBe('eights');
  });

  it('is stopped by Ctrl-C while it is measured, and nothing of it is kept', async () => {
    const many = 30_000;
    data.write('many/train-images-idx3-ubyte', imageBytes(8, 8, 8));
    data.write('many/train-labels-idx1-ubyte', labelBytes(...Array.from({ length: 8 }, () => 0)));
    data.write('many/t10k-images-idx3-ubyte', imageBytes(many, 8, 8));
    data.write('many/t10k-labels-idx1-ubyte', labelBytes(...Array.from({ length: many }, () => 0)));
    const onnx = join(ROOT, 'test/fixtures/models/torch-pair.onnx');
    const line = ['import-model', onnx, '--dataset', at('many'), '--data', at('stopped')];
    const child = spawn(process.execPath, [PROGRAM, ...line], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr.on('data', (said: Buffer) => {
      if (said.includes('Measuring it on the 30,000 test images')) child.kill('SIGINT');
    });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    expect({ stdout, code, last: stderr.trimEnd().split('\n').at(-1) }).toEqual({
      stdout: '',
      code: 130,
      last: 'The import was stopped; nothing was kept.',
    });
    expect(readdirSync(join(at('stopped'), 'runs'))).toEqual([]);
  });

  it('takes it in, and it reconstructs as any run', async () => {
    const stdout = await doneInSteps(
      `Reading ${away} …`,
      'import-model',
      away,
      '--name',
      'From Keras',
      '--code',
      'dense_3',
      '--data',
      data.path,
      '--json',
    );
    const { runId, codeLayer } = JSON.parse(stdout) as { runId: string; codeLayer: number };
    expect(codeLayer).toBe(2);
    const folder = RunFolder.under(data.path, runId);
    expect(await folder.readExperiment()).toMatchObject({
      name: 'From Keras',
      imageSet: 'none',
      model: { code: { size: 30 } },
    });
    const picture = join(FIXTURES, 'rgb.png');
    const told = await done('reconstruct', runId, picture, '--data', data.path, '--out', at('imported'));
    expect(told).toMatch(/^1 pictures? reconstructed/);
    const image = await sharp(join(at('imported'), '00001-rgb-reconstruction.png')).metadata();
    expect(image).toMatchObject({ width: 6, height: 10 });
  });
});
