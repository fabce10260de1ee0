import type { Sharp } from 'sharp';
import type { Distortion } from '../../contract/sweep.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { contactSheet } from '../../dataset/contact-sheet.ts';
import { loadSharp } from '../../dataset/picture/load-sharp.ts';
import type { Breathe } from '../../engine/inference.ts';
import { squaredErrorPerImage } from './quantise.ts';

const COLUMNS = 10;
const qualities = [1, 2, 3, 5, 8, 12, 18, 25, 35, 45, 55, 65, 75, 85, 92, 97, 100];

type Codec = Distortion['codecs'][number];

interface Encoded {
  readonly codec: Codec;
  /** The contact sheet as the codec gives it back. */
  readonly sheet: ImageColumns;
}

/** What JPEG and WebP make of one contact sheet of these images, at qualities from the worst to the best. */
export async function codecsOf(images: ImageColumns, breathe: Breathe): Promise<Codec[]> {
  const sheet = contactSheet(images, COLUMNS);
  const results: Codec[] = [];
  for (const format of ['jpeg', 'webp'] as const) {
    for (const quality of qualities) {
      results.push((await encoded(sheet, images.count, format, quality)).codec);
      await breathe();
    }
  }
  return results;
}

/**
 * The best that JPEG and WebP make of one contact sheet of these images in so many bytes; where even the worst quality takes more,
 * that.
 */
export async function codecsWithin(images: ImageColumns, bytes: number, breathe: Breathe): Promise<Encoded[]> {
  const sheet = contactSheet(images, Math.ceil(Math.sqrt(images.count)));
  const results: Encoded[] = [];
  for (const format of ['jpeg', 'webp'] as const) {
    let best = await encoded(sheet, images.count, format, 1);
    // Bytes grow with quality: halved until the last that fits.
    for (let [fits, beyond] = [1, 101]; best.codec.bytes <= bytes && beyond - fits > 1;) {
      const tried = await encoded(sheet, images.count, format, Math.floor((fits + beyond) / 2));
      const { quality } = tried.codec;
      if (tried.codec.bytes <= bytes) [fits, best] = [quality, tried];
      else beyond = quality;
      await breathe();
    }
    results.push(best);
  }
  return results;
}

async function encoded(sheet: ImageColumns, count: number, format: Codec['format'], quality: number): Promise<Encoded> {
  const { width, height, channels } = sheet;
  const raw = { width, height, channels: channels === 3 ? 3 : 1 } as const;
  const sharp = await loadSharp();
  const image = inColours(sharp(sheet.pixels, { raw, limitInputPixels: false }), channels);
  const file = await (format === 'jpeg' ? image.jpeg({ quality }) : image.webp({ quality })).toBuffer();
  const decoded = await inColours(sharp(file, { limitInputPixels: false }), channels)
    .raw()
    .toBuffer();
  // What is black on both sheets beyond the last image counts as nothing, unless the codec has changed it.
  const squaredError = squaredErrorPerImage(sheet.pixels, decoded, count);
  const codec = { format, quality, bytes: file.length, squaredError };
  return { codec, sheet: { ...sheet, pixels: decoded } };
}

function inColours(image: Sharp, channels: number): Sharp {
  return image.toColourspace(channels === 3 ? 'srgb' : 'b-w');
}
