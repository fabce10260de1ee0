import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture } from '../../../electron/dataset/picture/decode.ts';
import { jpegHeader } from '../../../electron/dataset/picture/jpeg-header.ts';

const WIDTH = 401;
const HEIGHT = 260;

function picture() {
  const pixels = Buffer.from(Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => (at * at * 7 + at * 13) % 256));
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).blur(2);
}

/** The same file with a segment before all others. */
function withSegment(file: Buffer, marker: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(marker, 0);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([file.subarray(0, 2), head, body, file.subarray(2)]);
}

/** One entry, the orientation (EXIF 2.3, §4.6.4). */
const exif = (orientation: number): Buffer =>
  Buffer.concat([
    Buffer.from('Exif\0\0MM\0*\0\0\0\b', 'latin1'),
    Buffer.from([0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]),
  ]);

describe('the header of a JPEG', () => {
  it.each([
    ['baseline', { quality: 90 }],
    ['progressive', { progressive: true }],
  ])('%s: size, and nothing else to heed', async (_, options) => {
    const header = jpegHeader(await picture().jpeg(options).toBuffer());
    expect(header).toEqual({ width: WIDTH, height: HEIGHT, isPlain: true });
  });

  it('is found behind comments and filling', async () => {
    const file = withSegment(await picture().jpeg().toBuffer(), 0xfffe, Buffer.from('a comment'));
    const filled = Buffer.concat([file.subarray(0, 2), Buffer.from([0xff, 0xff]), file.subarray(2)]);
    expect(jpegHeader(filled)).toEqual({ width: WIDTH, height: HEIGHT, isPlain: true });
  });

  it('is not plain where it is grey, four inks, turned or of other colours', async () => {
    const file = await picture().jpeg().toBuffer();
    const others = [
      await picture().toColourspace('b-w').jpeg().toBuffer(),
      await picture().toColourspace('cmyk').jpeg().toBuffer(),
      withSegment(file, 0xffe1, exif(6)),
      await picture().withIccProfile('p3').jpeg().toBuffer(),
    ];
    for (const other of others) expect(jpegHeader(other)).toMatchObject({ isPlain: false });
  });

  it('is none where the file ends in it, or holds something else', async () => {
    const file = await picture().jpeg().toBuffer();
    expect(jpegHeader(file.subarray(0, 40))).toBeUndefined();
    expect(jpegHeader(Buffer.from([0xff, 0xd8, 0xff]))).toBeUndefined();
    expect(jpegHeader(Buffer.concat([file.subarray(0, 2), Buffer.alloc(50, 7)]))).toBeUndefined();
  });
});

it('a plain JPEG comes out as one that says it stands upright, to the last pixel', async () => {
  const file = await picture().jpeg().toBuffer();
  for (const side of [64, 200]) {
    const plain = await decodePicture(file, 'plain.jpg', side);
    expect(plain.size).toEqual({ width: WIDTH, height: HEIGHT });
    expect(plain).toEqual(await decodePicture(withSegment(file, 0xffe1, exif(1)), 'upright.jpg', side));
  }
  const turned = await decodePicture(withSegment(file, 0xffe1, exif(6)), 'turned.jpg', 64);
  expect(turned.size).toEqual({ width: HEIGHT, height: WIDTH });
});

it('a plain JPEG that is cut off is told so', async () => {
  const file = await picture().jpeg().toBuffer();
  await expect(decodePicture(file.subarray(0, file.length / 2), 'half.jpg', 64)).rejects.toThrow(
    'half.jpg: expected a whole image, found a JPEG image that is cut off or damaged.',
  );
});
