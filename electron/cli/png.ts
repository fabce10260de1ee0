import { StudioError } from '../domain/errors.ts';
import type { ImageColumns } from '../domain/words.ts';
import { contactSheet } from '../dataset/contact-sheet.ts';
import { pngOf } from '../dataset/picture/write-png.ts';

/** Of a contact sheet, in pixels: what most programs still open. */
const MOST_PIXELS = 2 ** 27;

/**
 * All images in rows, without gaps, as one PNG file; what is left of the last row is black.
 * @throws StudioError `refused` beyond 2^27 pixels
 */
export function sheetOf(images: ImageColumns, columns: number): Uint8Array {
  const { count, width, height } = images;
  const rows = Math.ceil(count / columns);
  if (columns * width * rows * height > MOST_PIXELS) {
    const most = MOST_PIXELS.toLocaleString('en');
    const found = `${columns * width} × ${rows * height}`;
    throw new StudioError('refused', `The sheet: expected at most ${most} pixels, found ${found}. Leave out --grid.`);
  }
  return pngOf(contactSheet(images, columns), 0);
}
