import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { imageBytes, labelBytes, TemporaryFolder } from '../idx-bytes.ts';
import { expected, itemsOf } from './fixtures.ts';

const rows = (pixels: readonly number[], size = 64): number[][] =>
  Array.from({ length: pixels.length / size }, (_, index) => pixels.slice(index * size, (index + 1) * size));
const images = rows(expected.images);
const labels = expected.labels.map(String);

describe('.npy files written by numpy', () => {
  it.each(['uint8.npy', 'fortran.npy', 'float64.npy', 'big-endian.npy', 'flat.npy'])('%s, exactly', async (name) => {
    const source = await itemsOf(name);
    expect(source.count).toBe(6);
    expect(source.shape).toEqual({ width: 8, height: 8, channels: 1 });
    expect(source.items.map(({ pixels }) => pixels)).toEqual(images);
    expect(source.items[5]!.name).toBe(`${name}[5]`);
  });

  it('float16, to its own precision', async () => {
    const { items } = await itemsOf('float16.npy');
    items.forEach(({ pixels }, row) =>
      pixels.forEach((value, index) => expect(Math.abs(value - images[row]![index]!)).toBeLessThanOrEqual(1)),
    );
  });

  it('booleans are black and white', async () => {
    const { items } = await itemsOf('bool.npy');
    expect(items.map(({ pixels }) => pixels)).toEqual(images.map((row) => row.map((value) => (value > 127 ? 255 : 0))));
  });

  it('RGB in the last axis', async () => {
    const { items, shape } = await itemsOf('rgb.npy');
    expect(shape).toEqual({ width: 8, height: 8, channels: 3 });
    expect(items[1]!.pixels).toEqual(images[1]!.flatMap((value) => [value, value, value]));
  });
});

describe('.npz archives written by numpy', () => {
  it('x and y, train and test, compressed', async () => {
    const { items, splits, labelCounts } = await itemsOf('splits.npz');
    expect(items.map(({ pixels }) => pixels)).toEqual(images);
    expect(items.map(({ label }) => label)).toEqual(labels);
    expect(items.map(({ split }) => split)).toEqual([...Array(4).fill('training'), 'test', 'test']);
    expect(splits).toEqual(new Set(['training', 'test']));
    expect(labelCounts).toEqual(new Map(['2', '0', '1'].map((label) => [label, 2])));
  });

  it('without names, images and labels by their shapes', async () => {
    const { items } = await itemsOf('pair.npz');
    expect(items.map(({ label, name }) => [label, name])).toEqual(labels.map((label, row) => [label, `arr_0[${row}]`]));
  });
});

describe('CSV written by numpy', () => {
  it.each(['header.csv', 'plain.csv'])('%s: label and pixels', async (name) => {
    const { items, count, shape } = await itemsOf(name);
    expect([count, shape]).toEqual([6, { width: 8, height: 8, channels: 1 }]);
    expect(items.map(({ pixels }) => pixels)).toEqual(images);
    expect(items.map(({ label }) => label)).toEqual(labels);
  });

  it('the label last, where the header says so; whole numbers written with a point', async () => {
    using folder = new TemporaryFolder();
    const header = [...Array.from({ length: 16 }, (_, index) => `p${index}`), 'class'].join(',');
    const path = folder.write('last.csv', `${header}\r\n${'201.0,'.repeat(16)}cat\r\n`);
    const { items, shape } = await itemsOf(path);
    expect(items).toEqual([{ name: 'last.csv:2', label: 'cat', pixels: Array(16).fill(201) }]);
    expect(shape).toEqual({ width: 4, height: 4, channels: 1 });
  });

  it('a byte order mark and empty lines before the first row, with and without a header', async () => {
    using folder = new TemporaryFolder();
    const row = Array(16).fill('207').join(',');
    const header = ['label', ...Array.from({ length: 16 }, (_, index) => `p${index}`)].join(',');
    const bare = await itemsOf(folder.write('bare.csv', `\uFEFF${row}\n`));
    expect(bare.items).toEqual([{ name: 'bare.csv:1', pixels: Array(16).fill(207) }]);
    const { items } = await itemsOf(folder.write('headed.csv', `\uFEFF\r\n${header}\r\ncat,${row}\r\n`));
    expect(items).toEqual([{ name: 'headed.csv:3', label: 'cat', pixels: Array(16).fill(207) }]);
  });

  it('no label at all', async () => {
    using folder = new TemporaryFolder();
    const { items, labelCounts } = await itemsOf(folder.write('bare.csv', `${Array(16).fill('207').join(',')}\n`));
    expect(items).toEqual([{ name: 'bare.csv:1', pixels: Array(16).fill(207) }]);
    expect(labelCounts).toEqual(new Map());
  });
});

it('IDX, plain and gzip, with the labels that lie beside it', async () => {
  using folder = new TemporaryFolder();
  const path = folder.write('train-images-idx3-ubyte.gz', gzipSync(imageBytes(3, 4, 4)));
  folder.write('train-labels-idx1-ubyte', labelBytes(7, 8, 7));
  const { items } = await itemsOf(path);
  expect(items.map(({ label, split }) => [label, split])).toEqual([
    ['7', 'training'],
    ['8', 'training'],
    ['7', 'training'],
  ]);
  expect(items[1]!.pixels).toEqual(Array.from({ length: 16 }, (_, at) => 16 + at));
});
