import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { ModelPart } from '../../../electron/domain/export-formats.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { modelSpec, noiseImages, onNetwork, reconstructionOf } from '../../engine/samples.ts';
import { architectures } from './architectures.ts';
import { floats, largestDifference, onTrained } from './trained.ts';

type RunPart = (part: ModelPart, values: ArrayLike<number>) => Float64Array;

const textOf = (page: string, id: string): string =>
  new RegExp(`<script [^>]*id="${id}">([^]*?)</script>`).exec(page)![1]!;

/** The page's own inference, on the model that it carries. */
function inferenceOf(page: string): RunPart {
  const make = new Function('json', `${textOf(page, 'network')} const m = readModel(json); return runPart.bind(0, m);`);
  return make(textOf(page, 'model')) as RunPart;
}

describe('a page', () => {
  test.each(Object.entries(architectures))('computes what the app does: %s', (_, spec) =>
    onTrained(spec, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {} }, { format: 'html' }, place);
      const run = inferenceOf(readFileSync(join(place, 'autoencoder.html'), 'utf8'));
      const image = noiseImages(1, spec.inputShape);
      const input = floats(image);
      const codes = valuesOf(() => network.encoder.predict(tf.tensor(input, [1, ...spec.inputShape])) as tf.Tensor);
      expect(largestDifference(run('encoder', input), codes)).toBeLessThan(2e-6);
      expect(largestDifference(run('decoder', codes), reconstructionOf(network, image))).toBeLessThan(2e-6);
    }),
  );

  test('is verified in Node by the script that comes along, which finds a weight that is off', () =>
    onTrained(architectures['odd convolutions']!, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {} }, { format: 'html' }, place);
      const verify = (): Promise<{ readonly stdout: string }> =>
        promisify(execFile)(process.execPath, ['--no-warnings', join(place, 'verify.mjs')]);
      const { stdout } = await verify();
      expect(stdout.match(/^(autoencoder|encoder|decoder): largest difference .* on 5 samples, ok$/gm)).toHaveLength(3);
      const page = readFileSync(join(place, 'autoencoder.html'), 'utf8');
      // The first value of the first weight becomes another.
      writeFileSync(join(place, 'autoencoder.html'), page.replace(/"base64":"..../, '"base64":"AACA'));
      await expect(verify()).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/^encoder: .* TOO LARGE$/m) as string,
      });
    }));

  test('can fetch nothing, and nothing of a name is markup', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      const map = {
        plane: { origin: new Float32Array(3), axes: [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0)] as const },
        points: { x: Float32Array.of(0, 1), y: Float32Array.of(2, 2) },
        labels: Uint8Array.of(0, 1),
        labelNames: ['</script><b>', '"&'],
        units: { least: new Float32Array(3), most: new Float32Array(3).fill(1) },
        example: Uint8Array.of(0, 128, 255),
      };
      await exportModel({ network, origin: {}, map }, { format: 'html' }, place);
      const page = readFileSync(join(place, 'autoencoder.html'), 'utf8');
      expect(page).toContain(`content="default-src 'none'; script-src 'sha256-`);
      expect(page).not.toMatch(/(?:src|href)=|https?:/);
      expect(page).toContain('&lt;/script&gt;&lt;b&gt;</li>');
      expect(page.match(/<\/script>/g)).toHaveLength(4);
      const content = JSON.parse(textOf(page, 'model')) as {
        map: { frame: number[]; labels: number[]; example: string };
      };
      expect(content.map.example).toBe('AID/');
      // A twentieth of room at each side; where all points are level, one.
      expect(content.map.frame).toEqual([expect.closeTo(-0.05), 1, expect.closeTo(1.05), 3]);
      expect(content.map.labels).toEqual([0, 1]);
    }));

  test('of the encoder alone is refused beforehand', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await expect(
        exportModel({ network, origin: {} }, { format: 'html', part: 'encoder' }, place),
      ).rejects.toMatchObject({
        code: 'refused',
        message: 'A page encodes and decodes: it holds the autoencoder, not the encoder alone.',
      });
    }));
});
