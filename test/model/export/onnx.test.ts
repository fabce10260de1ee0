import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { modelSpec, noiseImages, onNetwork, reconstructionOf } from '../../engine/samples.ts';
import { architectures, foreignOnly } from './architectures.ts';
import { runOnnx } from './onnx-interpreter.ts';
import { readOnnx, type Graph, type Tensor } from './onnx-reader.ts';
import { floats, largestDifference, onTrained } from './trained.ts';

const FLOAT32 = 1;
const UINT8 = 2;

const graphIn = (folder: string, part: string): Graph => readOnnx(readFileSync(join(folder, `${part}.onnx`)));

const tensor = (shape: readonly number[], values: ArrayLike<number>): Tensor => ({
  shape,
  data: Float64Array.from(values),
});

describe('an ONNX file', () => {
  const readHere = Object.entries(architectures).filter(([name]) => !foreignOnly.includes(name));

  test.each(readHere)('computes what the app does: %s', (_, spec) =>
    onTrained(spec, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {} }, { format: 'onnx' }, place);
      const images = noiseImages(2, spec.inputShape);
      const input = tensor([2, ...spec.inputShape], floats(images));
      const own = reconstructionOf(network, images);
      const codes = valuesOf(
        () => network.encoder.predict(tf.tensor(floats(images), [2, ...spec.inputShape])) as tf.Tensor,
      );
      const whole = runOnnx(graphIn(place, 'autoencoder'), input);
      expect(whole.shape).toEqual([2, ...spec.inputShape]);
      expect(largestDifference(whole.data, own)).toBeLessThan(2e-6);
      const encoded = runOnnx(graphIn(place, 'encoder'), input);
      expect(encoded.shape).toEqual([2, spec.code.size]);
      expect(largestDifference(encoded.data, codes)).toBeLessThan(2e-6);
      const decoded = runOnnx(graphIn(place, 'decoder'), tensor([2, spec.code.size], codes));
      expect(largestDifference(decoded.data, own)).toBeLessThan(2e-6);
    }),
  );

  test('says its version and operators, and takes batches of any size', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {} }, { format: 'onnx' }, place);
      const { irVersion, opset, producer, inputs, outputs } = graphIn(place, 'autoencoder');
      expect({ irVersion, opset, producer }).toEqual({ irVersion: 8, opset: 17, producer: 'Autoencoder Studio' });
      expect(inputs).toEqual([{ name: 'image', type: FLOAT32, shape: ['batch', 4, 3, 1] }]);
      expect(outputs).toEqual([{ name: 'reconstruction', type: FLOAT32, shape: ['batch', 4, 3, 1] }]);
      expect(graphIn(place, 'encoder').outputs).toEqual([{ name: 'code', type: FLOAT32, shape: ['batch', 3] }]);
      expect(graphIn(place, 'decoder').inputs).toEqual([{ name: 'code', type: FLOAT32, shape: ['batch', 3] }]);
    }));

  test.each(Object.entries(architectures))('names every node once: %s', (_, spec) =>
    onNetwork(spec, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {} }, { format: 'onnx', part: 'autoencoder' }, place);
      const names = graphIn(place, 'autoencoder').nodes.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }),
  );

  test('takes bytes where it is asked to, but for codes', () =>
    onTrained(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {} }, { format: 'onnx', scalingInside: true }, place);
      const images = noiseImages(2, [4, 3, 1]);
      const graph = graphIn(place, 'autoencoder');
      expect(graph.inputs[0]!.type).toBe(UINT8);
      expect(graphIn(place, 'decoder').inputs[0]!.type).toBe(FLOAT32);
      const output = runOnnx(graph, tensor([2, 4, 3, 1], images.pixels));
      expect(largestDifference(output.data, reconstructionOf(network, images))).toBeLessThan(2e-6);
      expect(JSON.parse(readFileSync(join(place, 'preprocessing.json'), 'utf8'))).toMatchObject({
        input: { type: 'uint8', range: [0, 255] },
        fromBytes: 'none',
      });
    }));
});
