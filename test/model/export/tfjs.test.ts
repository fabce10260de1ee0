import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Network } from '../../../electron/engine/network.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import type { ExportOptions } from '../../../electron/model/export/exported-model.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { distance, modelSpec, noiseImages, onNetwork } from '../../engine/samples.ts';
import { exportFormats, exportLimit } from '../../../electron/domain/export-formats.ts';
import { architectures } from './architectures.ts';
import { onTrained } from './trained.ts';

const exported = (network: Network, folder: string, options: Omit<ExportOptions, 'format'> = {}): Promise<string[]> =>
  exportModel({ network, origin: {} }, { format: 'tfjs', ...options }, folder);

/** Loads the exported model by TensorFlow.js alone, and runs it. */
async function outputOf(folder: string, values: ArrayLike<number>, shape: number[]): Promise<Float32Array> {
  const model = await tf.loadLayersModel(pathToFileURL(join(folder, 'model.json')).href);
  try {
    return valuesOf(() => model.predict(tf.tensor(Float32Array.from(values), shape)) as tf.Tensor);
  } finally {
    model.dispose();
  }
}

describe('an exported LayersModel', () => {
  const limit = (spec: (typeof architectures)[string]) => exportLimit(exportFormats[0]!, spec);
  const held = Object.entries(architectures).filter(([, spec]) => limit(spec) === undefined);

  test('says what it has no layer for', () => {
    for (const name of ['normalised in groups', 'blocks normalised in groups']) {
      expect(limit(architectures[name]!)).toBe(
        'TensorFlow.js has no layer for group normalisation: choose ONNX or another format.',
      );
    }
    expect(limit(architectures['bilinear enlarging']!)).toBe(
      'TensorFlow.js has no layer that enlarges between the middles of pixels: choose ONNX or another format.',
    );
    expect(limit(architectures['activation gelu-tanh']!)).toBe(
      'TensorFlow.js has no GELU by tanh that it reads back: choose ONNX or another format.',
    );
    expect(limit(architectures['activation hard-silu']!)).toBe(
      'TensorFlow.js has no hard SiLU: choose ONNX or another format.',
    );
    expect(limit(architectures['enlarging with corners where they were']!)).toBe(
      'TensorFlow.js has no layer that enlarges between the middles of pixels: choose ONNX or another format.',
    );
    const codebook = architectures['a codebook']!;
    expect(limit(codebook)).toBe(
      'TensorFlow.js has no layer for the nearest of a codebook’s vectors: choose ONNX or another format, or the decoder alone.',
    );
    expect(exportLimit(exportFormats[0]!, codebook, 'decoder')).toBeUndefined();
    expect(held.length).toBe(Object.keys(architectures).length - 7);
  });

  test.each(held)('loads back and gives the same: %s', (_, spec) =>
    onTrained(spec, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exported(network, place);
      const values = Float32Array.from(noiseImages(3, spec.inputShape).pixels, (pixel) => pixel / 255);
      const shape = [3, ...spec.inputShape];
      const own = (model: tf.LayersModel, input: ArrayLike<number>, size: number[]): Float32Array =>
        valuesOf(() => model.predict(tf.tensor(Float32Array.from(input), size)) as tf.Tensor);
      const codes = own(network.encoder, values, shape);
      expect(distance(await outputOf(place, values, shape), own(network.autoencoder, values, shape))).toBeLessThan(
        1e-6,
      );
      expect(distance(await outputOf(join(place, 'encoder'), values, shape), codes)).toBeLessThan(1e-6);
      const decoded = await outputOf(join(place, 'decoder'), codes, [3, spec.code.size]);
      expect(distance(decoded, own(network.decoder, codes, [3, spec.code.size]))).toBeLessThan(1e-6);
    }),
  );

  test('of a second network in one process has its own weights', () =>
    onNetwork(modelSpec(), (first) =>
      onNetwork(
        modelSpec(),
        async (second) => {
          using folder = new TemporaryFolder();
          await exported(first, join(folder.path, 'first'));
          await exported(second, join(folder.path, 'second'));
          const values = new Float32Array(12).fill(0.5);
          const shape = [1, 4, 3, 1];
          const own = valuesOf(() => second.autoencoder.predict(tf.tensor(values, shape)) as tf.Tensor);
          expect(distance(await outputOf(join(folder.path, 'second'), values, shape), own)).toBeLessThan(1e-6);
          expect(distance(await outputOf(join(folder.path, 'first'), values, shape), own)).toBeGreaterThan(0.01);
        },
        2,
      ),
    ));

  test('is verified in Node by the script that comes along, with plain TensorFlow.js', () =>
    onTrained(architectures['odd convolutions']!, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exported(network, place);
      symlinkSync(resolve('node_modules'), join(folder.path, 'node_modules'));
      const verify = (): Promise<{ readonly stdout: string }> =>
        promisify(execFile)(process.execPath, ['--no-warnings', join(place, 'verify.mjs')]);
      const { stdout } = await verify();
      expect(stdout.match(/^(autoencoder|encoder|decoder): largest difference .* on 5 samples, ok$/gm)).toHaveLength(3);
      const weights = readFileSync(join(place, 'decoder', 'weights.bin'));
      weights.writeFloatLE(weights.readFloatLE(0) + 1, 0);
      writeFileSync(join(place, 'decoder', 'weights.bin'), weights);
      await expect(verify()).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/^decoder: .* TOO LARGE$/m) as string,
      });
    }));

  test('names its files, is all there is in the folder, and says how bytes become its input', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      const files = await exported(network, place);
      expect([...files].sort()).toEqual(
        [
          'decoder/model.json',
          'decoder/weights.bin',
          'encoder/model.json',
          'encoder/weights.bin',
          'model.json',
          'preprocessing.json',
          'preprocessing.mjs',
          'README.md',
          'samples/codes.npy',
          'samples/images.npy',
          'samples/reconstructions.npy',
          'verify.mjs',
          'weights.bin',
        ]
          .map((name) => join(...name.split('/')))
          .sort(),
      );
      const found = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      expect(found).toHaveLength(files.length);
      expect(JSON.parse(readFileSync(join(place, 'preprocessing.json'), 'utf8'))).toEqual({
        input: { height: 4, width: 3, channels: 1, order: 'nhwc', type: 'float32', range: [0, 1] },
        fromBytes: 'divide by 255',
        code: { size: 3, type: 'float32' },
        output: { type: 'float32', range: [0, 1], toBytes: 'clip to [0, 1], multiply by 255, round' },
      });
      expect(readFileSync(join(place, 'model.json'), 'utf8')).not.toContain(folder.path);
    }));

  test('of one part has it at the top, and what it is checked by', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'encoder');
      const files = await exported(network, place, { part: 'encoder' });
      expect(files).toContain('model.json');
      expect(files.filter((name) => name.endsWith('.npy'))).toEqual(
        ['codes.npy', 'images.npy'].map((name) => join('samples', name)),
      );
      expect(await outputOf(place, new Float32Array(12), [1, 4, 3, 1])).toHaveLength(network.spec.code.size);
    }));

  test('that cannot be written leaves nothing, and says where', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const file = folder.write('file', '');
      await expect(exported(network, join(file, 'export'))).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('cannot be written (ENOTDIR: not a directory).') as string,
      });
      expect(readdirSync(folder.path)).toEqual(['file']);
    }));
});
