import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportOptions } from '../../../electron/contract/import-options.ts';
import { importImages } from '../../../electron/dataset/import/import-images.ts';
import { planImport } from '../../../electron/dataset/import/plan-import.ts';
import { checkSpace } from '../../../electron/dataset/import/space.ts';
import { thisMachine, type ImportSystem } from '../../../electron/dataset/import/system.ts';
import { bytesOf, FIXTURES, greyPng, pixelBomb, plain } from './fixtures.ts';

let place: string;
let pictures: string;
let sets: string;

beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'import-'));
  [pictures, sets] = [join(place, 'pictures'), join(place, 'sets')];
  mkdirSync(pictures);
  for (const value of [1, 2]) writeFileSync(join(pictures, `good-${value}.png`), await greyPng(value));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const run = (paths: readonly string[], options: Partial<ImportOptions> = {}, system: Partial<ImportSystem> = {}) =>
  importImages(
    { paths, options: { ...plain, ...options }, folder: join(sets, 'one'), id: 'one' },
    { system: { ...thisMachine, ...system } },
  );

const formats = 'an image (PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP or Netpbm)';

describe('a bad file among good ones is skipped with its reason', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
  it.each<[string, Uint8Array, string]>([
    [
      'cut.png',
      bytesOf('rgb.png').subarray(0, 80),
      'expected a whole image, found a PNG image that is cut off or damaged.',
    ],
    [
      'cut.jpg',
      bytesOf('photo.jpg').subarray(0, 700),
      'expected a whole image, found a JPEG image that is cut off or damaged.',
    ],
    ['text.png', Buffer.from('hello\n'), `expected ${formats}, found text.`],
    ['empty.png', Buffer.alloc(0), `expected ${formats}, found an empty file.`],
    ['huge.png', pixelBomb(), 'expected at most 134,217,728 pixels, found 30000 × 30000 = 900,000,000.'],
    ['drawing.svg', svg, `expected ${formats}, found an SVG drawing, which has no pixels (save it as PNG).`],
    [
      'object.npy',
      bytesOf('object.npy'),
      'expected an array of images [count, height, width] or [count, height, width, 3], found object.npy [2].',
    ],
    [
      'encrypted.zip',
      bytesOf('encrypted.zip'),
      'expected a file that is not encrypted, found one that needs a password.',
    ],
    [
      'bomb.zip',
      bytesOf('bomb.zip'),
      'expected a file at most 200 times its packed size (this may be a zip bomb), found 40,000,000 bytes packed in 38,889.',
    ],
    [
      'cut.zip',
      bytesOf('classes.zip').subarray(0, 900),
      'expected a whole zip archive, found one that cannot be read (End of central directory record signature not found. Either not a zip file, or file is truncated): copy the file again, or make it anew.',
    ],
    [
      'ragged.csv',
      Buffer.from(`1,${Array(16).fill(0)}\n1,2,3\n`),
      'line 2: expected 17 columns as in the first line, found 3.',
    ],
    [
      'long.csv',
      Buffer.from(`1,${Array(16).fill(0)}\n1,${Array(17).fill(0)}\n`),
      'line 2: expected 17 columns as in the first line, found 18.',
    ],
    [
      'no-number.csv',
      Buffer.from(`${`1,${Array(16).fill(0)}\n`.repeat(11)}2,${Array(15).fill(0)},many\n`),
      'line 12: expected a number, found "many".',
    ],
    [
      'words.csv',
      Buffer.from('name,age\nada,36\n'),
      'expected a label and a square number of pixels in each row (785 columns for 28 × 28), found 2 columns.',
    ],
    [
      'no-images.npz',
      bytesOf('no-images.npz'),
      'expected an array of images [count, height, width] or [count, height, width, 3], found weights [3] and labels [6].',
    ],
  ])('%s', async (name, bytes, reason) => {
    writeFileSync(join(pictures, name), bytes);
    const { imported, skipped } = await run([pictures]);
    expect(imported).toBe(2);
    expect(skipped.map((entry) => entry.reason)).toEqual([reason]);
  });

  it('a zip that climbs out of its folder gives what stays inside', async () => {
    const { imported, skipped } = await run([join(FIXTURES, 'climbing.zip'), join(pictures, 'good-1.png')]);
    expect(imported).toBe(2);
    expect(skipped).toEqual([
      { name: '../evil.png', reason: 'expected a path inside the archive, found one that climbs out of it.' },
    ]);
    expect(readdirSync(place).sort()).toEqual(['pictures', 'sets']);
  });

  it('an animation gives its first frame, with a note', async () => {
    writeFileSync(join(pictures, 'moves.gif'), bytesOf('animated.gif'));
    const { imported, notes } = await run([pictures]);
    expect([imported, notes]).toEqual([3, [{ name: 'moves.gif', reason: 'has 3 frames; the first was taken.' }]]);
  });

  it.each([
    ['EACCES', 'expected a picture, but it may not be read (permission denied).'],
    ['ENOENT', 'expected a picture, but it is no longer there.'],
  ])('a file that answers %s when it is read', async (code, reason) => {
    writeFileSync(join(pictures, 'lost.png'), 'x');
    const readFile = (path: string): Promise<Buffer> =>
      path.endsWith('lost.png') ? Promise.reject(Object.assign(new Error(code), { code })) : thisMachine.readFile(path);
    const { imported, skipped } = await run([pictures], {}, { readFile });
    expect([imported, skipped]).toEqual([2, [{ name: 'lost.png', reason }]]);
  });

  it('two files of the same name in different folders are both taken', async () => {
    mkdirSync(join(pictures, 'b'));
    writeFileSync(join(pictures, 'b', 'good-1.png'), await greyPng(9));
    const { imported, set } = await run([pictures]);
    expect([imported, set.labelNames]).toEqual([3, ['b', 'unsorted']]);
  });
});

