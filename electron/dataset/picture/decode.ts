import type { Sharp } from 'sharp';
import { StudioError } from '../../domain/errors.ts';
import type { Picture } from './picture.ts';
import { MOST_PIXELS, tooLarge } from './picture-size.ts';
import { decodeSmallPng } from './small-png.ts';
import { kindNames, pictureKinds, sniff } from './sniff.ts';

/** A byte of deflate, which PNG is packed by, stands for no more. */
const DEFLATE_LIMIT = 1_032;

/** Sides beyond this are shrunk while they are decoded, so that a large photograph never lies in memory whole. */
const LEAST_DECODED_SIDE = 192;

/** Decoded pictures hold this many times the side they are made for, so that what follows is as good as from the whole. */
const OVERSAMPLING = 3;

export interface Decoded {
  /** Perhaps smaller than the file's own. */
  readonly picture: Picture;
  /** The file's own size, upright, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** What a person may not expect, such as an animation's first frame; absent mostly. */
  readonly note?: string;
}

/**
 * Decodes a picture: PNG, JPEG, WebP, GIF and other animations (first frame), TIFF (first page), AVIF, BMP. Turned upright as
 * EXIF says, in sRGB, 8 bits a channel, alpha kept.
 * @param name what errors call it.
 * @param side the longer side it will be used at, in pixels: much larger pictures are shrunk while they are decoded.
 * @throws StudioError `bad-file`, saying what was expected and what was found.
 */
export async function decodePicture(bytes: Uint8Array, name: string, side: number): Promise<Decoded> {
  const kind = sniff(bytes);
  if (!pictureKinds.has(kind)) throw expectedImage(name, kindNames[kind]);
  if (kind === 'bmp') {
    const { decodeBmp } = await import('./bmp.ts');
    return whole(decodeBmp(bytes, name));
  }
  const small = kind === 'png' ? decodeSmallPng(bytes) : undefined;
  if (small !== undefined) return whole(small);
  const { open } = await decoder();
  const source = open(bytes);
  const broken =
    (how: string) =>
    (cause: unknown): never => {
      const message = `${name}: expected a whole image, found ${kindNames[kind]} ${how}.`;
      // The decoder's own words are kept for the curious: beside other pictures they are not always this one's.
      throw new StudioError('bad-file', message, { cause, detail: String((cause as Error).message) });
    };
  const cutOff = broken('that is cut off or damaged');
  const { width, height, autoOrient, pages = 1 } = await source.metadata().catch(broken('whose header cannot be read'));
  if (width * height > MOST_PIXELS) throw tooLarge(name, width, height);
  // At one bit a pixel. The decoder would look for the missing rows for seconds.
  if (kind === 'png' && (height * width) / 8 > bytes.length * DEFLATE_LIMIT) {
    cutOff(new Error(`${width} × ${height} pixels in ${bytes.length} bytes`));
  }
  const most = Math.max(LEAST_DECODED_SIDE, side * OVERSAMPLING);
  const picture = await decodeRaw(source, Math.max(width, height), most).catch(cutOff);
  const size = { width: autoOrient.width, height: autoOrient.height };
  if (pages === 1) return { picture, size };
  return { picture, size, note: `has ${pages} ${kind === 'tiff' ? 'pages' : 'frames'}; the first was taken.` };
}

function whole(picture: Picture): Decoded {
  return { picture, size: { width: picture.width, height: picture.height } };
}

async function decodeRaw(source: Sharp, longest: number, most: number): Promise<Picture> {
  let upright = source.autoOrient();
  if (longest > most) upright = upright.resize({ width: most, height: most, fit: 'inside' });
  const { data, info } = await upright
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, channels: channels as Picture['channels'], pixels: data };
}

/** Loaded when the first picture is decoded: most commands never need it. */
let loading: Promise<{ open: (bytes: Uint8Array) => Sharp }> | undefined;

function decoder(): Promise<{ open: (bytes: Uint8Array) => Sharp }> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    // One thread a picture: many pictures are decoded beside each other.
    sharp.concurrency(1);
    // Every picture is seen once.
    sharp.cache(false);
    // The size is checked here, with a message of its own, before anything is decoded.
    return { open: (bytes) => sharp(bytes, { limitInputPixels: false, failOn: 'error', sequentialRead: true }) };
  });
  return loading;
}

function expectedImage(name: string, found: string): StudioError {
  return new StudioError(
    'bad-file',
    `${name}: expected an image (PNG, JPEG, WebP, GIF, TIFF, AVIF or BMP), found ${found}.`,
  );
}
