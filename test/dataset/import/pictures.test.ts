import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Preparation } from '../../../electron/contract/import-options.ts';
import { decodePicture } from '../../../electron/dataset/picture/decode.ts';
import { flatten, type Picture } from '../../../electron/dataset/picture/picture.ts';
import { prepare } from '../../../electron/dataset/picture/prepare.ts';
import { decodeSmallPng } from '../../../electron/dataset/picture/small-png.ts';
import { resample } from '../../../electron/dataset/picture/resample.ts';
import { bytesOf, expected, pixelBomb } from './fixtures.ts';

const decode = async (name: string, side = 28) => (await decodePicture(bytesOf(name), name, side)).picture;
const rgbOf = (picture: Picture): number[] => [...flatten(picture, 3, [0, 0, 0]).pixels];
const farthest = (found: ArrayLike<number>, wanted: readonly number[]): number => {
  expect(found.length).toBe(wanted.length);
  return wanted.reduce((most, value, index) => Math.max(most, Math.abs(value - found[index]!)), 0);
};

describe('decoding agrees with Pillow', () => {
  it.each(['rgb.png', 'lossless.webp', 'plain.tiff', 'bits24.bmp'])('%s exactly', async (name) => {
    const picture = await decode(name);
    expect([picture.width, picture.height]).toEqual([12, 9]);
    expect(rgbOf(picture)).toEqual(expected.rgb);
  });

  it.each([
    ['palette.png', 0],
    ['photo.jpg', 2],
    ['photo.avif', 4],
  ] as const)('%s, whose format loses something, within %i', async (name, most) => {
    expect(farthest(rgbOf(await decode(name)), expected[name])).toBeLessThanOrEqual(most);
  });

  it.each(['grey.png', 'bits8.bmp'])('%s, grey', async (name) => {
    expect([...flatten(await decode(name), 1, [0, 0, 0]).pixels]).toEqual(expected.grey);
  });

  it('grey from RGB by the same luma', async () => {
    expect([...flatten(await decode('rgb.png'), 1, [0, 0, 0]).pixels]).toEqual(expected.grey);
  });

  it('a bitmap of one bit a pixel', async () => {
    expect([...flatten(await decode('bits1.bmp'), 1, [0, 0, 0]).pixels]).toEqual(expected.bits1);
  });

  it('16 bits are scaled down to 8', async () => {
    const grey = flatten(await decode('grey16.png'), 1, [0, 0, 0]).pixels;
    expect(
      farthest(
        grey,
        Array.from({ length: 108 }, (_, index) => (index * 600) / 257),
      ),
    ).toBeLessThanOrEqual(1);
  });

  it('CMYK becomes colours of the same order', async () => {
    const picture = await decode('cmyk.jpg');
    expect(picture.channels).toBe(3);
    const [first, last] = [rgbOf(picture)[0]!, rgbOf(picture)[33]!];
    expect(last - first).toBeGreaterThan(100);
  });

  it('EXIF turns a picture upright', async () => {
    const picture = await decode('turned.jpg');
    expect([picture.width, picture.height]).toEqual([9, 12]);
    // A quarter to the right: what was at the lower left is now at the upper left.
    const lowerLeft = expected.rgb.slice(8 * 12 * 3, 8 * 12 * 3 + 3);
    expect(farthest(rgbOf(picture).slice(0, 3), lowerLeft)).toBeLessThan(20);
  });

  it('alpha lies over the chosen background', async () => {
    const picture = await decode('alpha.png');
    const onWhite = flatten(picture, 3, [255, 255, 255]).pixels;
    // The first column is fully transparent, the last nearly opaque (alpha 253).
    expect([...onWhite.subarray(0, 3)]).toEqual([255, 255, 255]);
    expect(onWhite[11 * 3]).toBe(Math.round((220 * 253 + 255 * 2) / 255));
    expect([...flatten(picture, 3, [10, 20, 30]).pixels.subarray(0, 3)]).toEqual([10, 20, 30]);
  });

  it('an animation gives its first frame, and says so', async () => {
    const { picture, note } = await decodePicture(bytesOf('animated.gif'), 'animated.gif', 28);
    expect(new Set(flatten(picture, 1, [0, 0, 0]).pixels)).toEqual(new Set([250]));
    expect(note).toBe('has 3 frames; the first was taken.');
  });

  it('a picture far larger than needed is shrunk while it is decoded', async () => {
    const large = await sharp({ create: { width: 3_000, height: 2_000, channels: 3, background: '#336699' } })
      .jpeg()
      .toBuffer();
    const { picture, size } = await decodePicture(large, 'large.jpg', 64);
    expect([picture.width, picture.height]).toEqual([192, 128]);
    expect(size).toEqual({ width: 3_000, height: 2_000 });
    expect(farthest(picture.pixels.subarray(0, 3), [0x33, 0x66, 0x99])).toBeLessThan(4);
  });
});

