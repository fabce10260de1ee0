import type { ImageColumns } from '../../domain/words.ts';
import { loadSharp } from './load-sharp.ts';

/** One of the images as a PNG file. */
export async function pngOf(images: ImageColumns, index: number): Promise<Uint8Array> {
  const { width, height, channels, pixels } = images;
  const size = height * width * channels;
  const sharp = await loadSharp();
  return sharp(pixels.subarray(index * size, (index + 1) * size), {
    raw: { width, height, channels: channels === 3 ? 3 : 1 },
    limitInputPixels: false,
  })
    .png()
    .toBuffer();
}
