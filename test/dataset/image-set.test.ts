import { describe, expect, test } from 'vitest';
import { pickImages, sliceImages, splitTraining } from '../../electron/dataset/image-set.ts';
import { mapSubset } from '../../electron/dataset/subset.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';

/** Images of one row of two pixels: image i is [i, 100 + i]. */
function images(count: number): ImageColumns {
  const pixels = Uint8Array.from({ length: 2 * count }, (_, index) => (index >> 1) + 100 * (index % 2));
  return { count, height: 1, width: 2, channels: 1, pixels };
}

describe('slices', () => {
  test('share the set’s memory', () => {
    const set = images(5);
    const slice = sliceImages(set, 1, 3);
    expect(slice.count).toBe(3);
    expect([...slice.pixels]).toEqual([1, 101, 2, 102, 3, 103]);
    expect(slice.pixels.buffer).toBe(set.pixels.buffer);
  });

  test.each([
    [3, 10, 2, [3, 103, 4, 104]],
    [5, 1, 0, []],
    [9, 4, 0, []],
    [0, 0, 0, []],
  ])('from %i, %i images: clipped to what there is', (first, count, expected, pixels) => {
    const slice = sliceImages(images(5), first, count);
    expect(slice.count).toBe(expected);
    expect([...slice.pixels]).toEqual(pixels);
  });
});

test('picked images are copies, in the order asked for', () => {
  const set = images(4);
  const picked = pickImages(set, Uint32Array.of(3, 0, 3));
  expect(picked.count).toBe(3);
  expect([...picked.pixels]).toEqual([3, 103, 0, 100, 3, 103]);
  expect(picked.pixels.buffer).not.toBe(set.pixels.buffer);
});

describe('the split', () => {
  test('holds out the first images and their labels', () => {
    const { training, validation } = splitTraining({ images: images(4), labels: Uint8Array.of(9, 8, 7, 6) }, 1);
    expect([...validation.images.pixels]).toEqual([0, 100]);
    expect([...(validation.labels ?? [])]).toEqual([9]);
    expect(training.images.count).toBe(3);
    expect([...training.images.pixels]).toEqual([1, 101, 2, 102, 3, 103]);
    expect([...(training.labels ?? [])]).toEqual([8, 7, 6]);
  });

  test('of none holds out none; without labels there are none', () => {
    const { training, validation } = splitTraining({ images: images(2) }, 0);
    expect([training.images.count, validation.images.count]).toEqual([2, 0]);
    expect([training.labels, validation.labels]).toEqual([undefined, undefined]);
  });
});

describe('the map’s subset', () => {
  test('is the first 500 of each class, in file order', () => {
    const labels = Uint8Array.from({ length: 1_200 }, (_, index) => (index < 600 ? 3 : index % 2));
    const subset = mapSubset({ images: images(1_200), labels });
    expect(subset.indices).toHaveLength(500 + 300 + 300);
    expect(subset.indices[499]).toBe(499);
    expect(subset.indices[500]).toBe(600);
    expect([...subset.indices]).toEqual([...subset.indices].sort((a, b) => a - b));
    subset.indices.forEach((index, place) => expect(subset.labels[place]).toBe(labels[index]));
  });

  test('without labels is the first 5,000', () => {
    expect(mapSubset({ images: { ...images(1), count: 6_000 } }).indices).toHaveLength(5_000);
    expect([...mapSubset({ images: images(3) }).indices]).toEqual([0, 1, 2]);
    expect(mapSubset({ images: images(3) }).labels).toHaveLength(0);
  });
});
