import { StudioError } from '../../domain/errors.ts';
import { MOST_PIXELS, tooLarge } from './picture-size.ts';
import { pictureOfNumbers } from './number-picture.ts';
import type { Picture } from './picture.ts';

/** Longer headers are comments without end. */
const MOST_HEADER_BYTES = 65_536;

/**
 * Decodes portable bitmaps, greymaps and pixmaps (PBM, PGM, PPM; magic P1 to P6, https://netpbm.sourceforge.net/doc): text or
 * binary, up to 16 bits, the largest value white.
 * @throws StudioError `bad-file` naming the file; nothing is allocated before the header fits the file's size.
 */
export function decodeNetpbm(bytes: Uint8Array, name: string): Picture {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bad = (expected: string, found: string): StudioError =>
    new StudioError('bad-file', `${name}: expected ${expected}, found ${found}.`);
  const kind = file[1]! - 0x30;
  const isBits = kind === 1 || kind === 4;
  const header = readHeader(file, isBits ? 2 : 3);
  const [width = 0, height = 0, white = 1] = header.numbers;
  if (width < 1 || height < 1) throw bad('a Netpbm header with width and height', 'none');
  if (white < 1 || white > 65_535) throw bad('a largest value of 1 to 65,535', `${white}`);
  if (width * height > MOST_PIXELS) throw tooLarge(name, width, height);
  const bands = kind === 3 || kind === 6 ? 3 : 1;
  const count = width * height * bands;
  const values =
    kind <= 3
      ? textValues(file, header.end, count, isBits)
      : binaryValues(file, header.end, { width, height, bands, white, isBits });
  if (values === undefined) throw bad(`${count.toLocaleString('en')} values (${width} × ${height})`, 'fewer');
  const picture = pictureOfNumbers({ width, height, bands, alpha: false, values }, { black: 0, white });
  // Of bitmaps, one is black.
  return isBits ? { ...picture, pixels: picture.pixels.map((value) => 255 - value) } : picture;
}

/** Numbers in ASCII, between white space and comments; one white space ends the last. */
function readHeader(file: Buffer, wanted: number): { readonly numbers: number[]; readonly end: number } {
  const text = file.toString('latin1', 2, MOST_HEADER_BYTES);
  const numbers: number[] = [];
  const pattern = /(?:\s|#[^\n]*\n)+(\d+)/y;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    numbers.push(Number(match[1]));
    if (numbers.length === wanted) return { numbers, end: 2 + pattern.lastIndex + 1 };
  }
  return { numbers: [], end: 0 };
}

function textValues(file: Buffer, start: number, count: number, isBits: boolean): Uint16Array | undefined {
  // Each value takes a digit at least.
  if (file.length - start < count) return undefined;
  const text = file.toString('latin1', start).replaceAll(/#[^\n]*\n/g, ' ');
  const found = text.match(isBits ? /[01]/g : /\d+/g) ?? [];
  return found.length < count ? undefined : Uint16Array.from({ length: count }, (_, at) => Number(found[at]));
}

interface Binary {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly white: number;
  readonly isBits: boolean;
}

function binaryValues(file: Buffer, start: number, { width, height, bands, white, isBits }: Binary) {
  const body = file.subarray(start);
  if (isBits) {
    const stride = Math.ceil(width / 8);
    if (body.length < stride * height) return undefined;
    return Uint8Array.from({ length: width * height }, (_, at) => {
      const x = at % width;
      return (body[Math.floor(at / width) * stride + (x >> 3)]! >> (7 - (x & 7))) & 1;
    });
  }
  const count = width * height * bands;
  if (white < 256) return body.length < count ? undefined : new Uint8Array(body.subarray(0, count));
  if (body.length < 2 * count) return undefined;
  return Uint16Array.from({ length: count }, (_, at) => body.readUInt16BE(2 * at));
}
