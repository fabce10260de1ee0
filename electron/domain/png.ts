import type { ImageColumns } from './words.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const GREY = 0;
const RGB = 2;
/** A row's filter: each byte is less the one above it. */
const UP = 2;

/** To zlib's format, whichever way is at hand. */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

/** CRC-32 of bytes, whichever way is at hand. */
export type Checksum = (bytes: Uint8Array) => number;

/**
 * One of the images as a PNG file of its own size, grey or RGB, eight bits a channel, every pixel exactly kept; rows are unfiltered.
 * (PNG, W3C, third edition.)
 */
export const encodePng = (images: ImageColumns, index: number, deflate: Deflate): Uint8Array<ArrayBuffer> =>
  pngOfRows(images, deflate(unfilteredRows(images, index)), crc);

/** The image's rows as they are packed, each with its filter before it: none. */
function unfilteredRows({ width, height, channels, pixels }: ImageColumns, index: number): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1));
  for (let row = 0; row < height; row++) {
    const from = (index * height + row) * stride;
    rows.set(pixels.subarray(from, from + stride), row * (stride + 1) + 1);
  }
  return rows;
}

/** The same by how each pixel differs from the one above it (the filter Up): of photographs most is near nought. */
export function differenceRows({ width, height, channels, pixels }: ImageColumns, index: number): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1));
  const own = pixels.subarray(index * height * stride, (index + 1) * height * stride);
  rows.set(own.subarray(0, stride), 1);
  rows[0] = UP;
  for (let row = 1; row < height; row++) {
    const [from, to] = [row * stride, row * (stride + 1) + 1];
    rows[to - 1] = UP;
    for (let at = 0; at < stride; at++) rows[to + at] = own[from + at]! - own[from + at - stride]!;
  }
  return rows;
}

/** A PNG file of rows that were packed. */
export function pngOfRows(
  { width, height, channels }: Pick<ImageColumns, 'width' | 'height' | 'channels'>,
  packed: Uint8Array,
  checksum: Checksum,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 3 ? RGB : GREY, 0, 0, 0], 8);
  const chunks = [
    ['IHDR', header],
    ['IDAT', packed],
    ['IEND', new Uint8Array(0)],
  ] as const;
  return joined([SIGNATURE, ...chunks.map(([type, data]) => chunk(type, data, checksum))]);
}

function chunk(type: string, data: Uint8Array, checksum: Checksum): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(
    [...type].map((letter) => letter.charCodeAt(0)),
    4,
  );
  bytes.set(data, 8);
  view.setUint32(8 + data.length, checksum(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = crcTable[(value ^ byte) & 255]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
