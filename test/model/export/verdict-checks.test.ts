import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import type { ExportOptions } from '../../../electron/model/export/exported-model.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { onTrained } from './trained.ts';
import { COUNT, learnt, picturesOf, specOf, storedFor, type Shape } from './verdict-samples.ts';

describe('what comes along with an export', () => {
  const shape: Shape = [12, 13, 1];
  const samples = { count: COUNT, height: 12, width: 13, channels: 1, pixels: picturesOf(COUNT, shape, 3) };

  test.each(['tfjs', 'html'] as const)(
    'checks the verdict in Node, and finds a threshold or a score that is off: %s',
    (format) =>
      onTrained(specOf(shape), async (network) => {
        using folder = new TemporaryFolder();
        const place = join(folder.path, 'export');
        const normality = await storedFor(network, await learnt(network, shape), 'combined', samples.pixels);
        await exportModel({ network, origin: {}, normality, samples }, { format }, place);
        symlinkSync(resolve('node_modules'), join(folder.path, 'node_modules'));
        const verify = () => promisify(execFile)(process.execPath, ['--no-warnings', join(place, 'verify.mjs')]);
        expect((await verify()).stdout).toMatch(/^scores: largest difference .* on 5 samples, ok$/m);
        const file = join(place, format === 'tfjs' ? 'inspection.json' : 'autoencoder.html');
        const written = readFileSync(file, 'utf8');
        const others = [
          written.replace(/("threshold":\s?)[^,]+/, '$11e9'),
          written.replace(/("deviation":\s?)/, '$11'),
        ];
        for (const other of others) {
          expect(other).not.toBe(written);
          writeFileSync(file, other);
          await expect(verify()).rejects.toMatchObject({
            code: 1,
            stdout: expect.stringMatching(/^scores: .* TOO LARGE$/m) as string,
          });
        }
      }),
  );

  test('is told in the card, with lines that give a verdict in the language of the format', () =>
    onTrained(specOf(shape), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      const normality = await storedFor(network, await learnt(network, shape), 'worst-spot', samples.pixels);
      const cardOf = async (options: ExportOptions): Promise<string> => {
        await exportModel({ network, origin: {}, normality, samples }, options, place);
        return readFileSync(join(place, 'README.md'), 'utf8');
      };
      const lines = {
        onnx: 'InferenceSession("inspection.onnx")',
        tfjs: 'await judge(inspection',
        html: 'await judge(inspection',
        pytorch: 'score(load_image("image.png")[None], run)',
        npz: 'score(load_image("image.png")[None], run)',
      };
      for (const [format, line] of Object.entries(lines)) {
        const card = await cardOf({ format: format as keyof typeof lines });
        expect(card).toContain('## Odd pictures');
        expect(card).toContain(line);
      }
      // Where scores cannot be had, the card says why.
      expect(await cardOf({ format: 'keras', scalingInside: true })).toContain(
        'takes bytes: export it without scaling inside',
      );
      expect(await cardOf({ format: 'onnx', part: 'encoder' })).toContain('scores need the whole model');
    }));
});
