import type { ImageColumns } from '../../electron/domain/words.ts';
import type { Rgba } from './rgba.ts';
import { imageAt } from './image-at.ts';

/**
 * Images side by side in rows of `columns`, in their own size; cells without an image are see-through.
 * @param around see-through pixels on every side of each image
 */
export function sheetOf(images: ImageColumns, columns: number, around = 0): Rgba {
  const rows = Math.ceil(images.count / columns);
  const [across, down] = [images.width + 2 * around, images.height + 2 * around];
  const [width, height] = [columns * across, rows * down];
  const data = new Uint8ClampedArray(4 * width * height);
  for (let image = 0; image < images.count; image++) {
    const left = (image % columns) * across + around;
    const top = Math.floor(image / columns) * down + around;
    layImage(data, images, image, 4 * (top * width + left), 4 * width);
  }
  return { width, height, data };
}

function layImage(data: Uint8ClampedArray, images: ImageColumns, image: number, corner: number, stride: number): void {
  const { width, height, channels, pixels } = images;
  const [green, blue] = channels === 3 ? [1, 2] : [0, 0];
  let from = image * width * height * channels;
  for (let row = 0; row < height; row++) {
    for (let to = corner + row * stride, end = to + 4 * width; to < end; to += 4, from += channels) {
      data[to] = pixels[from]!;
      data[to + 1] = pixels[from + green]!;
      data[to + 2] = pixels[from + blue]!;
      data[to + 3] = 255;
    }
  }
}

/** Columns of images of one shape as one column. */
export function joined(columns: readonly ImageColumns[]): ImageColumns | undefined {
  const [first] = columns;
  if (!first) return undefined;
  const pixels = new Uint8Array(columns.reduce((sum, images) => sum + images.pixels.length, 0));
  let at = 0;
  for (const images of columns) {
    pixels.set(images.pixels, at);
    at += images.pixels.length;
  }
  return { ...first, count: columns.reduce((sum, { count }) => sum + count, 0), pixels };
}

/** A picture with every pixel a square of `times` × `times`. */
export function enlarged({ width, height, data }: Rgba, times: number): Rgba {
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const to = new Uint32Array(width * times * height * times);
  for (let y = 0, at = 0; y < height * times; y++) {
    const row = Math.floor(y / times) * width;
    for (let x = 0; x < width * times; x++) to[at++] = from[row + Math.floor(x / times)]!;
  }
  return { width: width * times, height: height * times, data: new Uint8ClampedArray(to.buffer) };
}

/** One of the images, sharing memory with the column. */
/** Each image with its companion to the right, `across` pairs a row; without companions the images alone. */
export function pairsSheet(images: ImageColumns, companions: ImageColumns | undefined, across: number): Rgba {
  if (!companions) return sheetOf(images, across);
  const pairs = Array.from({ length: images.count }, (_, index) => [
    imageAt(images, index),
    imageAt(companions, index),
  ]);
  return sheetOf(joined(pairs.flat()) ?? images, 2 * across);
}
