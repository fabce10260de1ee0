import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { zipSync } from 'fflate';
import { importImages } from '../../../../electron/dataset/import/import-images.ts';
import { planImport } from '../../../../electron/dataset/import/plan-import.ts';
import { TemporaryFolder } from '../../idx-bytes.ts';
import { itemsOf, plain } from '../fixtures.ts';
import { npy, objectLabels } from './made-files.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = new TemporaryFolder()));
afterEach(() => folder[Symbol.dispose]());

const noise = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, at) => (at * 7_919) % 251);
const images = npy('|u1', [3, 8, 8], noise(192));
const labelsWith = async (files: Readonly<Record<string, Buffer>>): Promise<(string | undefined)[]> => {
  const { items } = await itemsOf(folder.write('a.npz', Buffer.from(zipSync(files))));
  return items.map(({ label }) => label);
};

describe('labels of arrays', () => {
  it('one-hot', async () => {
    const oneHot = npy('<f8', [3, 4], Float64Array.of(0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0));
    expect(await labelsWith({ 'x_train.npy': images, 'y_train.npy': oneHot })).toEqual(['1', '3', '0']);
  });

  it('texts of fixed length', async () => {
    const texts = npy('<U2', [3], Uint32Array.from([0x4c, 0xf6, 0x6f, 0x78, 0x61, 0]));
    expect(await labelsWith({ 'X.npy': images, 'y.npy': texts })).toEqual(['Lö', 'ox', 'a']);
    const bytes = npy('|S3', [3], Buffer.from('catdogox\0'));
    expect(await labelsWith({ 'X.npy': images, 'y.npy': bytes })).toEqual(['cat', 'dog', 'ox']);
  });

  it('Python objects, of which nothing is run', async () => {
    expect(await labelsWith({ 'X.npy': images, 'y.npy': objectLabels })).toEqual(['cat', 'dog', '7']);
  });

  it('floats that are whole', async () => {
    expect(await labelsWith({ 'x.npy': images, 'y.npy': npy('<f8', [3], Float64Array.of(6, 7, 9)) })).toEqual([
      '6',
      '7',
      '9',
    ]);
  });

  it('several columns: the first, unless another is chosen', async () => {
    const columns = npy('<i4', [3, 2], Int32Array.of(5, 0, 6, 1, 7, 0));
    const path = folder.write('a.npz', Buffer.from(zipSync({ 'x.npy': images, 'labels.npy': columns })));
    const first = await itemsOf(path);
    expect([first.labelColumns, first.items.map(({ label }) => label)]).toEqual([2, ['5', '6', '7']]);
    const second = await itemsOf({ paths: [path], reading: { labelColumn: 1 } });
    expect(second.items.map(({ label }) => label)).toEqual(['0', '1', '0']);
  });
});

describe('arrays of pictures without labels', () => {
  // Three planes would be one picture's colours.
  const many = npy('|u1', [2, 8, 8], noise(128));
  const labelsOf = async (names: readonly string[], more: Readonly<Record<string, Buffer>> = {}) => {
    const arrays = Object.fromEntries(names.map((name) => [`${name}.npy`, many]));
    const path = folder.write('a.npz', Buffer.from(zipSync({ ...arrays, ...more })));
    const { items, labelGuess } = await itemsOf(path);
    return { labels: items.map(({ label }) => label), labelGuess };
  };
  const none = Array<undefined>(4).fill(undefined);

  it('are labelled by their names, which is said to be a guess', async () => {
    expect(await labelsOf(['cats', 'dogs'])).toEqual({
      labels: ['cats', 'cats', 'dogs', 'dogs'],
      labelGuess: 'Labels are the names of the arrays, a guess as none of them holds labels: cats, dogs',
    });
    for (const name of ['owl', 'newt']) folder.write(`set/${name}.npy`, many);
    const { items } = await itemsOf(`${folder.path}/set`);
    expect(items.map(({ label }) => label)).toEqual(['newt', 'newt', 'owl', 'owl']);
  });

  it.each([
    ['count only', ['arr_0', 'arr_1']],
    ['are splits', ['x_train', 'x_test']],
    ['belong together picture by picture', ['noisy', 'clean']],
  ])('are not where the names %s', async (_, names) => {
    expect(await labelsOf(names)).toEqual({ labels: none, labelGuess: undefined });
  });

  it('are not where an array holds labels', async () => {
    const { labels, labelGuess } = await labelsOf(['cats', 'dogs'], {
      'y.npy': npy('|u1', [2], Uint8Array.of(5, 6)),
    });
    expect([labels, labelGuess]).toEqual([['5', '6', '5', '6'], undefined]);
  });
});

