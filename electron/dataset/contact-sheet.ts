import type { ImageColumns } from '../domain/words.ts';

/**
 * Images in rows of `columns`, without gaps, as one image: uint8 [height, width, channels]. What is left of the last row is black.
 */
export function contactSheet(images: ImageColumns, columns: number): ImageColumns {
  const { count, width, height, channels, pixels } = images;
  const rows = Math.ceil(count / columns);
  const stride = columns * width * channels;
  const sheet = new Uint8Array(stride * rows * height);
  const line = width * channels;
  for (let index = 0; index < count; index += 1) {
    const corner = Math.floor(index / columns) * height * stride + (index % columns) * line;
    for (let y = 0; y < height; y += 1) {
      const from = (index * height + y) * line;
      sheet.set(pixels.subarray(from, from + line), corner + y * stride);
    }
  }
  return { count: 1, width: columns * width, height: rows * height, channels, pixels: sheet };
}

/** The first `count` images of a contact sheet, each of this size. */
export function imagesOnSheet(
  sheet: ImageColumns,
  { width, height }: Pick<ImageColumns, 'width' | 'height'>,
  count: number,
): ImageColumns {
  const { channels, pixels } = sheet;
  const columns = sheet.width / width;
  const line = width * channels;
  const images = new Uint8Array(count * height * line);
  for (let index = 0; index < count; index += 1) {
    const corner = Math.floor(index / columns) * height * sheet.width * channels + (index % columns) * line;
    for (let y = 0; y < height; y += 1) {
      const from = corner + y * sheet.width * channels;
      images.set(pixels.subarray(from, from + line), (index * height + y) * line);
    }
  }
  return { count, width, height, channels, pixels: images };
}
