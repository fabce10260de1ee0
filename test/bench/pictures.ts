import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { trainingPixels } from './images.ts';

/** Pictures on disk to be imported, in folders by label. */
export interface Pictures {
  /** As the report calls them. */
  readonly title: string;
  readonly folder: string;
  readonly count: number;
  /** What they are imported as. */
  readonly side: number;
  readonly channels: 1 | 3;
  remove(): Promise<void>;
}

const LABELS = 10;
const DIGIT = 28;
/** 12.0 megapixels. */
const PHOTO = { width: 4_000, height: 3_000 };
const SMALL_PHOTO = { width: 400, height: 300 };
/** More would fill the disk; their bytes are read from its cache in any case. */
const DIFFERENT_PHOTOS = 12;

/** MNIST's digits as PNG files of 28 × 28. */
export async function smallPngs(count: number): Promise<Pictures> {
  const { folder, pathOf, remove } = await place('png', count);
  const pixels = await trainingPixels(count, DIGIT);
  const size = DIGIT * DIGIT;
  for (let index = 0; index < count; index++) {
    const raw = { width: DIGIT, height: DIGIT, channels: 1 } as const;
    const digit = sharp(pixels.subarray(index * size, (index + 1) * size), { raw }).toColourspace('b-w');
    await writeFile(pathOf(index), await digit.png().toBuffer());
  }
  const title = `${count.toLocaleString('en-US')} PNG files of 28 × 28`;
  return { title, folder, count, side: DIGIT, channels: 1, remove };
}

/** JPEG files of 12 megapixels, about as many bytes as a camera's; a dozen different ones, linked under many names. */
export const photographs = (count: number): Promise<Pictures> => jpegFiles(count, PHOTO, '12 megapixels');

/** The same of 400 × 300 pixels. */
export const smallPhotographs = (count: number): Promise<Pictures> => jpegFiles(count, SMALL_PHOTO, '400 × 300');

async function jpegFiles(count: number, size: typeof PHOTO, words: string): Promise<Pictures> {
  const { folder, pathOf, remove } = await place('jpg', count);
  for (let index = 0; index < count; index++) {
    if (index < DIFFERENT_PHOTOS) await writeFile(pathOf(index), await photograph(index, size));
    else await link(pathOf(index % DIFFERENT_PHOTOS), pathOf(index));
  }
  const title = `${count.toLocaleString('en-US')} JPEG photographs of ${words}`;
  return { title, folder, count, side: 64, channels: 3, remove };
}

/** Coarse patches of colour under fine grain. */
async function photograph(seed: number, size: typeof PHOTO): Promise<Buffer> {
  const patches = Buffer.from(
    Array.from({ length: 24 * 18 * 3 }, (_, at) => (at * at * 7 + seed * 31 + at * 13) % 256),
  );
  const grain = await sharp({
    create: { ...size, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 24 } },
  })
    .png({ compressionLevel: 0 })
    .toBuffer();
  return sharp(patches, { raw: { width: 24, height: 18, channels: 3 } })
    .resize({ ...size, fit: 'fill', kernel: 'cubic' })
    .composite([{ input: grain, blend: 'soft-light' }])
    .jpeg({ quality: 90 })
    .toBuffer();
}

async function place(ending: string, count: number) {
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-studio-bench-'));
  const labels = Array.from({ length: LABELS }, (_, label) => join(folder, `label-${label}`));
  for (const label of labels) await mkdir(label);
  const digits = String(count).length;
  return {
    folder,
    pathOf: (index: number) => join(labels[index % LABELS]!, `${String(index).padStart(digits, '0')}.${ending}`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
