import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TFSavedModel } from '@tensorflow/tfjs-node/dist/saved_model.js';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { modelSpec, noiseImages, onNetwork, reconstructionOf } from '../../engine/samples.ts';
import { architectures } from './architectures.ts';
import { floats, largestDifference, onTrained } from './trained.ts';

/** Runs one signature by tfjs-node's own loader, which asks TensorFlow. */
async function outputOf(folder: string, signature: string, input: () => tf.Tensor): Promise<Float32Array> {
  const model: TFSavedModel = await tf.node.loadSavedModel(folder, ['serve'], signature);
  try {
    return valuesOf(() => model.predict(input()) as tf.Tensor);
  } finally {
    model.dispose();
  }
}

describe('a SavedModel', () => {
  test.each(Object.entries(architectures))('computes what the app does: %s', (_, spec) =>
    onTrained(spec, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {} }, { format: 'saved-model' }, place);
      const images = noiseImages(3, spec.inputShape);
      const input = (): tf.Tensor => tf.tensor(floats(images), [3, ...spec.inputShape]);
      const own = reconstructionOf(network, images);
      const codes = valuesOf(() => network.encoder.predict(input()) as tf.Tensor);
      expect(largestDifference(await outputOf(place, 'serving_default', input), own)).toBeLessThan(2e-6);
      expect(largestDifference(await outputOf(place, 'encoder', input), codes)).toBeLessThan(2e-6);
      const decoded = await outputOf(place, 'decoder', () => tf.tensor2d(codes, [3, spec.code.size]));
      expect(largestDifference(decoded, own)).toBeLessThan(2e-6);
    }),
  );

  test('says what goes in and comes out, of batches of any size', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      await exportModel({ network, origin: {} }, { format: 'saved-model' }, place);
      const [graph] = await tf.node.getMetaGraphsFromSavedModel(place);
      expect(graph!.tags).toEqual(['serve']);
      expect(Object.keys(graph!.signatureDefs).sort()).toEqual(['decoder', 'encoder', 'serving_default']);
      const sizes = ({ shape }: { shape?: unknown }): number[] =>
        (shape as { getSize(): number }[]).map((dimension) => dimension.getSize());
      const { inputs, outputs } = graph!.signatureDefs.encoder!;
      expect(sizes(inputs.image!)).toEqual([-1, 4, 3, 1]);
      expect(sizes(outputs.code!)).toEqual([-1, 3]);
    }));

  test('of one part alone has it as its only signature, and takes bytes where it is asked to', () =>
    onTrained(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'export');
      const options = { format: 'saved-model', part: 'encoder', scalingInside: true } as const;
      await exportModel({ network, origin: {} }, options, place);
      const [graph] = await tf.node.getMetaGraphsFromSavedModel(place);
      expect(Object.keys(graph!.signatureDefs)).toEqual(['serving_default']);
      expect(graph!.signatureDefs.serving_default!.inputs.image!.tfDtype).toBe('DT_UINT8');
    }));
});
