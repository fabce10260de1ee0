import sharp, { type Sharp } from 'sharp';
import type { Distortion } from '../../contract/sweep.ts';
import type { ImageColumns } from '../../contract/words.ts';
import { contactSheet } from '../../dataset/contact-sheet.ts';
import type { Breathe } from '../../engine/inference.ts';
import { squaredErrorPerImage } from './quantise.ts';

const COLUMNS = 10;
const qualities = [1, 2, 3, 5, 8, 12, 18, 25, 35, 45, 55, 65, 75, 85, 92, 97, 100];

type Codec = Distortion['codecs'][number];

/** What JPEG and WebP make of one contact sheet of these images, at qualities from the worst to the best. */
export async function codecsOf(images: ImageColumns, breathe: Breathe): Promise<Codec[]> {
  const sheet = contactSheet(images, COLUMNS);
  const { width, height, channels } = sheet;
  const raw = { width, height, channels: channels === 3 ? 3 : 1 } as const;
  const results: Codec[] = [];
  for (const format of ['jpeg', 'webp'] as const) {
    for (const quality of qualities) {
      const image = inColours(sharp(sheet.pixels, { raw, limitInputPixels: false }), channels);
      const encoded = await (format === 'jpeg' ? image.jpeg({ quality }) : image.webp({ quality })).toBuffer();
      const decoded = await inColours(sharp(encoded, { limitInputPixels: false }), channels)
        .raw()
        .toBuffer();
      // What is black on both sheets beyond the last image counts as nothing, unless the codec has changed it.
      const squaredError = squaredErrorPerImage(sheet.pixels, decoded, images.count);
      results.push({ format, quality, bytes: encoded.length, squaredError });
      await breathe();
    }
  }
  return results;
}

function inColours(image: Sharp, channels: number): Sharp {
  return image.toColourspace(channels === 3 ? 'srgb' : 'b-w');
}
