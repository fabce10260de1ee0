import type { Sharp } from 'sharp';
import { StudioError } from '../../domain/errors.ts';
import type { NumberRange } from '../../contract/import-options.ts';
import { deepNumbers, isDeep, type DeepSpace } from './deep-png.ts';
import { generalDecoder } from './general-decoder.ts';
import { jpegHeader } from './jpeg-header.ts';
import { NumberSurvey } from './number-survey.ts';
import { hasVanished, pictureOfNumbers } from './number-picture.ts';
import type { Picture } from './picture.ts';
import { MOST_PIXELS, tooLarge } from './picture-size.ts';
import { decodeSmallPng } from './small-png.ts';
import { kindNames, kindOfFile, pictureKinds, type FileKind } from './sniff.ts';

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
  /** Its numbers differ, but all of them lie where everything is black, or white. */
  readonly lost?: boolean;
}

/** What part of a file is decoded, and what its numbers mean where they have more than 8 bits. */
export interface DecodeOptions {
  /** Of a TIFF file, its directory; the first where it is left out. */
  readonly page?: number;
  /** Left out: chosen from the picture's own numbers. */
  readonly range?: NumberRange;
  readonly bands?: readonly number[];
}

/**
 * Decodes a picture: PNG, JPEG, WebP, GIF and other animations (first frame), TIFF (one page), AVIF, BMP, Netpbm. Turned upright
 * as EXIF says, in sRGB, 8 bits a channel, alpha kept.
 * @param name what errors call it.
 * @param side the longer side it will be used at, in pixels: much larger pictures are shrunk while they are decoded.
 * @throws StudioError `bad-file`, saying what was expected and what was found.
 */
export async function decodePicture(
  bytes: Uint8Array,
  name: string,
  side: number,
  options: DecodeOptions = {},
): Promise<Decoded> {
  const kind = kindOfFile(bytes, name);
  if (!pictureKinds.has(kind)) throw new StudioError('bad-file', `${name}: ${notAnImage(kind)}`);
  if (kind === 'bmp') {
    const { decodeBmp } = await import('./bmp.ts');
    return whole(decodeBmp(bytes, name));
  }
  if (kind === 'netpbm') {
    const { decodeNetpbm } = await import('./netpbm.ts');
    return whole(decodeNetpbm(bytes, name));
  }
  const numbers = kind === 'tiff' ? await decodeTiffNumbers(bytes, name, options) : undefined;
  if (numbers !== undefined) return numbers;
  const small = kind === 'png' ? decodeSmallPng(bytes) : undefined;
  if (small !== undefined) return whole(small);
  const open = await generalDecoder();
  const source = open(kind === 'avif' ? asStillAvif(bytes) : bytes, options.page);
  const broken =
    (how: string) =>
    (cause: unknown): never => {
      const message = `${name}: expected a whole image, found ${kindNames[kind]} ${how}.`;
      // The decoder's own words are kept for the curious: beside other pictures they are not always this one's.
      throw new StudioError('bad-file', message, { cause, detail: String((cause as Error).message) });
    };
  const cutOff = broken('that is cut off or damaged');
  const most = Math.max(LEAST_DECODED_SIDE, side * OVERSAMPLING);
  const plain = kind === 'jpeg' ? jpegHeader(bytes) : undefined;
  if (plain?.isPlain === true) {
    const { width, height } = plain;
    if (width * height > MOST_PIXELS) throw tooLarge(name, width, height);
    // Each step that is left out saves as much as decoding a small picture takes.
    return {
      picture: await rawOf(shrunk(source, Math.max(width, height), most)).catch(cutOff),
      size: { width, height },
    };
  }
  const {
    width,
    height,
    autoOrient,
    pages = 1,
    depth,
    space,
  } = await source.metadata().catch(broken('whose header cannot be read'));
  if (width * height > MOST_PIXELS) throw tooLarge(name, width, height);
  // At one bit a pixel. The decoder would look for the missing rows for seconds.
  if (kind === 'png' && (height * width) / 8 > bytes.length * DEFLATE_LIMIT) {
    cutOff(new Error(`${width} × ${height} pixels in ${bytes.length} bytes`));
  }
  const size = { width: autoOrient.width, height: autoOrient.height };
  if (kind === 'png' && depth === 'ushort' && isDeep(space)) {
    return { ...(await decodeDeep(source, space, options).catch(cutOff)), size };
  }
  const picture = await decodeRaw(source, Math.max(width, height), most).catch(cutOff);
  if (kind === 'avif' && isAnimatedAvif(bytes))
    return { picture, size, note: 'has several frames; the first was taken.' };
  if (pages === 1 || kind === 'tiff') return { picture, size };
  return { picture, size, note: `has ${pages} frames; the first was taken.` };
}

