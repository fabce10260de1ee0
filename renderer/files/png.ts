import { zlibSync } from 'fflate';
import { encodePng } from '../../electron/domain/png.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import type { Rgba } from '../maths/rgba.ts';

/** The first of the images as a PNG file. */
export const imagePng = (image: ImageColumns): Uint8Array<ArrayBuffer> => encodePng(image, 0, zlibSync);

/** A picture as a PNG file of 8-bit RGB; its alpha is left out. */
export function picturePng({ width, height, data }: Rgba): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(3 * width * height);
  for (let at = 0; at < width * height; at++) pixels.set(data.subarray(4 * at, 4 * at + 3), 3 * at);
  return imagePng({ count: 1, width, height, channels: 3, pixels });
}
