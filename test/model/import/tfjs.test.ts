import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { noiseImages } from '../../engine/samples.ts';
import { exportFormats, exportLimit } from '../../../electron/domain/export-formats.ts';
import { architectures, otherWhenRead } from '../export/architectures.ts';
import { floats, largestDifference, onTrained } from '../export/trained.ts';
import { outputOf } from './imported.ts';

describe('a model that the app has exported as TensorFlow.js', () => {
  const held = Object.entries(architectures).filter(([, spec]) => exportLimit(exportFormats[0]!, spec) === undefined);

  test.each(held)('comes back as the same spec, and computes the same: %s', (which, spec) =>
    onTrained(spec, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'taken away');
      await exportModel({ network, origin: {} }, { format: 'tfjs' }, place);
      if (otherWhenRead[which] === 'refused') {
        await expect(readModel([place])).rejects.toThrow(
          'expected one layer after another, found a concatenation of two branches, as in a U-Net: leave out the one that skips layers, train the model on, and save it again.',
        );
        return;
      }
      const { name, chain } = await readModel([place]);
      expect(name).toBe('taken away');
      const model = specAndWeights(chain, {});
      const values = floats(noiseImages(3, spec.inputShape));
      const own = valuesOf(() => network.autoencoder.predict(tf.tensor(values, [3, ...spec.inputShape])) as tf.Tensor);
      expect(largestDifference(outputOf(model, values, 3), own)).toBeLessThan(1e-6);
      if (otherWhenRead[which] !== undefined) return;
      const { decoder, encoder, code } = model.spec;
      // What is in no file: how weights began, that they were shared, the spread of a variational code.
      expect({ decoder, encoder, code: { ...code, variational: spec.code.variational } }).toEqual({
        decoder: spec.decoder,
        encoder: spec.encoder,
        code: spec.code,
      });
    }),
  );
});