describe('the axes of arrays', () => {
  /** A red field that grows brighter to the right, with green and blue even. */
  const values = (planar: boolean): Uint8Array => {
    const rows = new Uint8Array(2 * 3 * 64);
    for (let image = 0; image < 2; image += 1) {
      for (let pixel = 0; pixel < 64; pixel += 1) {
        const colours = [100 + 10 * (pixel % 8), 50, 10];
        colours.forEach((value, band) => (rows[image * 192 + (planar ? band * 64 + pixel : pixel * 3 + band)] = value));
      }
    }
    return rows;
  };

  it.each([true, false])('flat rows of colours, planar: %s', async (planar) => {
    const path = folder.write('x.npy', npy('|u1', [2, 192], values(planar)));
    const { items, shape, order } = await itemsOf(path);
    expect([shape, order]).toEqual([{ width: 8, height: 8, channels: 3 }, planar ? 'planar' : 'interleaved']);
    expect(items[1]!.pixels.slice(0, 6)).toEqual([100, 50, 10, 110, 50, 10]);
    const other = await itemsOf({ paths: [path], reading: { order: planar ? 'interleaved' : 'planar' } });
    expect(other.items[1]!.pixels.slice(0, 6)).not.toEqual([100, 50, 10, 110, 50, 10]);
  });

  it('RGBA, first and last', async () => {
    const last = Uint8Array.from({ length: 2 * 64 * 4 }, (_, at) => [10, 20, 30, 128][at % 4]!);
    const { items } = await itemsOf(folder.write('x.npy', npy('|u1', [2, 8, 8, 4], last)));
    expect(items[0]!.pixels.slice(0, 4)).toEqual([10, 20, 30, 128]);
    const first = Uint8Array.from({ length: 2 * 64 * 4 }, (_, at) => [10, 20, 30, 128][Math.floor(at / 64) % 4]!);
    const planar = await itemsOf(folder.write('y.npy', npy('|u1', [2, 4, 8, 8], first)));
    expect(planar.items[1]!.pixels.slice(0, 4)).toEqual([10, 20, 30, 128]);
  });

  it('one picture a file, in folders of classes', async () => {
    for (const [at, name] of ['cats/c0', 'cats/c1', 'dogs/d0'].entries()) {
      folder.write(
        `set/${name}.npy`,
        npy(
          '|u1',
          [16, 16],
          noise(256).map((value) => value + at),
        ),
      );
    }
    const { items, shape } = await itemsOf(`${folder.path}/set`);
    expect(shape).toEqual({ width: 16, height: 16, channels: 1 });
    expect(items.map(({ name, label }) => [name, label])).toEqual([
      ['cats/c0.npy', 'cats'],
      ['cats/c1.npy', 'cats'],
      ['dogs/d0.npy', 'dogs'],
    ]);
  });
});

describe('arrays of which only some have labels', () => {
  it('are planned with as many labels as the import then gives', async () => {
    const values = (count: number, first: number) =>
      npy(
        '|u1',
        [count, 8, 8],
        Uint8Array.from({ length: 64 * count }, (_, at) => first + at),
      );
    const arrays = { x_train: values(3, 20), y_train: npy('|u1', [3], Uint8Array.of(1, 0, 1)), x_test: values(2, 100) };
    const files = Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, new Uint8Array(bytes)]);
    const path = folder.write('set.npz', Buffer.from(zipSync(Object.fromEntries(files))));
    const { labels } = await planImport([path], 'set');
    const { set } = await importImages({ paths: [path], options: plain, folder: join(folder.path, 'out'), id: 'set' });
    expect(labels.map(({ name }) => name)).toEqual(set.labelNames);
    expect(set.labelNames.at(-1)).toBe('unsorted');
    expect(labels.map(({ count }) => count)).toEqual([1, 2, 2]);
  });
});
