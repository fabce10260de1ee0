import { expect, test } from 'vitest';
import { noAutoencoder } from '../../../electron/model/import/read-chain.ts';

test.each([
  [
    'images of another size',
    [7, 7, 1],
    'images of 8 × 8 × 1, found images of 7 × 7 × 1: choose padding and strides by which it ends with that size, train it on, and save the model again.',
  ],
  [
    'images of other channels',
    [8, 8, 3],
    'images of 8 × 8 × 1, found images of 8 × 8 × 3: end with as many channels, or take as many, train it on, and save the model again.',
  ],
  ['what an encoder gives', [2, 2, 8], 'the 64 values of an image, found an output of 32: a classifier, or an encoder'],
  ['classes', [10], 'the 64 values of an image, found an output of 10: a classifier, or an encoder'],
])('a model that gives back %s is told as such', (_, given, found) => {
  const expected = `a.keras: expected an autoencoder, which gives back ${found}`;
  expect(noAutoencoder('a.keras', [8, 8, 1], given).message).toContain(expected);
});
