import { describe, expect, it } from 'vitest';
import { byName, commonDepth, oneHotPlace, splitOfName, tally } from '../../../electron/dataset/import/labels.ts';

describe('a split by the name of an array or a file', () => {
  it.each([
    ['x_test', 'test'],
    ['test', 'test'],
    ['TEST_images', 'test'],
    ['t10k-images-idx3-ubyte', 'test'],
    ['fashion_test.csv', 'test'],
    ['x_val', 'validation'],
    ['valid', 'validation'],
    ['validation-labels', 'validation'],
    ['train-images', 'training'],
    ['y.training', 'training'],
    ['Train', 'training'],
    ['test_of_train', 'test'],
    ['latest', undefined],
    ['testing', undefined],
    ['interval', undefined],
    ['value', undefined],
    ['trainer', undefined],
    ['strain', undefined],
    ['images', undefined],
  ])('%s', (name, split) => expect(splitOfName(name)).toBe(split));
});

describe('a row of noughts and one one', () => {
  it.each<[readonly unknown[], number | undefined]>([
    [[1, 0, 0], 0],
    [[0, 0, 1], 2],
    [[1], 0],
    [[0, 0], undefined],
    [[1, 1], undefined],
    [[0, 1, 2], undefined],
    [[0, 1, '0'], undefined],
    [[], undefined],
  ])('%j', (row, place) => expect(oneHotPlace(row)).toBe(place));
});

it('names are in the order in which people count', () => {
  expect(['b', '10', '2', 'a10', 'a9'].sort(byName)).toEqual(['2', '10', 'a9', 'a10', 'b']);
});

it('folders that all paths share are counted from the top', () => {
  expect(commonDepth([])).toBe(0);
  expect(commonDepth([['a', 'b']])).toBe(2);
  expect(
    commonDepth([
      ['a', 'b', 'c'],
      ['a', 'b', 'd'],
      ['a', 'b'],
    ]),
  ).toBe(2);
  expect(
    commonDepth([
      ['x', 'b'],
      ['y', 'b'],
    ]),
  ).toBe(0);
});

it('names are counted', () => {
  expect([...tally(['a', 'b', 'a'])]).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});