describe('what cannot become a set is refused, and nothing is written', () => {
  const nothing = (): void => expect(() => readdirSync(sets)).toThrow('ENOENT');

  it('an array that holds no number', async () => {
    const message = 'nan.npy: expected numbers, found NaN at [1, 2, 3].';
    await expect(run([join(FIXTURES, 'nan.npy')])).rejects.toMatchObject({ code: 'bad-file', message });
    nothing();
  });

  it('a folder without pictures', async () => {
    rmSync(join(pictures, 'good-1.png'));
    rmSync(join(pictures, 'good-2.png'));
    const message = `${pictures}: expected at least one image, found none.`;
    await expect(planImport([pictures], 'x')).rejects.toMatchObject({ code: 'bad-file', message });
    await expect(run([pictures])).rejects.toMatchObject({ code: 'bad-file', message });
    nothing();
  });

  it('one picture alone', async () => {
    const path = join(pictures, 'good-1.png');
    const message = `${path}: expected at least 2 different images, found 1.`;
    await expect(run([path])).rejects.toMatchObject({ code: 'bad-file', message });
    expect(readdirSync(sets)).toEqual([]);
  });

  it('a path that is not there', async () => {
    const path = join(place, 'none');
    const message = `${path}: expected a file or folder, found none.`;
    await expect(run([path])).rejects.toMatchObject({ code: 'not-found', message });
    nothing();
  });

  it('test folders where there are none', async () => {
    const message = `${pictures}: expected folders or arrays called train and test, found none. Take every n-th image instead.`;
    await expect(run([pictures], { test: { kind: 'folders' } })).rejects.toMatchObject({
      code: 'bad-request',
      message,
    });
  });

  it('257 labels', async () => {
    const pixels = Array.from({ length: 16 }, (_, at) => `p${at}`);
    const rows = Array.from({ length: 257 }, (_, label) => `${label},${Array(16).fill(label % 256)}`);
    const path = join(place, 'many.csv');
    writeFileSync(path, [`label,${pixels}`, ...rows].join('\n'));
    const message =
      'many.csv:258: expected at most 256 labels, found one more ("256"). Import without labels, or join some folders.';
    await expect(run([path], { duplicates: 'keep' })).rejects.toMatchObject({ code: 'bad-file', message });
    expect(readdirSync(sets)).toEqual([]);
    expect((await run([path], { duplicates: 'keep', labels: 'none' })).imported).toBe(257);
  });
});

