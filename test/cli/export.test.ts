import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { writeJson, writeWhole } from '../../electron/files/atomic.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { encodeSafetensors } from '../../electron/files/safetensors.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { cli, drawn, started } from './run-cli.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const data = new TemporaryFolder();
const at = (name: string): string => join(data.path, name);

const given = ['export', '--run', 'a-run', '--data', data.path];

/** A run on MNIST with a 2-D code and weights as they were drawn. */
beforeAll(async () => {
  const experiment = presetExperiment(presets[0]!, 'mnist', [28, 28, 1]);
  const code = { size: 2, activation: 'linear', variational: false } as const;
  const model: ModelSpec = { ...experiment.model, encoder: [], code };
  const folder = RunFolder.under(data.path, 'a-run');
  const state = { version: 1, id: 'a-run', startedAt: '2026-01-01', status: 'finished', processId: 1 } as const;
  await folder.create({ ...experiment, name: 'Two numbers', model }, state);
  const weights = {
    'code/kernel': drawn(784, 2),
    'code/bias': drawn(2),
    'output/kernel': drawn(2, 784),
    'output/bias': drawn(784),
  };
  await writeJson(join(folder.modelFolder('last'), 'model-spec.json'), model);
  await writeWhole(join(folder.modelFolder('last'), 'weights.safetensors'), encodeSafetensors(weights));
});
afterAll(() => data[Symbol.dispose]());

describe('export', () => {
  it('writes one part in a format, with a card that says what it is of', async () => {
    const out = at('onnx');
    const { stdout, stderr, code } = await started(
      ...given,
      ...['--weights', 'last', '--format', 'onnx', '--part', 'encoder', '--out', out, '--json'],
    );
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const files = [
      'README.md',
      'encoder.onnx',
      'preprocessing.json',
      'preprocessing.py',
      'samples/codes.npy',
      'samples/images.npy',
      'verify.py',
    ];
    expect(JSON.parse(stdout)).toEqual({ folder: out, format: 'onnx', files: files.map((name) => join(name)) });
    expect(readdirSync(out).sort()).toEqual([
      'README.md',
      'encoder.onnx',
      'preprocessing.json',
      'preprocessing.py',
      'samples',
      'verify.py',
    ]);
    const card = readFileSync(join(out, 'README.md'), 'utf8');
    expect(card).toContain('# Two numbers\n\nThe encoder of an autoencoder for grey images of 28 × 28 pixels');
    expect(card).toContain('Trained on MNIST: 60,000 training and 10,000 test images.');
    expect(card).toContain('CC BY-SA 3.0');
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
    expect(card).toContain(`Exported by Autoencoder Studio ${version} as ONNX.`);
    // MNIST's digits were centred, and so is what `load` makes of a picture.
    expect(JSON.parse(readFileSync(join(out, 'preprocessing.json'), 'utf8'))).toMatchObject({
      pictures: { centre: true },
    });
  });

  it('leaves a folder that holds something as it is', async () => {
    const full = at('full');
    mkdirSync(full);
    writeFileSync(join(full, 'thesis.txt'), 'years of work');
    expect(await cli(...given, '--weights', 'last', '--out', full)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `${full}: expected an empty folder, or none yet, found 1 files. Name another with --out.\n`,
    });
    expect(readdirSync(full)).toEqual(['thesis.txt']);
  });

  it('leaves nothing where the model or the format is wrong', async () => {
    const out = at('nothing');
    expect((await cli(...given, '--out', out)).stderr).toBe(
      'a-run: expected a run with its best weights, found one that has only its last ones (--weights last).\n',
    );
    expect(await cli(...given, '--weights', 'last', '--out', out, '--scaling-inside')).toMatchObject({
      code: 1,
      stderr: 'TensorFlow.js: expected no scaling inside the model, found it asked for.\n',
    });
    expect((await cli(...given, '--out', out, '--format', 'caffe')).stderr).toContain(
      'Allowed choices are tfjs, onnx, keras',
    );
    expect(readdirSync(data.path)).not.toContain('nothing');
  });
});
