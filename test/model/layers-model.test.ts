import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ModelSpec } from '../../electron/contract/experiment.ts';
import { activations } from '../../electron/contract/experiment.ts';
import type { Network } from '../../electron/engine/network.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import { exportLayersModel } from '../../electron/model/layers-model.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import {
  conv,
  dense,
  distance,
  modelSpec,
  noiseImages,
  onNetwork,
  trainEagerly,
  trainingSpec,
} from '../engine/samples.ts';

const specs: Readonly<Record<string, ModelSpec>> = {
  'the article’s kind': modelSpec(),
  'every activation': modelSpec({
    encoder: activations.map((activation) => dense(6, { activation })),
    initialiser: 'glorot-uniform',
    outputActivation: 'linear',
  }),
  'convolutions of an odd size, normalised, with dropout': modelSpec({
    inputShape: [7, 5, 3],
    encoder: [conv(4, 3, 2, { batchNorm: true, dropout: 0.3 }), conv(3, 3, 2, { activation: 'leaky-relu' }), dense(5)],
  }),
  'a written decoder of convolutions': modelSpec({ inputShape: [6, 6, 1], decoder: [dense(4), conv(2, 3, 2)] }),
  'a variational code': modelSpec({ code: { size: 2, activation: 'linear', variational: true } }),
};

/** Loads the exported model by TensorFlow.js alone, and runs it. */
async function outputOf(folder: string, values: ArrayLike<number>, shape: number[]): Promise<Float32Array> {
  const model = await tf.loadLayersModel(pathToFileURL(join(folder, 'model.json')).href);
  try {
    return valuesOf(() => model.predict(tf.tensor(Float32Array.from(values), shape)) as tf.Tensor);
  } finally {
    model.dispose();
  }
}

function trained(network: Network): void {
  // Away from the initial weights, the moving statistics included.
  trainEagerly(network, trainingSpec(), noiseImages(4, network.spec.inputShape, 9), [0.5]);
}

describe('an exported LayersModel', () => {
  test.each(Object.entries(specs))('of %s loads back and gives the same', (_, spec) =>
    onNetwork(spec, async (network) => {
      trained(network);
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportLayersModel(network, place);
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
          await exportLayersModel(first, join(folder.path, 'first'));
          await exportLayersModel(second, join(folder.path, 'second'));
          const values = new Float32Array(12).fill(0.5);
          const shape = [1, 4, 3, 1];
          const own = valuesOf(() => second.autoencoder.predict(tf.tensor(values, shape)) as tf.Tensor);
          expect(distance(await outputOf(join(folder.path, 'second'), values, shape), own)).toBeLessThan(1e-6);
          expect(distance(await outputOf(join(folder.path, 'first'), values, shape), own)).toBeGreaterThan(0.01);
        },
        2,
      ),
    ));

  test('names its files, is all there is in the folder, and says how bytes become its input', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      const files = await exportLayersModel(network, place);
      expect([...files].sort()).toEqual(
        [
          'decoder/model.json',
          'decoder/weights.bin',
          'encoder/model.json',
          'encoder/weights.bin',
          'model.json',
          'preprocessing.json',
          'weights.bin',
        ].map((name) => join(...name.split('/'))),
      );
      const found = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      expect(found).toHaveLength(files.length);
      expect(JSON.parse(readFileSync(join(place, 'preprocessing.json'), 'utf8'))).toEqual({
        input: { height: 4, width: 3, channels: 1, type: 'float32', range: [0, 1] },
        fromBytes: 'divide by 255',
      });
      expect(readFileSync(join(place, 'model.json'), 'utf8')).not.toContain(folder.path);
    }));

  test('that cannot be written leaves nothing, and says where', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const file = folder.write('file', '');
      await expect(exportLayersModel(network, join(file, 'export'))).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('cannot be written (ENOTDIR: not a directory).') as string,
      });
      expect(readdirSync(folder.path)).toEqual(['file']);
    }));
});
