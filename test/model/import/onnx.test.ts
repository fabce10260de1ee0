import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { noiseImages } from '../../engine/samples.ts';
import { architectures, otherWhenRead } from '../export/architectures.ts';
import { floats, largestDifference, onTrained } from '../export/trained.ts';
import { knownOf, outputOf } from './imported.ts';
import { modelFixture } from './model-fixture.ts';

describe('a model that the app has exported as ONNX', () => {
  test.each(
    Object.entries(architectures).flatMap(([name, spec]) => [false, true].map((inside) => ({ name, spec, inside }))),
  )('comes back as the same spec, and computes the same: $name, bytes in: $inside', ({ name: which, spec, inside }) =>
    onTrained(spec, async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'taken away');
      await exportModel({ network, origin: {} }, { format: 'onnx', scalingInside: inside }, place);
      if (otherWhenRead[which] === 'refused') {
        await expect(readModel([place])).rejects.toThrow(
          /expected (channels in groups|operators that the app knows, found "(Softmax|ArgMin)")/,
        );
        return;
      }
      const { name, chain } = await readModel([place]);
      expect(name).toBe('autoencoder');
      expect(chain.notes).toEqual(
        inside
          ? [expect.stringMatching(/: takes bytes( and divides them by 255; images here are divided already|; pixels)/)]
          : [],
      );
      const model = specAndWeights(chain, {});
      const values = floats(noiseImages(3, spec.inputShape));
      const own = valuesOf(() => network.autoencoder.predict(tf.tensor(values, [3, ...spec.inputShape])) as tf.Tensor);
      expect(largestDifference(outputOf(model, values, 3), own)).toBeLessThan(1e-5);
      if (otherWhenRead[which] !== undefined) return;
      const { decoder, encoder, code } = model.spec;
      const kept = (layers: typeof encoder) =>
        layers.map((layer) => ('dropout' in layer ? { ...layer, dropout: undefined } : layer));
      expect({ encoder: kept(encoder), code: { ...code, variational: spec.code.variational } }).toEqual({
        encoder: kept(spec.encoder),
        code: spec.code,
      });
      expect(decoder).toEqual(spec.decoder);
    }),
  );
});

/** [batch, channels, height, width] as [batch, height, width, channels]. */
function channelsLast(values: readonly number[], [count = 1, channels = 1, height = 1, width = 1]: readonly number[]) {
  const at = (index: number): number => {
    const [channel, pixel] = [index % channels, Math.floor(index / channels)];
    const [image, place] = [Math.floor(pixel / (height * width)), pixel % (height * width)];
    return values[(image * channels + channel) * height * width + place] as number;
  };
  return Array.from({ length: count * channels * height * width }, (_, index) => at(index));
}

describe('a model that another program has written as ONNX', () => {
  const written = ['dense', 'convolutional', 'pair', 'blocks'].flatMap((name) => [
    `torch-${name}`,
    `torch-${name}-script`,
  ]);

  test.each(written)('computes here what PyTorch computed: %s', async (name) => {
    const { chain } = await readModel([modelFixture(`${name}.onnx`)]);
    const { shape, input, output } = knownOf(name.replace('-script', ''));
    const [, channels, height, width] = shape;
    expect(chain.inputShape).toEqual([height, width, channels]);
    const model = specAndWeights(chain, {});
    const found = outputOf(model, channelsLast(input, shape), shape[0]!);
    expect(largestDifference(found, channelsLast(output, shape))).toBeLessThan(2e-6);
  });

  test.each(['dense', 'convolutional', 'transposed'])('computes here what Keras computed: %s', async (name) => {
    const { chain } = await readModel([modelFixture(`keras-${name}.onnx`)]);
    const { shape, input, output } = knownOf(name);
    const model = specAndWeights(chain, name === 'dense' ? { inputShape: [4, 3, 1] } : {});
    expect(largestDifference(outputOf(model, input, shape[0]!), output)).toBeLessThan(2e-6);
  });
});
