import { describe, expect, test } from 'vitest';
import { layerChain } from '../../../electron/model/import/keras-config.ts';
import { readModel } from '../../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { outputOf } from './imported.ts';

/** A layer as Keras 2 and TensorFlow.js write it. */
const layer = (className: string, name: string, ...sources: readonly string[]) => ({
  class_name: className,
  name,
  config: { name },
  inbound_nodes: sources.length === 0 ? [] : [sources.map((source) => [source, 0, 0, {}])],
});

/** Images through one layer, what another two make of that, and what puts those together. */
const model = (className: string) => ({
  class_name: 'Functional',
  config: {
    layers: [
      { ...layer('InputLayer', 'image'), config: { name: 'image', batch_input_shape: [null, 9] } },
      layer('Dense', 'first', 'image'),
      layer('Dense', 'one', 'first'),
      layer('Dense', 'other', 'first'),
      layer(className, 'both', 'one', 'other'),
      layer('Dense', 'last', 'both'),
    ],
    input_layers: [['image', 0, 0]],
    output_layers: [['last', 0, 0]],
  },
});

describe('what is said of two branches of a Keras model that meet', () => {
  test.each([
    [
      'Average',
      'a sum of two branches, as where a shortcut has several layers of its own: let each shortcut add what comes in, as it is or by one convolution of 1 × 1',
    ],
    [
      'Multiply',
      'a product of two branches, as in gates (GLU, squeeze-and-excitation): put an activation such as SiLU in its place',
    ],
    ['Concatenate', 'a concatenation of two branches, as in a U-Net: leave out the one that skips layers'],
    ['MultiHeadAttention', 'a matrix product of two branches, as in attention: put a convolution in its place'],
    ['Maximum', 'a "Maximum" of two branches: leave one of them out'],
  ])('by %s', (className, found) => {
    const message = `a.keras: both: expected one layer after another, found ${found}, train the model on, and save it again.`;
    expect(() => layerChain(model(className), 'a.keras')).toThrow(message);
  });
});

test('a Keras model of images and their labels is said to have two inputs', () => {
  const { class_name: className, config } = model('Concatenate');
  const layers = config.layers.map((each) => (each.name === 'other' ? layer('InputLayer', 'other') : each));
  const topology = {
    class_name: className,
    config: {
      ...config,
      layers,
      input_layers: [
        ['image', 0, 0],
        ['other', 0, 0],
      ],
    },
  };
  expect(() => layerChain(topology, 'a.keras')).toThrow(
    'a.keras: both: expected a model of one input, found 2: image, other. Train one that takes images alone, and save it.',
  );
});

describe('a value that a Keras model adds to itself', () => {
  test('is twice that value', async () => {
    using folder = new TemporaryFolder();
    const dense = (name: string, units: number, source: string) => ({
      ...layer('Dense', name, source),
      config: { name, units, activation: 'linear' },
    });
    const layers = [
      { ...layer('InputLayer', 'image'), config: { name: 'image', batch_input_shape: [null, 4] } },
      dense('first', 2, 'image'),
      layer('Add', 'both', 'first', 'first'),
      dense('last', 4, 'both'),
    ];
    const ends = { input_layers: [['image', 0, 0]], output_layers: [['last', 0, 0]] };
    const weights = [
      { name: 'first/kernel', shape: [4, 2], dtype: 'float32' },
      { name: 'first/bias', shape: [2], dtype: 'float32' },
      { name: 'last/kernel', shape: [2, 4], dtype: 'float32' },
      { name: 'last/bias', shape: [4], dtype: 'float32' },
    ];
    folder.write('weights.bin', Buffer.from(new Float32Array(8 + 2 + 8 + 4).fill(0.25).buffer));
    const json = {
      format: 'layers-model',
      modelTopology: { class_name: 'Functional', config: { layers, ...ends } },
      weightsManifest: [{ paths: ['weights.bin'], weights }],
    };
    const path = folder.write('model.json', JSON.stringify(json));
    const model = specAndWeights((await readModel([path])).chain, {});
    // First 0.25 · 4 + 0.25 = 1.25 of ones each, then 2 · 2.5 · 0.25 + 0.25.
    expect([...outputOf(model, [1, 1, 1, 1], 1)]).toEqual(new Array(4).fill(1.5));
  });
});
