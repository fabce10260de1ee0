import { StudioError } from '../../domain/errors.ts';
import type { Picture } from './picture.ts';
import { MOST_PIXELS, tooLarge } from './picture-size.ts';

/** Uncompressed pixels, and those whose channels are named by masks. */
const PLAIN = 0;
const MASKED = 3;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly start: number;
  /** Bytes of one row, padded to four. */
  readonly stride: number;
  readonly palette: Uint8Array;
}

/**
 * Decodes a Windows bitmap of 1, 4, 8, 24 or 32 bits a pixel (BITMAPINFOHEADER and its successors); alpha is not looked at,
 * because most writers leave it zero.
 * @throws StudioError `bad-file` naming the file; nothing is allocated before the header fits the file's size.
 */
export function decodeBmp(bytes: Uint8Array, name: string): Picture {
  const header = readHeader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name);
  const { width, height, bits, stride, start, palette } = header;
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
  if (![1, 4, 8, 24, 32].includes(bits)) throw bad('a BMP image of 1, 4, 8, 24 or 32 bits a pixel', `${bits}`);
  const plain = compression === PLAIN || (compression === MASKED && bits === 32 && usualMasks(bytes, headerBytes));
  if (!plain) throw bad('an uncompressed BMP image', `compression ${compression}`);
  const start = bytes.readUInt32LE(10);
  const stride = Math.ceil((width * bits) / 32) * 4;
  const end = start + stride * height;
  if (end > bytes.length) throw bad(`a BMP image of ${end} bytes (${width} × ${height})`, `${bytes.length}`);
  const colours = bits > 8 ? 0 : bytes.readUInt32LE(46) || 1 << bits;
  const palette = bytes.subarray(14 + headerBytes, Math.min(start, 14 + headerBytes + 4 * colours));
  return { width, height, topDown: signedHeight < 0, bits, start, stride, palette };
}

/** Blue, green, red in the lowest three bytes, as without masks. */
function usualMasks(bytes: Buffer, headerBytes: number): boolean {
  if (headerBytes === 40 && bytes.length < 66) return false;
  return bytes.readUInt32LE(54) === 0xff0000 && bytes.readUInt32LE(58) === 0xff00 && bytes.readUInt32LE(62) === 0xff;
}
