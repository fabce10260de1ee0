import { hash } from 'node:crypto';
import { StudioError } from '../../domain/errors.ts';
import type { Preparation } from '../../contract/import-options.ts';
import { MOST_FILE_BYTES } from '../../files/zip-archive.ts';
import type { Tiling } from '../../domain/inspection/tile-places.ts';
import { decodePicture, type Decoded } from '../picture/decode.ts';
import { BYTES, hasVanished, pictureOfNumbers } from '../picture/number-picture.ts';
import { isEven, type Picture } from '../picture/picture.ts';
import { prepare } from '../picture/prepare.ts';
import { tilesOf, type TileImage } from '../picture/tiles.ts';
import type { EncodedFile, SourceItem } from './source.ts';
import { whyUnreadable } from './system.ts';

export type ReadItem = { readonly item: SourceItem } & (
  | {
      readonly kind: 'image';
      /** uint8 [height, width, channels] as the preparation says. */
      readonly pixels: Uint8Array;
      /** As it was decoded. */
      readonly picture: Picture;
      /** Of the file's bytes, or the row's values. */
      readonly digest: string;
      readonly note?: string;
      /** uint8 [height, width], 255 where a pixel is marked; absent without a mask. */
      readonly mask?: Uint8Array;
      /** Of a large picture that is cut; its mask is then not read. */
      readonly tiles?: readonly TileImage[];
    }
  | { readonly kind: 'problem'; readonly reason: string }
);

/** Pictures that are cut are decoded whole up to this side. */
const MOST_CUT = 8_192;

/** Reads, decodes and prepares one picture, or its tiles; what is wrong with it is part of the answer. */
export async function readItem(item: SourceItem, preparation: Preparation, tiling?: Tiling): Promise<ReadItem> {
  try {
    const side = tiling === undefined ? {} : { width: MOST_CUT, height: MOST_CUT };
    const { picture, content, note, lost } = await decodeItem(item, { ...preparation, ...side });
    const pixels = prepare(picture, preparation);
    const vanished =
      isEven(pixels, preparation.channels) && (lost === true || !isEven(picture.pixels, picture.channels));
    const told = vanished ? ONE_COLOUR : note;
    const tiles = tiling === undefined ? {} : { tiles: tilesOf(picture, preparation, tiling) };
    const mask =
      item.mask === undefined || tiling !== undefined ? {} : { mask: await readMask(item.mask, preparation) };
    return {
      item,
      kind: 'image',
      pixels,
      picture,
      digest: digestOf(content),
      ...(told === undefined ? {} : { note: told }),
      ...mask,
      ...tiles,
    };
  } catch (error) {
    return { item, kind: 'problem', reason: reasonOf(error, item.name) };
  }
}

const ONE_COLOUR = 'came out one colour: nothing of it can be seen.';

/** A mask of the prepared image: what is lighter than half is marked; beside a contained picture nothing is. */
export async function readMask(
  { name, read }: EncodedFile,
  preparation: Pick<Preparation, 'width' | 'height' | 'fit'>,
): Promise<Uint8Array> {
  const { width, height, fit } = preparation;
  const decoded = await decodePicture(await read(), name, Math.max(width, height));
  const plain = { width, height, fit, channels: 1, background: '#000000', invert: false, centre: false } as const;
  return prepare(decoded.picture, plain).map((value) => (value >= 128 ? 255 : 0));
}

/** What decoding needs of a preparation. */
export type DecodedFor = Pick<Preparation, 'width' | 'height' | 'range' | 'bands'>;

/**
 * Reads and decodes one picture.
 * @param use the size it will be used at, in pixels, and what its numbers mean where they are not 0 to 255
 * @returns the picture and the bytes that tell it from others: the file's and its page, or the values of a row
 * @throws StudioError `bad-file`, or the system's error where the file cannot be read (`reasonOf` words it)
 */
export async function decodeItem(
  item: SourceItem,
  { width, height, range = item.range, bands }: DecodedFor,
): Promise<Decoded & { readonly content: Uint8Array }> {
  const { content, name } = item;
  if (content.kind === 'numbers') {
    const picture = pictureOfNumbers(content.numbers, range ?? BYTES, bands);
    const lost = hasVanished(content.numbers, picture);
    return { picture, size: picture, content: bytesOf(content.numbers.values), lost };
  }
  const bytes = await content.read();
  if (bytes.length > MOST_FILE_BYTES) {
    const most = MOST_FILE_BYTES.toLocaleString('en');
    const found = bytes.length.toLocaleString('en');
    throw new StudioError('bad-file', `${name}: expected a file of at most ${most} bytes, found ${found}.`);
  }
  const { page } = content;
  const chosen = { ...(range === undefined ? {} : { range }), ...(bands === undefined ? {} : { bands }) };
  const decoded = await decodePicture(bytes, name, Math.max(width, height), {
    ...chosen,
    ...(page === undefined ? {} : { page }),
  });
  return { ...decoded, content: page === undefined ? bytes : decoded.picture.pixels };
}

function bytesOf(values: ArrayLike<number>): Uint8Array {
  if (!ArrayBuffer.isView(values)) return Buffer.from(Float64Array.from(values).buffer);
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

export function digestOf(bytes: Uint8Array): string {
  return hash('sha1', bytes, 'base64');
}

/** Why a picture could not be read, in words that follow its name. Throws what is no fault of the picture's. */
export function reasonOf(error: unknown, name: string): string {
  // The name is said beside the reason.
  if (error instanceof StudioError) return error.message.replace(`${name}: `, '');
  if (typeof (error as NodeJS.ErrnoException).code === 'string')
    return `expected a picture, but ${whyUnreadable(error)}.`;
  throw error;
}

/** Runs `work` on some items beside each other and gives the results in the items' order. */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const waiting: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // Awaited below, perhaps after another has failed.
    result.catch(() => undefined);
    waiting.push(result);
    if (waiting.length >= atOnce) yield await waiting.shift()!;
  }
  while (waiting.length > 0) yield await waiting.shift()!;
}