describe('the quick way for small PNG files', () => {
  it.each(['rgb.png', 'grey.png', 'alpha.png'])('%s gives what the general decoder gives', async (name) => {
    const quick = decodeSmallPng(bytesOf(name))!;
    const { data, info } = await sharp(bytesOf(name)).raw().toBuffer({ resolveWithObject: true });
    expect([quick.width, quick.height]).toEqual([info.width, info.height]);
    const general = { ...quick, channels: info.channels, pixels: data } as Picture;
    expect(rgbOf(quick)).toEqual(rgbOf(general));
  });

  it.each([0, 1, 2, 3, 4])('undoes filter %i', async (filter) => {
    // The rows are noise, so that each byte has every kind of neighbour; read as filtered, they are some picture.
    const pixels = Uint8Array.from({ length: 7 * 5 * 3 }, (_, index) => (index * index * 31) % 256);
    const rows = Array.from({ length: 5 }, (_, y) =>
      Buffer.concat([Buffer.of(filter), pixels.subarray(y * 21, y * 21 + 21)]),
    );
    const bytes = pngOf(7, 5, 2, deflateSync(Buffer.concat(rows)));
    const general = await sharp(bytes).raw().toBuffer();
    expect([...decodeSmallPng(bytes)!.pixels]).toEqual([...general]);
  });

  it('leaves alone what it does not know', () => {
    const damaged = Buffer.from(bytesOf('rgb.png'));
    damaged[50]! ^= 1;
    for (const bytes of [bytesOf('grey16.png'), bytesOf('rgb.png').subarray(0, 90), damaged]) {
      expect(decodeSmallPng(bytes)).toBeUndefined();
    }
  });
});

