import { describe, expect, test } from 'vitest';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import { exportFormats, exportLimit } from '../../../electron/domain/export-formats.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { describeNetwork } from '../../../electron/model/export/describe-network.ts';
import { tensorsOf } from '../../../electron/model/weights-file.ts';
import { dense, modelSpec, noiseImages, onNetwork, reconstructionOf } from '../../engine/samples.ts';
import { architectures } from './architectures.ts';
import { interpret } from './plain-interpreter.ts';
import { floats, largestDifference, onTrained } from './trained.ts';

describe('a network as plain steps', () => {
  test.each(Object.entries(architectures))('computes what the app does: %s', (_, spec) =>
    onTrained(spec, async (network) => {
      const { autoencoder, encoder, decoder } = describeNetwork(spec, tensorsOf(network));
      const image = noiseImages(1, spec.inputShape);
      const input = floats(image);
      const codes = valuesOf(() => network.encoder.predict(tf.tensor(input, [1, ...spec.inputShape])) as tf.Tensor);
      expect(largestDifference(interpret(autoencoder, input), reconstructionOf(network, image))).toBeLessThan(2e-6);
      expect(largestDifference(interpret(encoder, input), codes)).toBeLessThan(2e-6);
      expect(largestDifference(interpret(decoder, codes), reconstructionOf(network, image))).toBeLessThan(2e-6);
    }),
  );

  test.each(Object.entries(architectures))('chains its shapes and names every step once: %s', (_, spec) =>
    onNetwork(spec, (network) => {
      const { ops } = describeNetwork(spec, tensorsOf(network)).autoencoder;
      ops.forEach(({ inputShape }, index) =>
        expect(inputShape).toEqual(index === 0 ? spec.inputShape : ops[index - 1]!.shape),
      );
      expect(ops.at(-1)!.shape).toEqual(spec.inputShape);
      expect(new Set(ops.map(({ name }) => name)).size).toBe(ops.length);
    }),
  );

  test('of a wrong spec is refused by name, and so is a missing weight', () => {
    expect(() => describeNetwork(modelSpec({ encoder: [{ kind: 'upsample', size: 2 }] }), {})).toThrow(
      'model.encoder.0: expected a dense, conv or pool layer, found an upsample layer',
    );
    expect(() => describeNetwork(modelSpec(), {})).toThrow('encoder-1/kernel: expected weights of the network');
  });
});

describe('what a format cannot hold is said beforehand', () => {
  const limits = (spec: ModelSpec): Record<string, string | undefined> =>
    Object.fromEntries(exportFormats.map((format) => [format.id, exportLimit(format, spec)]));

  test('of all the small models, nothing', () => {
    for (const spec of Object.values(architectures)) {
      // Keras and TensorFlow.js have no such layer: test/model/export/tfjs.test.ts.
      if (spec.code.codebook !== undefined) continue;
      const { tfjs, keras, h5 } = limits(spec);
      // TensorFlow.js lacks some layers, and Keras two.
      const lacking = /gelu-tanh|bilinear-corners/.test(JSON.stringify(spec)) ? { tfjs, keras, h5 } : { tfjs };
      expect(limits(spec)).toMatchObject({ ...limits(modelSpec()), ...lacking });
    }
  });

  test('of GELU by tanh and corners that stay, that Keras has no layer for them', () => {
    const { keras, h5 } = limits(architectures['activation gelu-tanh']!);
    expect(keras).toBe('Keras has no layer for GELU by tanh: choose ONNX or another format.');
    expect(h5).toBe('Keras HDF5 has no layer for GELU by tanh: choose ONNX or another format.');
    expect(limits(architectures['enlarging with corners where they were']!)['keras']).toBe(
      'Keras has no layer that enlarges with corners where they were: choose ONNX or another format.',
    );
  });

  test('of weights beyond a file’s own limit, their sizes', () => {
    // 786,432 × 1,024 each way, tied ones written out: 6.4 GB.
    const large = modelSpec({ inputShape: [512, 512, 3], encoder: [dense(1024)], tiedWeights: true });
    expect(limits(large)).toEqual({
      tfjs: undefined,
      onnx: 'ONNX files can be written up to 2.1 GB; the weights of this model take 6.4 GB.',
      keras: 'Keras files can be written up to 1.1 GB; the weights of this model take 6.4 GB.',
      h5: 'Keras HDF5 files can be written up to 1.1 GB; the weights of this model take 6.4 GB.',
      'saved-model': 'TensorFlow SavedModel files can be written up to 2.1 GB; the weights of this model take 6.4 GB.',
      pytorch: undefined,
      safetensors: undefined,
      npz: 'NumPy files can be written up to 4.3 GB; the weights of this model take 6.4 GB.',
      html: 'Web page files can be written up to 0.3 GB; the weights of this model take 6.4 GB.',
    });
  });
});
