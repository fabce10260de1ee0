import { describe, expect, test } from 'vitest';
import type { ConfigLayer } from '../../../electron/model/import/keras-config.ts';
import { WeightNames } from '../../../electron/model/import/weight-names.ts';

const layer = (name: string, ...within: string[]): ConfigLayer => ({
  className: 'Dense',
  name,
  config: {},
  place: '',
  within,
});

/** Weights that are called by their own names. */
function names(...all: readonly string[]): WeightNames<string> {
  const found = new WeightNames<string>('a.h5');
  for (const name of all) found.add(name, name);
  return found;
}

describe('the weights of a layer that is called as one in a model within', () => {
  test.each([
    ['HDF5', 'dense/dense/kernel:0', 'encoder/dense/kernel:0'],
    ['HDF5, the model named twice', 'dense/dense/kernel:0', 'encoder/encoder/dense/kernel:0'],
    ['TensorFlow.js', 'dense/kernel', 'encoder/dense/kernel'],
  ])('are its own in %s', (_, outer, inner) => {
    const found = names(inner, outer);
    expect(found.find(layer('dense'), 'kernel')).toBe(outer);
    expect(found.find(layer('dense', 'encoder'), 'kernel')).toBe(inner);
  });

  test('are found by the innermost model where the file names no other', () => {
    const found = names('encoder/dense/kernel', 'decoder/dense/kernel');
    expect(found.find(layer('dense', 'auto', 'decoder'), 'kernel')).toBe('decoder/dense/kernel');
    expect(found.find(layer('dense', 'auto', 'encoder'), 'kernel')).toBe('encoder/dense/kernel');
  });

  test('are refused where the file does not tell them, with what to do', () => {
    const remedy = 'Give the layer another name, or save the model as .keras, where each layer has a place of its own.';
    const one = names('dense/kernel');
    one.find(layer('dense'), 'kernel');
    expect(() => one.find(layer('dense', 'encoder'), 'kernel')).toThrow(
      `a.h5: encoder/dense/kernel: expected weights of its own, found those of "dense" alone under that name. ${remedy}`,
    );
    expect(() => names('a/dense/kernel', 'b/dense/kernel').find(layer('dense'), 'kernel')).toThrow(
      `expected a name that tells its weights, found one of 2: a/dense/kernel, b/dense/kernel. ${remedy}`,
    );
  });
});
