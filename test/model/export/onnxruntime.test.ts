import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { modelSpec, noiseImages, reconstructionOf } from '../../engine/samples.ts';
import { architectures } from './architectures.ts';
import { floats, largestDifference, onTrained } from './trained.ts';

/** What every export is held to. */
const MOST_APART = 1e-5;

/** Runs a file on each input with ONNX Runtime itself, built to WebAssembly: its package for Node fetches more when it is installed. */
async function outputsOf(file: string, inputs: readonly Tensor[]): Promise<Float32Array[]> {
  const session = await InferenceSession.create(readFileSync(file));
  try {
    const outputs: Float32Array[] = [];
    for (const input of inputs) {
      const output = (await session.run({ [session.inputNames[0]!]: input }))[session.outputNames[0]!]!;
      outputs.push((await output.getData()) as Float32Array);
    }
    return outputs;
  } finally {
    await session.release();
  }
}

describe('ONNX Runtime gives what the app does', () => {
  test.each(Object.entries(architectures))('for %s, in batches of one and three', (_, spec) =>
    onTrained(spec, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {} }, { format: 'onnx' }, place);
      const batches = [1, 3].map((count) => {
        const images = noiseImages(count, spec.inputShape);
        const values = Float32Array.from(floats(images));
        const shape = [count, ...spec.inputShape];
        const codes = valuesOf(() => network.encoder.predict(tf.tensor(values, shape)) as tf.Tensor);
        const coded = new Tensor('float32', Float32Array.from(codes), [count, spec.code.size]);
        const input = new Tensor('float32', values, shape);
        return { input, codes, coded, own: reconstructionOf(network, images) };
      });
      const inputs = batches.map(({ input }) => input);
      const wholes = await outputsOf(join(place, 'autoencoder.onnx'), inputs);
      const codes = await outputsOf(join(place, 'encoder.onnx'), inputs);
      const decoded = await outputsOf(
        join(place, 'decoder.onnx'),
        batches.map(({ coded }) => coded),
      );
      for (const [at, batch] of batches.entries()) {
        expect(largestDifference(wholes[at]!, batch.own)).toBeLessThan(MOST_APART);
        expect(largestDifference(codes[at]!, batch.codes)).toBeLessThan(MOST_APART);
        expect(largestDifference(decoded[at]!, batch.own)).toBeLessThan(MOST_APART);
      }
    }),
  );

  test('of bytes where scaling is inside', () =>
    onTrained(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      const options = { format: 'onnx', part: 'autoencoder', scalingInside: true } as const;
      await exportModel({ network, origin: {} }, options, place);
      const images = noiseImages(2, [4, 3, 1]);
      const input = new Tensor('uint8', images.pixels, [2, 4, 3, 1]);
      const [output] = await outputsOf(join(place, 'autoencoder.onnx'), [input]);
      expect(largestDifference(output!, reconstructionOf(network, images))).toBeLessThan(MOST_APART);
    }));
});
