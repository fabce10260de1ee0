import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readIdxFolder } from '../../electron/dataset/idx-folder.ts';
import { summarise } from '../../electron/dataset/image-set.ts';
import { readMnist } from '../../electron/dataset/mnist.ts';
import { imageBytes, labelBytes, TemporaryFolder } from './idx-bytes.ts';

function wholeFolder(): TemporaryFolder {
  const folder = new TemporaryFolder();
  folder.write('train-images-idx3-ubyte', imageBytes(3));
  folder.write('train-labels-idx1-ubyte', labelBytes(0, 4, 1));
  folder.write('t10k-images-idx3-ubyte', imageBytes(2));
  folder.write('t10k-labels-idx1-ubyte', labelBytes(2, 2));
  return folder;
}

describe('a folder of IDX files', () => {
  test('becomes an image set with its labels, in file order', async () => {
    using folder = wholeFolder();
    const set = await readIdxFolder(folder.path, 'tiny', 'Tiny');
    expect(set.training.labels).toEqual(Uint8Array.of(0, 4, 1));
    expect(set.test.labels).toEqual(Uint8Array.of(2, 2));
    expect(summarise(set)).toEqual({
      id: 'tiny',
      name: 'Tiny',
      trainingCount: 3,
      testCount: 2,
      shape: [2, 3, 1],
      labelNames: ['0', '1', '2', '3', '4'],
    });
  });

  test('may be compressed, and named with a dot as in the published archives', async () => {
    using folder = new TemporaryFolder();
    folder.write('train-images.idx3-ubyte.gz', gzipSync(imageBytes(3)));
    folder.write('t10k-images-idx3-ubyte.gz', gzipSync(imageBytes(1)));
    const set = await readIdxFolder(folder.path, 'tiny');
    expect([set.training.images.count, set.test.images.count]).toEqual([3, 1]);
    expect(set.labelNames).toEqual([]);
    expect(set.training.labels).toBeUndefined();
  });

  test('with a count of labels that differs from the images', async () => {
    using folder = wholeFolder();
    const path = folder.write('train-labels-idx1-ubyte', labelBytes(1, 2));
    await expect(readIdxFolder(folder.path, 'tiny')).rejects.toMatchObject({
      code: 'bad-file',
      message: `${path}: expected 3 labels, one for each image of train-images-idx3-ubyte, found 2.`,
    });
  });

  test('with test images of another size', async () => {
    using folder = wholeFolder();
    folder.write('t10k-images-idx3-ubyte', imageBytes(2, 3, 2));
    await expect(readIdxFolder(folder.path, 'tiny')).rejects.toMatchObject({
      code: 'bad-file',
      message: `${folder.path}: expected test images of 2 × 3 pixels like the training images, found 3 × 2.`,
    });
  });

  test('with a text file of the right name', async () => {
    using folder = wholeFolder();
    const path = folder.write('t10k-labels-idx1-ubyte', 'not labels\n');
    await expect(readIdxFolder(folder.path, 'tiny')).rejects.toMatchObject({
      code: 'bad-file',
      message: `${path}: expected an IDX file of labels (magic number 0x00000801), found text beginning "not".`,
    });
  });

  test('with nothing in it', async () => {
    using folder = new TemporaryFolder();
    await expect(readIdxFolder(folder.path, 'tiny')).rejects.toMatchObject({
      code: 'not-found',
      message: `${folder.path}: expected a file train-images-idx3-ubyte or train-images-idx3-ubyte.gz, found none.`,
    });
  });

  test('without test images', async () => {
    using folder = new TemporaryFolder();
    folder.write('train-images-idx3-ubyte', imageBytes(3));
    await expect(readIdxFolder(folder.path, 'tiny')).rejects.toMatchObject({
      code: 'not-found',
      message: `${folder.path}: expected a file t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz, found none.`,
    });
  });
});

test('MNIST is whole and original', async () => {
  const set = await readMnist();
  expect(summarise(set)).toEqual({
    id: 'mnist',
    name: 'MNIST',
    trainingCount: 60_000,
    testCount: 10_000,
    shape: [28, 28, 1],
    labelNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  });
  // The first test digit is a 7, as in every introduction; the pixels' sums are of the original files.
  expect([...(set.test.labels ?? [])].slice(0, 10)).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  const sum = (values: Uint8Array): number => values.reduce((total, value) => total + value, 0);
  expect(sum(set.training.images.pixels) / set.training.images.pixels.length).toBeCloseTo(33.318421, 6);
});
