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

/** Runs a file with ONNX Runtime itself, built to WebAssembly: its package for Node fetches more when it is installed. */
async function outputOf(file: string, input: Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(readFileSync(file));
  try {
    const output = (await session.run({ [session.inputNames[0]!]: input }))[session.outputNames[0]!]!;
    return (await output.getData()) as Float32Array;
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
      for (const count of [1, 3]) {
        const images = noiseImages(count, spec.inputShape);
        const values = Float32Array.from(floats(images));
        const input = new Tensor('float32', values, [count, ...spec.inputShape]);
        const own = reconstructionOf(network, images);
        const codes = valuesOf(
          () => network.encoder.predict(tf.tensor(values, [count, ...spec.inputShape])) as tf.Tensor,
        );
        const given = new Tensor('float32', Float32Array.from(codes), [count, spec.code.size]);
        expect(largestDifference(await outputOf(join(place, 'autoencoder.onnx'), input), own)).toBeLessThan(MOST_APART);
        expect(largestDifference(await outputOf(join(place, 'encoder.onnx'), input), codes)).toBeLessThan(MOST_APART);
        expect(largestDifference(await outputOf(join(place, 'decoder.onnx'), given), own)).toBeLessThan(MOST_APART);
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
      const output = await outputOf(join(place, 'autoencoder.onnx'), new Tensor('uint8', images.pixels, [2, 4, 3, 1]));
      expect(largestDifference(output, reconstructionOf(network, images))).toBeLessThan(MOST_APART);
    }));
});
