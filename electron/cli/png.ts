import sharp from 'sharp';
import { StudioError } from '../contract/errors.ts';
import type { ImageColumns } from '../contract/words.ts';
import { contactSheet } from '../dataset/contact-sheet.ts';

/** Of a contact sheet, in pixels: what most programs still open. */
const MOST_PIXELS = 2 ** 27;

/** One image as a PNG file. */
export async function pngOf(images: ImageColumns, index: number): Promise<Uint8Array> {
  const { width, height, channels, pixels } = images;
  const size = height * width * channels;
  return encode(pixels.subarray(index * size, (index + 1) * size), width, height, channels);
}

/**
 * All images in rows, without gaps, as one PNG file; what is left of the last row is black.
 * @throws StudioError `refused` beyond 2^27 pixels
 */
export async function sheetOf(images: ImageColumns, columns: number): Promise<Uint8Array> {
  const { count, width, height } = images;
  const rows = Math.ceil(count / columns);
  if (columns * width * rows * height > MOST_PIXELS) {
    const most = MOST_PIXELS.toLocaleString('en');
    const found = `${columns * width} × ${rows * height}`;
    throw new StudioError('refused', `The sheet: expected at most ${most} pixels, found ${found}. Leave out --grid.`);
  }
  const sheet = contactSheet(images, columns);
  return encode(sheet.pixels, sheet.width, sheet.height, sheet.channels);
}

function encode(pixels: Uint8Array, width: number, height: number, channels: number): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: channels === 3 ? 3 : 1 }, limitInputPixels: false })
    .png()
    .toBuffer();
}
