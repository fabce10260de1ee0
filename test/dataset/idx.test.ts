import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readIdxImages, readIdxLabels } from '../../electron/dataset/idx.ts';
import { idxBytes, imageBytes, labelBytes, TemporaryFolder } from './idx-bytes.ts';

const pixels = Uint8Array.from({ length: 12 }, (_, index) => index);

describe('good files', () => {
  test.each([
    ['plain', imageBytes(2)],
    ['gzip', gzipSync(imageBytes(2))],
    [
      'gzip in two members',
      Buffer.concat([gzipSync(imageBytes(2).subarray(0, 9)), gzipSync(imageBytes(2).subarray(9))]),
    ],
  ])('images, %s', async (_, bytes) => {
    using folder = new TemporaryFolder();
    const images = await readIdxImages(folder.write('images', bytes));
    expect(images).toEqual({ count: 2, height: 2, width: 3, channels: 1, pixels });
  });

  test.each([
    ['plain', labelBytes(7, 0, 255)],
    ['gzip', gzipSync(labelBytes(7, 0, 255))],
  ])('labels, %s', async (_, bytes) => {
    using folder = new TemporaryFolder();
    expect(await readIdxLabels(folder.write('labels', bytes))).toEqual(Uint8Array.of(7, 0, 255));
  });

  test('one image of one pixel', async () => {
    using folder = new TemporaryFolder();
    const images = await readIdxImages(folder.write('images', idxBytes(0x803, [1, 1, 1], Uint8Array.of(9))));
    expect(images).toEqual({ count: 1, height: 1, width: 1, channels: 1, pixels: Uint8Array.of(9) });
  });

  test('a file longer than what is read at once, and one that shrinks as far as deflate can', async () => {
    using folder = new TemporaryFolder();
    const body = new Uint8Array(1_000 * 28 * 28);
    body[body.length - 1] = 200;
    const bytes = idxBytes(0x803, [1_000, 28, 28], body);
    const plain = await readIdxImages(folder.write('plain', bytes));
    expect(Buffer.compare(plain.pixels, body)).toBe(0);
    const packed = await readIdxImages(folder.write('packed', gzipSync(bytes, { level: 9 })));
    expect(Buffer.compare(packed.pixels, body)).toBe(0);
  });
});

/** What is broken, the file's bytes, and what the message says after the path. */
const broken: readonly (readonly [string, Uint8Array, string])[] = [
  ['empty', new Uint8Array(0), 'expected a header of 16 bytes, found 0 bytes.'],
  ['cut in the header', imageBytes(2).subarray(0, 10), 'expected a header of 16 bytes, found 10 bytes.'],
  ['cut in the magic number', imageBytes(2).subarray(0, 3), 'expected a header of 16 bytes, found 3 bytes.'],
  ['truncated', imageBytes(2).subarray(0, 20), 'expected 12 bytes of images (2 × 2 × 3), found 4.'],
  ['without a body', imageBytes(2).subarray(0, 16), 'expected 12 bytes of images (2 × 2 × 3), found 0.'],
  ['too long', Buffer.concat([imageBytes(2), Uint8Array.of(1)]), 'expected 12 bytes of images (2 × 2 × 3), found 13.'],
  [
    'labels in place of images',
    labelBytes(1, 2, 3),
    'expected an IDX file of images (magic number 0x00000803), found magic number 0x00000801.',
  ],
  [
    'of floats',
    idxBytes(0xd03, [2, 2, 3], new Uint8Array(48)),
    'expected an IDX file of images (magic number 0x00000803), found magic number 0x00000d03.',
  ],
  [
    'text',
    Buffer.from('<!DOCTYPE html><title>404</title>'),
    'expected an IDX file of images (magic number 0x00000803), found text beginning "<!DO".',
  ],
  [
    'of zero images',
    idxBytes(0x803, [0, 28, 28], pixels),
    'expected at least one of images, found a header of 0 × 28 × 28.',
  ],
  [
    'of images without pixels',
    idxBytes(0x803, [5, 0, 28], pixels),
    'expected at least one of images, found a header of 5 × 0 × 28.',
  ],
  [
    'promising more than the file holds',
    idxBytes(0x803, [60_000, 28, 28], pixels),
    'expected 47040000 bytes of images (60000 × 28 × 28), found 12.',
  ],
  [
    'promising more than any set',
    idxBytes(0x803, [0xffffffff, 0xffffffff, 0xffffffff], pixels),
    'expected at most 17179869184 bytes of images, found a header of 4294967295 × 4294967295 × 4294967295.',
  ],
];

