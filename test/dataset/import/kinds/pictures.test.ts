import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planImport } from '../../../../electron/dataset/import/plan-import.ts';
import { decodePicture } from '../../../../electron/dataset/picture/decode.ts';
import { TemporaryFolder } from '../../idx-bytes.ts';
import { bytesOf } from '../fixtures.ts';

const decode = (bytes: Buffer | string, name = 'a') => decodePicture(Buffer.from(bytes), name, 64);

describe('Netpbm', () => {
  it.each<[string, Buffer | string, number[]]>([
    ['P2, grey as text, with a comment', 'P2\n# made by hand\n2 2\n4\n0 1\n2 4\n', [0, 64, 128, 255]],
    ['P5, grey in bytes', Buffer.from('P5 2 2 255\n\x00\x40\x80\xff', 'latin1'), [0, 64, 128, 255]],
    ['P5, grey in 12 bits', Buffer.from('P5\n2 1\n4095\n\x00\x00\x0f\xff', 'latin1'), [0, 255]],
    ['P6, colours', Buffer.from('P6 1 1 255 abc', 'latin1'), [97, 98, 99]],
    ['P1, bits as text', 'P1\n3 1\n1 0 1', [0, 255, 0]],
    ['P4, bits', Buffer.from('P4 9 1 \x80\x80', 'latin1'), [0, 255, 255, 255, 255, 255, 255, 255, 0]],
  ])('%s', async (_, bytes, pixels) => expect([...(await decode(bytes)).picture.pixels]).toEqual(pixels));

  it('cut off', async () => {
    await expect(decode('P5 4 4 255\nab', 'a.pgm')).rejects.toThrow('a.pgm: expected 16 values (4 × 4), found fewer.');
  });
});

