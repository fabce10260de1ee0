import { describe, expect, it } from 'vitest';
import { decodePicture } from '../../../../electron/dataset/picture/decode.ts';
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