const gzipBroken: readonly (readonly [string, Uint8Array, string])[] = [
  [
    'gzip of text',
    gzipSync('label,pixel\n'),
    'expected an IDX file of images (magic number 0x00000803), found text beginning "labe".',
  ],
  ['gzip of nothing', gzipSync(''), 'expected a header of 16 bytes, found 0 bytes.'],
  [
    'gzip, too short inside',
    gzipSync(imageBytes(2).subarray(0, 20)),
    'expected 12 bytes of images (2 × 2 × 3), found 4.',
  ],
  [
    'gzip, too long inside',
    gzipSync(Buffer.concat([imageBytes(2), Uint8Array.of(1)])),
    'expected 12 bytes of images (2 × 2 × 3), found more.',
  ],
  [
    'gzip, cut off',
    gzipSync(imageBytes(2)).subarray(0, 20),
    'expected a whole gzip file, found one that does not unpack (unexpected end of file).',
  ],
  [
    'gzip, only its first two bytes',
    gzipSync(imageBytes(2)).subarray(0, 2),
    'expected a whole gzip file, found one that does not unpack (unexpected end of file).',
  ],
  [
    'gzip with a damaged checksum',
    Buffer.concat([gzipSync(imageBytes(2)).subarray(0, -8), new Uint8Array(8)]),
    'expected a whole gzip file, found one that does not unpack (incorrect data check).',
  ],
];

describe('broken files', () => {
  test.each([...broken, ...gzipBroken])('%s', async (_, bytes, message) => {
    using folder = new TemporaryFolder();
    const path = folder.write('train-images-idx3-ubyte', bytes);
    await expect(readIdxImages(path)).rejects.toMatchObject({ code: 'bad-file', message: `${path}: ${message}` });
  });

  test('a small gzip file that promises gigabytes is refused before they are allocated', async () => {
    using folder = new TemporaryFolder();
    const bytes = gzipSync(idxBytes(0x803, [10_000_000, 28, 28], pixels));
    const path = folder.write('train-images-idx3-ubyte.gz', bytes);
    const before = process.memoryUsage().arrayBuffers;
    await expect(readIdxImages(path)).rejects.toMatchObject({
      code: 'bad-file',
      message: `${path}: expected 7840000000 bytes of images (10000000 × 28 × 28), found a gzip file of ${bytes.length} bytes, too small to hold them.`,
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });

  test('more than memory may hold is refused with the arithmetic, before it is allocated', async () => {
    using folder = new TemporaryFolder();
    const path = folder.write('images', imageBytes(2));
    await expect(readIdxImages(path, 11)).rejects.toMatchObject({
      code: 'refused',
      message: `${path}: expected at most 11 bytes of images in memory, found 2 × 2 × 3 = 12.`,
    });
    expect((await readIdxImages(path, 12)).count).toBe(2);
  });

  test('images in place of labels', async () => {
    using folder = new TemporaryFolder();
    const path = folder.write('labels', imageBytes(2));
    await expect(readIdxLabels(path)).rejects.toMatchObject({
      code: 'bad-file',
      message: `${path}: expected an IDX file of labels (magic number 0x00000801), found magic number 0x00000803.`,
    });
  });

  test('a file that is not there', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'missing');
    await expect(readIdxImages(path)).rejects.toMatchObject({
      code: 'not-found',
      message: `${path}: expected an IDX file, but there is no such file.`,
    });
  });

  test('a folder of that name', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'images');
    mkdirSync(path);
    await expect(readIdxImages(path)).rejects.toMatchObject({
      code: 'bad-file',
      message: `${path}: expected an IDX file, found something unreadable (EISDIR).`,
    });
  });
});