/** A page of numbers; undefined where the general decoder knows it. */
async function decodeTiffNumbers(
  bytes: Uint8Array,
  name: string,
  options: DecodeOptions,
): Promise<Decoded | undefined> {
  const { readAtOf, tiffPages } = await import('./tiff-header.ts');
  const { holdsNumbers, numberTypeOf, tiffNumbers } = await import('./tiff-numbers.ts');
  const pages = await tiffPages(readAtOf(bytes));
  const page = pages.find(({ index }) => index === options.page) ?? pages[0];
  if (page === undefined || !holdsNumbers(page)) return undefined;
  const { width, height, bands, bits, photometric } = page;
  if (width * height > MOST_PIXELS) throw tooLarge(name, width, height);
  // Nothing packs better than deflate.
  if ((width * height * bands * Math.max(...bits)) / 8 > bytes.length * DEFLATE_LIMIT) {
    throw new StudioError(
      'bad-file',
      `${name}: expected a whole image, found a TIFF image that is cut off or damaged.`,
    );
  }
  const numbers = await tiffNumbers(bytes, page, name);
  const picture = pictureOfNumbers(
    numbers,
    options.range ?? ownRange(numbers.values, numberTypeOf(page)),
    options.bands,
  );
  const isNegative = photometric === 0;
  const upright = isNegative ? { ...picture, pixels: picture.pixels.map((value) => 255 - value) } : picture;
  const notes = [bandsNote(bands, page.alpha, options.bands), gapsNote(numbers.values)].filter((note) => note !== '');
  const note = notes.length === 0 ? {} : { note: `${notes.join('; ')}.` };
  return { ...whole(upright), lost: hasVanished(numbers, picture), ...note };
}

/** Empty where no band is left out unasked. */
function bandsNote(bands: number, alpha: boolean, chosen: readonly number[] | undefined): string {
  const colours = bands - (alpha ? 1 : 0);
  if (chosen !== undefined || colours === 1 || colours === 3) return '';
  return `has ${bands} bands; ${colours < 3 ? 'the first was' : 'the first three were'} taken`;
}

/** Empty where every value is a number. */
function gapsNote(values: ArrayLike<number>): string {
  return Array.prototype.some.call(values, Number.isNaN) ? 'has pixels without a number (NaN), which became black' : '';
}

function ownRange(
  values: ArrayLike<number>,
  type: { readonly kind: 'u' | 'i' | 'f'; readonly bits: number },
): NumberRange {
  const survey = new NumberSurvey();
  survey.addKnown(values, type);
  return survey.range();
}

/** A PNG of 16 bits a channel, of which cameras and scanners often fill fewer. */
async function decodeDeep(
  source: Sharp,
  space: DeepSpace,
  { range }: DecodeOptions,
): Promise<Pick<Decoded, 'picture' | 'lost'>> {
  const numbers = await deepNumbers(source, space);
  // Opacity is whole at 65,535 whatever the colours fill.
  const own = numbers.alpha ? { black: 0, white: 65_535 } : ownRange(numbers.values, { kind: 'u', bits: 16 });
  const picture = pictureOfNumbers(numbers, range ?? own);
  return { picture, lost: hasVanished(numbers, picture) };
}

/** The general decoder does not know the brand of animated AVIF, but reads its first picture under the other name. */
function asStillAvif(bytes: Uint8Array): Uint8Array {
  if (!isAnimatedAvif(bytes)) return bytes;
  const still = Buffer.from(bytes);
  still.write('avif', 8, 'latin1');
  return still;
}

const isAnimatedAvif = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(8, 12)).toString('latin1') === 'avis';

function whole(picture: Picture): Decoded {
  return { picture, size: { width: picture.width, height: picture.height } };
}

function decodeRaw(source: Sharp, longest: number, most: number): Promise<Picture> {
  return rawOf(shrunk(source.autoOrient(), longest, most).toColourspace('srgb'));
}

const shrunk = (source: Sharp, longest: number, most: number): Sharp =>
  longest > most ? source.resize({ width: most, height: most, fit: 'inside' }) : source;

async function rawOf(source: Sharp): Promise<Picture> {
  const { data, info } = await source.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, channels: channels as Picture['channels'], pixels: data };
}

/** What is said of a file of another kind, behind its name. */
export function notAnImage(kind: FileKind): string {
  return `expected an image (PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP or Netpbm), found ${kindNames[kind]}.`;
}
