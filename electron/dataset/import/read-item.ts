import { hash } from 'node:crypto';
import { StudioError } from '../../domain/errors.ts';
import type { Preparation } from '../../contract/images.ts';
import { MOST_FILE_BYTES } from '../../files/zip-archive.ts';
import { decodePicture } from '../picture/decode.ts';
import type { Picture } from '../picture/picture.ts';
import { prepare } from '../picture/prepare.ts';
import type { SourceItem } from './source.ts';
import { whyUnreadable } from './system.ts';

export type ReadItem = { readonly item: SourceItem } & (
  | {
      readonly kind: 'image';
      /** uint8 [height, width, channels] as the preparation says. */
      readonly pixels: Uint8Array;
      /** Of the file's bytes, or the row's pixels. */
      readonly digest: string;
      readonly note?: string;
    }
  | { readonly kind: 'problem'; readonly reason: string }
);

/** Reads, decodes and prepares one picture; what is wrong with it is part of the answer. */
export async function readItem(item: SourceItem, preparation: Preparation): Promise<ReadItem> {
  try {
    const { picture, content, note } = await decodeItem(item, Math.max(preparation.width, preparation.height));
    const pixels = prepare(picture, preparation);
    return { item, kind: 'image', pixels, digest: digestOf(content), ...(note === undefined ? {} : { note }) };
  } catch (error) {
    return { item, kind: 'problem', reason: reasonOf(error, item.name) };
  }
}

/**
 * Reads and decodes one picture.
 * @param side the longer side it will be used at, in pixels
 * @returns the picture and the bytes that tell it from others: the file's, or a row's pixels
 * @throws StudioError `bad-file`, or the system's error where the file cannot be read (`reasonOf` words it)
 */
export async function decodeItem(
  { content, name }: SourceItem,
  side: number,
): Promise<{ readonly picture: Picture; readonly content: Uint8Array; readonly note?: string }> {
  if (content.kind === 'picture') return { picture: content.picture, content: content.picture.pixels };
  const bytes = await content.read();
  if (bytes.length > MOST_FILE_BYTES) {
    const most = MOST_FILE_BYTES.toLocaleString('en');
    const found = bytes.length.toLocaleString('en');
    throw new StudioError('bad-file', `${name}: expected a file of at most ${most} bytes, found ${found}.`);
  }
  return { ...(await decodePicture(bytes, name, side)), content: bytes };
}

function digestOf(bytes: Uint8Array): string {
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
