import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { describeNetwork } from '../../../electron/model/export/describe-network.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import type { ExportOptions } from '../../../electron/model/export/exported-model.ts';
import { kerasLayers } from '../../../electron/model/export/keras/keras-config.ts';
import { tensorsOf } from '../../../electron/model/weights-file.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { conv, modelSpec, noiseImages, reconstructionOf, residual } from '../../engine/samples.ts';
import { architectures, foreignOnly } from './architectures.ts';
import { buildInTensorFlow, readKeras, readKerasH5 } from './keras-reader.ts';
import { floats, largestDifference, onTrained } from './trained.ts';

const kinds = [
  { format: 'keras', extension: 'keras', read: readKeras },
  { format: 'h5', extension: 'h5', read: readKerasH5 },
] as const;

type Read = (part: string) => Promise<Uint8Array>;

/** Exports a network with scattered weights, and reads its files. */
function onExport(
  spec: ModelSpec,
  options: ExportOptions,
  body: (read: Read, network: Parameters<Parameters<typeof onTrained>[1]>[0]) => Promise<void>,
): Promise<void> {
  return onTrained(spec, async (network) => {
    using folder = new TemporaryFolder();
    const place = join(folder.path, 'export');
    await exportModel({ network, origin: {} }, options, place);
    await body((part) => Promise.resolve(readFileSync(join(place, part))), network);
  });
}

describe.each(kinds)('a .$extension file', ({ format, extension, read }) => {
  /** What TensorFlow.js makes of the file's layers and weights. */
  async function outputOf(bytes: Uint8Array, values: ArrayLike<number>, shape: number[]): Promise<Float32Array> {
    const model = buildInTensorFlow(await read(bytes));
    try {
      return valuesOf(() => model.predict(tf.tensor(Float32Array.from(values), shape)) as tf.Tensor);
    } finally {
      model.dispose();
    }
  }

  const readHere = Object.entries(architectures).filter(([name]) => !foreignOnly.includes(name));

  test.each(readHere)('computes what the app does: %s', (_, spec) =>
    onExport(spec, { format }, async (file, network) => {
      const images = noiseImages(2, spec.inputShape);
      const shape = [2, ...spec.inputShape];
      const own = reconstructionOf(network, images);
      const codes = valuesOf(() => network.encoder.predict(tf.tensor(floats(images), shape)) as tf.Tensor);
      const whole = await outputOf(await file(`autoencoder.${extension}`), floats(images), shape);
      expect(largestDifference(whole, own)).toBeLessThan(2e-6);
      const encoded = await outputOf(await file(`encoder.${extension}`), floats(images), shape);
      expect(largestDifference(encoded, codes)).toBeLessThan(2e-6);
      const decoded = await outputOf(await file(`decoder.${extension}`), codes, [2, spec.code.size]);
      expect(largestDifference(decoded, own)).toBeLessThan(2e-6);
    }),
  );

  test('takes bytes where it is asked to, but for codes', () =>
    onExport(modelSpec(), { format, scalingInside: true }, async (file, network) => {
      const images = noiseImages(2, [4, 3, 1]);
      const [input, scale] = (await read(await file(`autoencoder.${extension}`))).layers;
      expect(input!.config.dtype).toBe('uint8');
      expect(scale!.class_name).toBe('Rescaling');
      const output = await outputOf(await file(`autoencoder.${extension}`), images.pixels, [2, 4, 3, 1]);
      expect(largestDifference(output, reconstructionOf(network, images))).toBeLessThan(2e-6);
      const decoder = await read(await file(`decoder.${extension}`));
      expect(decoder.layers.map(({ class_name: kind }) => kind)).not.toContain('Rescaling');
    }));
});

test('a .keras file holds what Keras looks for, by its names', () =>
  onExport(architectures['batch norm']!, { format: 'keras', part: 'encoder' }, async (file) => {
    const bytes = await file('encoder.keras');
    expect(Object.keys(unzipSync(bytes))).toEqual(['metadata.json', 'config.json', 'model.weights.h5']);
    const { layers, weights } = await readKeras(bytes);
    expect(layers.map(({ class_name: kind, config: { name } }) => [name, kind])).toEqual([
      ['image', 'InputLayer'],
      ['encoder-1', 'Conv2D'],
      ['encoder-1-norm', 'BatchNormalization'],
      ['encoder-1-activation', 'Activation'],
      ['encoder-2', 'Conv2D'],
      ['encoder-2-norm', 'BatchNormalization'],
      ['encoder-2-activation', 'LeakyReLU'],
      ['encoder-3-flatten', 'Flatten'],
      ['encoder-3', 'Dense'],
      ['encoder-3-norm', 'BatchNormalization'],
      ['encoder-3-activation', 'Activation'],
      ['code', 'Dense'],
    ]);
    // Keras's own slope is 0.3.
    expect(layers[6]!.config).toMatchObject({ negative_slope: 0.2 });
    expect(layers[2]!.config).toMatchObject({ epsilon: 1e-3, momentum: 0.99, axis: -1 });
    expect(weights.get('encoder-2')!.map(({ shape }) => shape)).toEqual([[3, 3, 4, 3]]);
    expect(weights.get('encoder-2-norm')!.map(({ shape }) => shape)).toEqual([[3], [3], [3], [3]]);
  }));

test('two ways to a sum lie in the order in which Keras counts layers, which its weights follow', () =>
  onTrained(
    modelSpec({
      inputShape: [6, 5, 1],
      encoder: [
        conv(2, 3, 1, { activation: 'linear' }),
        residual(3, 3, { channels: 4, batchNorm: true, activation: 'relu', plainSum: true }),
      ],
    }),
    (network) => {
      const { encoder } = describeNetwork(network.spec, tensorsOf(network));
      const names = kerasLayers(encoder, false).map(({ config }) => config['name']);
      // What `keras.saving.load_model(…).layers` of Keras 3.15 has them in.
      expect(names.slice(2, 10)).toEqual([
        'encoder-2-first',
        'encoder-2-first-norm',
        'encoder-2-first-activation',
        'encoder-2-shortcut',
        'encoder-2-second',
        'encoder-2-shortcut-norm',
        'encoder-2-second-norm',
        'encoder-2',
      ]);
      return Promise.resolve();
    },
  ));