/** A bitmap of 4 × 2 whose palette is black, red and white, its pixels in runs. */
function bitmap(bits: 4 | 8, runs: readonly number[]): Buffer {
  const bytes = Buffer.alloc(54 + 12);
  bytes.write('BM');
  bytes.writeUInt32LE(66, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(4, 18);
  bytes.writeInt32LE(2, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(bits, 28);
  bytes.writeUInt32LE(bits === 8 ? 1 : 2, 30);
  bytes.writeUInt32LE(3, 46);
  bytes.set([0, 0, 0, 0, 0, 0, 255, 0, 255, 255, 255, 0], 54);
  return Buffer.concat([bytes, Buffer.from(runs)]);
}

describe('bitmaps', () => {
  const reds = async (bytes: Buffer): Promise<number[]> =>
    [...(await decode(bytes)).picture.pixels].filter((_, at) => at % 3 === 0);
  const greens = async (bytes: Buffer): Promise<number[]> =>
    [...(await decode(bytes)).picture.pixels].filter((_, at) => at % 3 === 1);

  it('in runs of 8 bits: a run, a stretch of different pixels, a skip', async () => {
    // From the bottom: four white; then, after two skipped, red and white.
    const bytes = bitmap(8, [4, 2, 0, 0, 0, 2, 2, 0, 1, 1, 1, 2, 0, 1]);
    expect(await reds(bytes)).toEqual([0, 0, 255, 255, 255, 255, 255, 255]);
    expect(await greens(bytes)).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
    const stretch = bitmap(8, [0, 4, 0, 1, 2, 1, 0, 0, 4, 2, 0, 1]);
    expect(await greens(stretch)).toEqual([255, 255, 255, 255, 0, 0, 255, 0]);
  });

  it('in runs of 4 bits', async () => {
    expect(await greens(bitmap(4, [4, 0x12, 0, 0, 4, 0x20, 0, 1]))).toEqual([255, 0, 255, 0, 0, 255, 0, 255]);
  });

  it('of 16 bits a pixel', async () => {
    const bytes = bitmap(8, [0x00, 0x7c, 0xe0, 0x03, 0x1f, 0x00, 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0x10, 0x42]);
    bytes.writeUInt16LE(16, 28);
    bytes.writeUInt32LE(0, 30);
    bytes.writeUInt32LE(66, 10);
    const { picture } = await decode(bytes);
    // The lower row: red, green, blue, white; the upper one ends in grey, 16 of 31.
    expect([...picture.pixels.subarray(12)]).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);
    expect([...picture.pixels.subarray(9, 12)]).toEqual([132, 132, 132]);
  });
});

describe('what telephones and browsers make', () => {
  it('animated AVIF gives its first frame, with a note', async () => {
    const { picture, note } = await decode(bytesOf('animated.avif'));
    expect([picture.width, picture.height, note]).toEqual([64, 64, 'has several frames; the first was taken.']);
    expect(new Set(picture.pixels).size).toBeGreaterThan(50);
  });

  it('HEIC is refused by name', async () => {
    await expect(decode(bytesOf('phone.heic'), 'phone.heic')).rejects.toThrow(
      'found a HEIC image, which cannot be decoded here (save it as JPEG or PNG).',
    );
  });

  it('PNG of 12 bits in 16 is as light as it was meant', async () => {
    const { default: sharp } = await import('sharp');
    const values = Uint16Array.from({ length: 16 }, (_, at) => at * 273);
    const png = await sharp(values, { raw: { width: 4, height: 4, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect([...(await decode(png)).picture.pixels]).toEqual(Array.from({ length: 16 }, (_, at) => at * 17));
  });
});

describe('what is no picture but may be taken for some', () => {
  const isoMedia = (brand: string): Buffer => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0`, 'latin1');

  it.each<[string, Buffer | string, string]>([
    ['film.mp4', isoMedia('mp42'), 'a film'],
    ['IMG_2.MOV', isoMedia('qt  '), 'a film'],
    ['a.webm', Buffer.from('1a45dfa3', 'hex'), 'a film'],
    ['a.heif', isoMedia('mif1'), 'a HEIC image'],
    ['a.cr3', isoMedia('crx '), 'a camera’s raw file'],
    ['DSC_1.NEF', 'MM\0*', 'a camera’s raw file'],
    ['a.psd', '8BPS', 'an image of a kind'],
    ['a.dcm', `${'\0'.repeat(128)}DICM`, 'a DICOM image'],
    ['a.rar', 'Rar!\x1a\x07', 'an archive that cannot be opened here'],
    ['a.7z', Buffer.from('377abcaf271c', 'hex'), 'an archive that cannot be opened here'],
    ['a.tar.xz', Buffer.from('fd377a585a00', 'hex'), 'an archive that cannot be opened here'],
    ['a.h5', Buffer.from('894844460d0a1a0a', 'hex'), 'an HDF5 file'],
    ['a.mat', 'MATLAB 5.0 MAT-file', 'a MATLAB file'],
    ['a.pkl', Buffer.from('80049500', 'hex'), 'a Python pickle'],
    ['a.parquet', 'PAR1', 'a Parquet or Arrow file'],
  ])('%s is refused by name', async (name, bytes, kind) => {
    await expect(decode(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, name)).rejects.toThrow(
      `${name}: expected an image (PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP or Netpbm), found ${kind}`,
    );
  });

  it('beside pictures it is told by its kind, other files are counted; only what can be read is promised', async () => {
    using folder = new TemporaryFolder();
    const write = async (name: string, bytes: string | Buffer): Promise<void> => {
      await mkdir(join(folder.path, name, '..'), { recursive: true });
      await writeFile(join(folder.path, name), bytes);
    };
    for (const label of ['cats', 'dogs']) {
      for (let at = 0; at < 3; at += 1) await write(`${label}/${at}.pgm`, `P2 2 2 9 ${at} 1 2 ${label.length}`);
    }
    await write('dogs/cut.pgm', 'P2 2 2 9 1');
    await write('dogs/web.jpg', '<!doctype html>');
    await write('data.h5', Buffer.from('894844460d0a1a0a', 'hex'));
    await write('notes.txt', 'hello');
    const plan = await planImport([folder.path], 'Pets');
    expect([plan.count, plan.labels]).toEqual([
      6,
      [
        { name: 'cats', count: 3 },
        { name: 'dogs', count: 3 },
      ],
    ]);
    expect(plan.unreadable.map(({ name }) => name).sort()).toEqual(['dogs/cut.pgm', 'dogs/web.jpg']);
    expect(plan.skipped.map(({ name }) => name)).toEqual(['data.h5']);
    expect(plan.others).toEqual({ count: 1, endings: [{ ending: '.txt', count: 1 }] });
  });

  it('among more pictures than a plan decodes, those that are none but by their names are not promised', async () => {
    using folder = new TemporaryFolder();
    const write = (name: string, text: string): Promise<void> => writeFile(join(folder.path, name), text);
    for (const label of ['barn', 'tawny']) await mkdir(join(folder.path, label));
    for (let at = 0; at < 200; at += 1) {
      await write(`${at < 100 ? 'barn' : 'tawny'}/${at}.pgm`, `P2 2 2 255 ${at} 4 2 9`);
    }
    for (const at of [3, 77, 131]) await write(`tawny/${at}.jpg`, at === 77 ? '' : 'no picture');
    const plan = await planImport([folder.path], 'Owls');
    const each = (name: string): unknown => [name, 100];
    expect(plan.count).toBe(200);
    expect(plan.labels.map(({ name, count }) => [name, count])).toEqual(['barn', 'tawny'].map(each));
    expect(plan.folders.map(({ folder: name, count }) => [name, count])).toEqual(['barn', 'tawny'].map(each));
    const found = plan.unreadable.map(({ name, reason }) => [name, reason.replace(/^.*, found /, '')]);
    expect(found.toSorted()).toEqual([
      ['tawny/131.jpg', 'text.'],
      ['tawny/3.jpg', 'text.'],
      ['tawny/77.jpg', 'an empty file.'],
    ]);
  });

  it('where there is nothing else, no picture is promised', async () => {
    using folder = new TemporaryFolder();
    await writeFile(join(folder.path, 'letter.txt'), 'Dear all');
    await expect(planImport([folder.path], 'Letters')).rejects.toThrow('expected at least one image, found none');
  });
});