describe('room', () => {
  it('a set that memory cannot hold is refused with the arithmetic', () => {
    const options = { ...plain, name: 'Big', width: 256, height: 256, channels: 3 } as const;
    expect(() => checkSpace(100_000, options, { memory: 8e9, disk: 1e12 })).toThrow(
      'Big: expected a set of at most 8.0 GB (half of this machine’s memory), found 100,000 images × 256 × 256 × 3 = 19.7 GB. At 163 × 163 it would fit.',
    );
    expect(100_000 * 163 * 163 * 3).toBeLessThanOrEqual(8e9);
  });

  it('a set that just fits is taken, one byte more is not', () => {
    const options = { ...plain, name: 'Big', width: 10, height: 20, channels: 1 } as const;
    const disk = 2 * 2_000 + 64 * 2 ** 20;
    expect(() => checkSpace(10, options, { memory: 2_000, disk })).not.toThrow();
    expect(() => checkSpace(10, options, { memory: 2_000, disk: disk - 1 })).toThrow(/^Big: expected .* of free disk/);
    expect(() => checkSpace(10, options, { memory: 1_999, disk })).toThrow(
      /^Big: expected a set of at most 2\.0 KB .* At 14 × 14 it would fit\.$/i,
    );
  });

  it('a set that the disk cannot hold twice is refused with the arithmetic', () => {
    const options = { ...plain, name: 'Big', width: 1_000, height: 1_000, channels: 1 } as const;
    expect(() => checkSpace(100, options, { memory: 1e9, disk: 2e8 })).toThrow(
      'Big: expected 267.1 MB of free disk while importing (twice 100 images × 1000 × 1000 × 1 = 100.0 MB), found 200.0 MB.',
    );
  });

  it.each([
    [64, ' At 8 × 8 it would fit.'],
    [63, ''],
    [1e9, ' At 512 × 512 it would fit.'],
  ])('a set of pictures of which memory holds %i bytes each is told the side that would fit: %j', (each, hint) => {
    const options = { ...plain, name: 'Big', width: 100_000, height: 100_000, channels: 1 } as const;
    expect(() => checkSpace(3, options, { memory: 3 * each, disk: 1e15 })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(new RegExp(`${hint === '' ? '3 images × .* GB\\.' : hint}$`)) as string,
      }),
    );
  });

  it('a set that memory cannot hold is refused before anything is written', async () => {
    await expect(run([pictures], {}, { memoryBytes: 127 })).rejects.toMatchObject({
      code: 'refused',
      message:
        'Tried: expected a set of at most 127 bytes (half of this machine’s memory), found 2 images × 8 × 8 × 1 = 128 bytes.',
    });
    expect(readdirSync(sets)).toEqual([]);
  });

  it('a set that the disk cannot hold is refused before anything is written', async () => {
    const freeBytes = (): Promise<number> => Promise.resolve(1_000_000);
    await expect(run([pictures], {}, { freeBytes })).rejects.toMatchObject({
      code: 'disk-full',
      message:
        'Tried: expected 67.1 MB of free disk while importing (twice 2 images × 8 × 8 × 1 = 128 bytes), found 1.0 MB.',
    });
    expect(readdirSync(sets)).toEqual([]);
  });

  it.each(['as-found.u8', 'images.u8'])('a disk that fills while %s is written leaves nothing behind', async (full) => {
    const create: ImportSystem['create'] = async (path) => {
      const file = await thisMachine.create(path);
      const fail = (): Promise<never> =>
        Promise.reject(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }));
      return path.endsWith(full) ? { ...file, write: fail } : file;
    };
    await expect(run([pictures], {}, { create })).rejects.toMatchObject({
      code: 'disk-full',
      message: `${join(sets, 'one')}: cannot be written: the disk is full.`,
    });
    expect(readdirSync(sets)).toEqual([]);
  });
});

it('never holds more decoded pictures than it reads beside each other', async () => {
  for (let value = 3; value < 60; value += 1) writeFileSync(join(pictures, `${value}.png`), await greyPng(value));
  let reading = 0;
  let most = 0;
  const readFile = async (path: string): Promise<Buffer> => {
    reading += 1;
    most = Math.max(most, reading);
    await new Promise((resolve) => setImmediate(resolve));
    reading -= 1;
    return readFileSync(path);
  };
  await run([pictures], {}, { readFile, atOnce: 3 });
  expect(most).toBe(3);
});
