import type { ImageColumns } from '../../electron/domain/words.ts';

/**
 * One image, its longer side at most `most` pixels: each pixel the mean of a block of the original's (the last row and
 * column of blocks may be cut). An image that fits is returned as it is.
 */
export function shrunk(image: ImageColumns, most: number): ImageColumns {
  const block = Math.ceil(Math.max(image.width, image.height) / most);
  if (block <= 1) return image;
  const { channels } = image;
  const width = Math.ceil(image.width / block);
  const height = Math.ceil(image.height / block);
  const pixels = new Uint8Array(width * height * channels);
  const sums = new Uint32Array(width * channels);
  for (let y = 0; y < height; y++) {
    const rows = Math.min(block, image.height - y * block);
    sumBlocks(image, y * block, rows, block, sums);
    for (let x = 0; x < width; x++) {
      const count = rows * Math.min(block, image.width - x * block);
      for (let at = x * channels; at < (x + 1) * channels; at++) {
        pixels[y * width * channels + at] = Math.round(sums[at]! / count);
      }
    }
  }
  return { count: 1, height, width, channels, pixels };
}

/** Adds up each block of so many rows; row by row, as the pixels lie in memory: many originals are shrunk at once. */
function sumBlocks(image: ImageColumns, top: number, rows: number, block: number, sums: Uint32Array): void {
  const { width, channels, pixels } = image;
  sums.fill(0);
  for (let y = top; y < top + rows; y++) {
    let at = y * width * channels;
    for (let x = 0; x < width; x++) {
      const to = Math.floor(x / block) * channels;
      for (let channel = 0; channel < channels; channel++) sums[to + channel]! += pixels[at++]!;
    }
  }
}
