import { StudioError } from '../../domain/errors.ts';
import type { Picture } from './picture.ts';
import { MOST_PIXELS, tooLarge } from './picture-size.ts';

/** Uncompressed pixels, runs of palette indices of 8 and of 4 bits, and pixels whose channels are named by masks. */
const PLAIN = 0;
const RUNS_OF_8 = 1;
const RUNS_OF_4 = 2;
const MASKED = 3;

/** Of 16 bits a pixel where no masks are given: five each. */
const FIVES: readonly number[] = [0x7c00, 0x3e0, 0x1f];

interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly start: number;
  /** Bytes of one row, padded to four. */
  readonly stride: number;
  readonly palette: Uint8Array;
  readonly runs: boolean;
  /** Of red, green and blue, of 16 bits a pixel. */
  readonly masks: readonly number[];
}

/**
 * Decodes a Windows bitmap of 1, 4, 8, 16, 24 or 32 bits a pixel, plain or in runs (BITMAPINFOHEADER and its successors); alpha
 * is not looked at, because most writers leave it zero.
 * @throws StudioError `bad-file` naming the file; nothing is allocated before the header fits the file's size.
 */
export function decodeBmp(bytes: Uint8Array, name: string): Picture {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(file, name);
  const { width, height, bits, stride, start, palette } = header;
  if (header.runs) return { width, height, channels: 3, pixels: coloursOf(unrolled(file, header), palette) };
  if (bits === 16) return { width, height, channels: 3, pixels: ofSixteenBits(file, header) };
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const row = start + stride * (header.topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x += 1) {
      const to = (y * width + x) * 3;
      const [from, at] = bits >= 24 ? [bytes, row + (x * bits) / 8] : [palette, 4 * paletteIndex(bytes, row, x, bits)];
      pixels[to] = from[at + 2] ?? 0;
      pixels[to + 1] = from[at + 1] ?? 0;
      pixels[to + 2] = from[at] ?? 0;
    }
  }
  return { width, height, channels: 3, pixels };
}

/** Palette indices, row by row from the top, of runs: a count and an index, or 0 and an escape; what is skipped is index 0. */
function unrolled(file: Buffer, { width, height, bits, start, topDown }: Header): Uint8Array {
  const indices = new Uint8Array(width * height);
  let [x, y] = [0, 0];
  const put = (index: number): void => {
    if (x < width && y < height) indices[(topDown ? y : height - 1 - y) * width + x] = index;
    x += 1;
  };
  /** Of two pixels in a byte the upper four bits come first. */
  const half = (byte: number, at: number): number => (bits === 8 ? byte : at % 2 === 0 ? byte >> 4 : byte & 15);
  for (let at = start; at + 1 < file.length && y < height;) {
    const [count, value] = [file[at]!, file[at + 1]!];
    at += 2;
    if (count > 0) for (let run = 0; run < count; run += 1) put(half(value, run));
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) break;
    else if (value === 2) [x, y, at] = [x + (file[at] ?? 0), y + (file[at + 1] ?? 0), at + 2];
    else {
      for (let pixel = 0; pixel < value; pixel += 1)
        put(half(file[at + (bits === 8 ? pixel : pixel >> 1)] ?? 0, pixel));
      // Padded to two bytes.
      at += Math.ceil((value * bits) / 16) * 2;
    }
  }
  return indices;
}

function coloursOf(indices: Uint8Array, palette: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(indices.length * 3);
  for (let at = 0; at < indices.length; at += 1) {
    // Blue comes first.
    for (let channel = 0; channel < 3; channel += 1)
      pixels[at * 3 + channel] = palette[indices[at]! * 4 + 2 - channel] ?? 0;
  }
  return pixels;
}

function ofSixteenBits(file: Buffer, { width, height, start, stride, topDown, masks }: Header): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const row = start + stride * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x += 1) {
      const value = file.readUInt16LE(row + 2 * x);
      // A mask over itself is white.
      masks.forEach(
        (mask, channel) => (pixels[(y * width + x) * 3 + channel] = Math.round((255 * (value & mask)) / (mask || 1))),
      );
    }
  }
  return pixels;
}

function paletteIndex(bytes: Uint8Array, row: number, x: number, bits: number): number {
  const place = x * bits;
  return (bytes[row + (place >> 3)]! >> (8 - bits - (place & 7))) & ((1 << bits) - 1);
}

function readHeader(bytes: Buffer, name: string): Header {
  const bad = (expected: string, found: string): StudioError =>
    new StudioError('bad-file', `${name}: expected ${expected}, found ${found}.`);
  if (bytes.length < 54) throw bad('a BMP header of 54 bytes', `${bytes.length} bytes`);
  const headerBytes = bytes.readUInt32LE(14);
  if (headerBytes < 40 || headerBytes > 124) throw bad('a BMP header of 40 to 124 bytes', `one of ${headerBytes}`);
  const width = bytes.readInt32LE(18);
  const signedHeight = bytes.readInt32LE(22);
  const height = Math.abs(signedHeight);
  const bits = bytes.readUInt16LE(28);
  const compression = bytes.readUInt32LE(30);
  if (width < 1 || height < 1) throw bad('a BMP image of at least 1 × 1 pixel', `${width} × ${signedHeight}`);
  if (width * height > MOST_PIXELS) throw tooLarge(name, width, height);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw bad('a BMP image of 1, 4, 8, 16, 24 or 32 bits a pixel', `${bits}`);
  const runs = (compression === RUNS_OF_8 && bits === 8) || (compression === RUNS_OF_4 && bits === 4);
  const masked = compression === MASKED && (bits === 16 || (bits === 32 && usualMasks(bytes, headerBytes)));
  if (compression !== PLAIN && !runs && !masked) {
    throw bad('a BMP image that is plain or in runs', `compression ${compression}`);
  }
  const start = bytes.readUInt32LE(10);
  const stride = Math.ceil((width * bits) / 32) * 4;
  const end = start + stride * height;
  if (end > bytes.length && !runs) throw bad(`a BMP image of ${end} bytes (${width} × ${height})`, `${bytes.length}`);
  const colours = bits > 8 ? 0 : bytes.readUInt32LE(46) || 1 << bits;
  const palette = bytes.subarray(14 + headerBytes, Math.min(start, 14 + headerBytes + 4 * colours));
  const masks = masked && bytes.length >= 66 ? [54, 58, 62].map((at) => bytes.readUInt32LE(at)) : FIVES;
  return { width, height, topDown: signedHeight < 0, bits, start, stride, palette, runs, masks };
}

/** Blue, green, red in the lowest three bytes, as without masks. */
function usualMasks(bytes: Buffer, headerBytes: number): boolean {
  if (headerBytes === 40 && bytes.length < 66) return false;
  return bytes.readUInt32LE(54) === 0xff0000 && bytes.readUInt32LE(58) === 0xff00 && bytes.readUInt32LE(62) === 0xff;
}