/** A PNG of 8 bits a channel whose image data are these bytes. */
function pngOf(width: number, height: number, colourType: number, data: Buffer): Buffer {
  const chunk = (kind: string, body: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

describe('what cannot be decoded says why', () => {
  const cut = (name: string, bytes: number): Uint8Array => bytesOf(name).subarray(0, bytes);
  const svg = Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>');
  const formats = 'an image (PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP or Netpbm)';
  it.each([
    ['cut.png', cut('rgb.png', 80), 'cut.png: expected a whole image, found a PNG image that is cut off or damaged.'],
    [
      'cut.jpg',
      cut('photo.jpg', 700),
      'cut.jpg: expected a whole image, found a JPEG image that is cut off or damaged.',
    ],
    ['text.png', Buffer.from('not a picture\n'), `text.png: expected ${formats}, found text.`],
    ['empty.png', Buffer.alloc(0), `empty.png: expected ${formats}, found an empty file.`],
    ['a.svg', svg, `a.svg: expected ${formats}, found an SVG drawing, which has no pixels (save it as PNG).`],
    ['cut.bmp', cut('bits24.bmp', 300), 'cut.bmp: expected a BMP image of 378 bytes (12 × 9), found 300.'],
    ['b.png', Buffer.from('\0\x01\x02\x03'), `b.png: expected ${formats}, found data of an unknown kind.`],
    ['a.zip', bytesOf('classes.zip'), `a.zip: expected ${formats}, found a zip archive.`],
  ])('%s', async (name, bytes, message) => {
    await expect(decodePicture(bytes, name, 28)).rejects.toThrow(
      expect.objectContaining({ code: 'bad-file', message }),
    );
  });

  it('a small file that claims 30,000 × 30,000 pixels', async () => {
    await expect(decodePicture(pixelBomb(), 'bomb.png', 28)).rejects.toThrow(
      'bomb.png: expected at most 134,217,728 pixels, found 30000 × 30000 = 900,000,000.',
    );
  });

  it('a small file that claims fewer pixels, yet more than it can hold, before it is decoded', async () => {
    const bomb = pixelBomb(8_388_616, 8);
    await expect(decodePicture(bomb, 'bomb.png', 28)).rejects.toThrow(
      expect.objectContaining({
        message: 'bomb.png: expected a whole image, found a PNG image that is cut off or damaged.',
        detail: `8388616 × 8 pixels in ${bomb.length} bytes`,
      }),
    );
  });
});

describe('resampling agrees with Pillow’s bicubic', () => {
  const rgb = Uint8Array.from(expected.rgb);
  it('down, widened against aliases', () => {
    const larger = new Uint8Array(36 * 27 * 3);
    for (let index = 0; index < larger.length; index += 1) {
      const [x, y] = [Math.floor(index / 3) % 36, Math.floor(index / 108)];
      larger[index] = rgb[(Math.floor(y / 3) * 12 + Math.floor(x / 3)) * 3 + (index % 3)]!;
    }
    const small = resample({ width: 36, height: 27, channels: 3, pixels: larger }, 10, 8);
    expect(farthest(small.pixels, expected.smaller)).toBeLessThanOrEqual(1);
  });

  it('up', () => {
    const grey = { width: 12, height: 9, channels: 1, pixels: Uint8Array.from(expected.grey) } as const;
    expect(farthest(resample(grey, 20, 16).pixels, expected.larger)).toBeLessThanOrEqual(1);
  });
});

describe('preparing', () => {
  const base: Preparation = {
    width: 8,
    height: 8,
    channels: 1,
    fit: 'contain',
    background: '#ffffff',
    invert: false,
    centre: false,
  };
  /** 4 × 2: a dark left half, a light right half. */
  const wide: Picture = { width: 4, height: 2, channels: 1, pixels: Uint8Array.of(0, 0, 200, 200, 0, 0, 200, 200) };
  const rows = (pixels: Uint8Array): number[][] =>
    Array.from({ length: 8 }, (_, y) => [...pixels.subarray(y * 8, y * 8 + 8)]);

  it('contain keeps the proportions and shows the background above and below', () => {
    const image = rows(prepare(wide, base));
    expect(image.map((row) => row.every((value) => value === 255))).toEqual([
      ...[true, true],
      ...[false, false, false, false],
      ...[true, true],
    ]);
    expect([image[3]![0], image[3]![7]]).toEqual([0, 200]);
  });

  it('cover fills the image and cuts the sides', () => {
    const image = rows(
      prepare({ ...wide, pixels: Uint8Array.of(0, 90, 90, 255, 0, 90, 90, 255) }, { ...base, fit: 'cover' }),
    );
    expect(image[4]!.slice(3, 5)).toSatisfy((middle: number[]) => farthest(middle, [90, 90]) < 10);
    expect(image.flat()).not.toContain(255);
  });

  it('stretch uses all of both', () => {
    const image = rows(prepare(wide, { ...base, fit: 'stretch' }));
    expect(image[0]).toEqual(image[7]);
    expect([image[0]![0], image[0]![7]]).toEqual([0, 200]);
  });

  it('inverts the picture and its background', () => {
    const image = rows(prepare(wide, { ...base, invert: true }));
    expect(image[0]![0]).toBe(0);
    expect([image[3]![0], image[3]![7]]).toEqual([255, 55]);
  });

  it('leaves a picture of the set’s own size as it is', () => {
    const pixels = Uint8Array.from({ length: 64 }, (_, index) => index * 4);
    expect(prepare({ width: 8, height: 8, channels: 1, pixels }, base)).toEqual(pixels);
  });

  it('centres by mass in 20 of 28 pixels, as MNIST does', () => {
    // A bar of 8 × 40 in a corner of 100 × 100, on black.
    const pixels = new Uint8Array(100 * 100);
    for (let y = 5; y < 45; y += 1) pixels.fill(255, y * 100 + 2, y * 100 + 10);
    const picture: Picture = { width: 100, height: 100, channels: 1, pixels };
    const image = prepare(picture, { ...base, width: 28, height: 28, background: '#000000', centre: true });
    const lit = [...image.keys()].filter((index) => image[index]! > 127);
    const span = (values: number[]) => [Math.min(...values), Math.max(...values)];
    // 20 high and 4 wide, its middle on (14, 14).
    expect(span(lit.map((index) => Math.floor(index / 28)))).toEqual([4, 23]);
    expect(span(lit.map((index) => index % 28))).toEqual([12, 15]);
    expect(image[0]).toBe(0);
  });

  it('an even picture centres to the ground', () => {
    const picture: Picture = { width: 4, height: 4, channels: 1, pixels: new Uint8Array(16).fill(9) };
    expect(new Set(prepare(picture, { ...base, centre: true }))).toEqual(new Set([255]));
  });
});
