import { describe, expect, it } from 'vitest';
import { exampleImages } from '../../electron/dataset/examples.ts';

const examplesOf = (count: number, labels?: readonly number[]): number[] => [
  ...exampleImages({
    images: { count, height: 1, width: 1, channels: 1, pixels: new Uint8Array(count) },
    ...(labels && { labels: Uint8Array.from(labels) }),
  }),
];

describe('the ten examples of a set', () => {
  it('are one a class, in the order of the labels, however the images are sorted', () => {
    const labels = Array.from({ length: 120 }, (_, index) => 11 - Math.floor(index / 10));
    expect(examplesOf(120, labels)).toEqual([110, 100, 90, 80, 70, 60, 50, 40, 30, 20]);
  });

  it('begin again with the first class where there are fewer than ten', () => {
    expect(examplesOf(6, [1, 0, 0, 2, 0, 0])).toEqual([1, 0, 3, 2, 4, 5]);
    expect(
      examplesOf(
        40,
        Array.from({ length: 40 }, (_, index) => index % 2),
      ),
    ).toHaveLength(10);
  });

  it('are the first ones without labels, or all', () => {
    expect(examplesOf(12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(examplesOf(3)).toEqual([0, 1, 2]);
  });
});
