import type { ImageColumns } from '../../electron/domain/words.ts';

/** One of the images, sharing memory with the column. */
export function imageAt({ height, width, channels, pixels }: ImageColumns, index: number): ImageColumns {
  const length = height * width * channels;
  return { count: 1, height, width, channels, pixels: pixels.subarray(index * length, (index + 1) * length) };
}
