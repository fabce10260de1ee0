import { crc32, inflateSync } from 'node:zlib';
import { unzlibSync } from 'fflate';
import type { Picture } from './picture.ts';

/** Larger pictures are as fast in the general decoder. */
const MOST_SIDE = 512;
/** Below this many bytes, starting the native inflater costs more than it saves. */
const LEAST_NATIVE_BYTES = 32_768;
const SIGNATURE_BYTES = 8;
const CHANNELS: Readonly<Record<number, Picture['channels']>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Chunks that change nothing in the pixels. */
const HARMLESS = new Set(['tEXt', 'zTXt', 'iTXt', 'tIME', 'pHYs', 'bKGD', 'sBIT', 'hIST', 'gAMA', 'cHRM', 'sRGB']);

interface Png {
  readonly width: number;
  readonly height: number;
  readonly colourType: number;
  readonly channels: Picture['channels'];
  readonly data: Buffer;
  readonly palette?: Buffer;
  readonly paletteAlpha?: Buffer;
}

/**
 * Decodes the small PNG files that image sets are mostly made of, ten times faster than the general decoder can begin to.
 * 8 bits a channel, not interlaced. @returns undefined for all others, and for whatever is not quite right: the general decoder
 * then decodes it or says what is wrong.
 */
export function decodeSmallPng(bytes: Uint8Array): Picture | undefined {
  const png = readChunks(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (png === undefined) return undefined;
  const { width, height, channels } = png;
  const stride = width * channels;
  const filtered = inflate(png.data, height * (stride + 1));
  if (filtered === undefined) return undefined;
  const pixels = unfilter(filtered, height, stride, channels);
  if (pixels === undefined) return undefined;
  return png.colourType === 3 ? fromPalette(png, pixels) : { width, height, channels, pixels };
}

function readChunks(bytes: Buffer): Png | undefined {
  if (bytes.length < SIGNATURE_BYTES + 25 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [depth, colourType, interlaced] = [bytes[24]!, bytes[25]!, bytes[28]!];
  const channels = CHANNELS[colourType];
  if (depth !== 8 || interlaced !== 0 || channels === undefined) return undefined;
  if (width < 1 || height < 1 || width > MOST_SIDE || height > MOST_SIDE) return undefined;
  const parts: Buffer[] = [];
  let palette: Buffer | undefined;
  let paletteAlpha: Buffer | undefined;
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length || crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) return undefined;
    const kind = bytes.toString('latin1', at + 4, at + 8);
    const body = bytes.subarray(at + 8, end);
    if (kind === 'IEND') {
      const data = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      if (colourType === 3 && palette === undefined) return undefined;
      const colours = palette === undefined ? {} : { palette, ...(paletteAlpha === undefined ? {} : { paletteAlpha }) };
      return { width, height, colourType, channels, data, ...colours };
    }
    if (kind === 'IDAT') parts.push(body);
    else if (kind === 'PLTE') palette = body;
    else if (kind === 'tRNS' && colourType === 3) paletteAlpha = body;
    else if (kind !== 'IHDR' && !HARMLESS.has(kind)) return undefined;
    at = end + 4;
  }
  return undefined;
}

/** Exactly `size` bytes, or undefined. */
function inflate(data: Buffer, size: number): Uint8Array | undefined {
  try {
    if (size >= LEAST_NATIVE_BYTES) {
      const whole = inflateSync(data, { maxOutputLength: size });
      return whole.length === size ? whole : undefined;
    }
    // One byte more shows what is too long.
    const whole = unzlibSync(data, { out: new Uint8Array(size + 1) });
    return whole.length === size ? whole : undefined;
  } catch {
    return undefined;
  }
}

/** Undoes the five filters of PNG (W3C, 9.2), row by row. */
function unfilter(filtered: Uint8Array, height: number, stride: number, step: number): Uint8Array | undefined {
  const pixels = new Uint8Array(height * stride);
  for (let y = 0; y < height; y += 1) {
    const from = y * (stride + 1) + 1;
    const to = y * stride;
    const filter = filtered[from - 1]!;
    if (filter > 4) return undefined;
    for (let x = 0; x < stride; x += 1) {
      const left = x >= step ? pixels[to + x - step]! : 0;
      const up = y > 0 ? pixels[to + x - stride]! : 0;
      let base = 0;
      if (filter === 1) base = left;
      else if (filter === 2) base = up;
      else if (filter === 3) base = (left + up) >> 1;
      else if (filter === 4) base = paeth(left, up, x >= step && y > 0 ? pixels[to + x - stride - step]! : 0);
      pixels[to + x] = filtered[from + x]! + base;
    }
  }
  return pixels;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function fromPalette({ width, height, palette, paletteAlpha }: Png, indices: Uint8Array): Picture | undefined {
  const channels = paletteAlpha === undefined ? 3 : 4;
  const pixels = new Uint8Array(indices.length * channels);
  for (let index = 0; index < indices.length; index += 1) {
    const colour = indices[index]! * 3;
    if (colour + 3 > palette!.length) return undefined;
    for (let channel = 0; channel < 3; channel += 1) pixels[index * channels + channel] = palette![colour + channel]!;
    if (channels === 4) pixels[index * 4 + 3] = paletteAlpha![indices[index]!] ?? 255;
  }
  return { width, height, channels, pixels };
}
