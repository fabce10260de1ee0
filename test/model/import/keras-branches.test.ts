import { describe, expect, test } from 'vitest';
import { layerChain } from '../../../electron/model/import/keras-config.ts';

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
