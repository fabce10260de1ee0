import { createHash } from 'node:crypto';
import { StudioError } from '../../contract/errors.ts';
import type { Preparation } from '../../contract/images.ts';
import { decodePicture } from '../picture/decode.ts';
import { prepare } from '../picture/prepare.ts';
import type { SourceItem } from './source.ts';
import { whyUnreadable } from './system.ts';
import { MOST_FILE_BYTES } from './zip.ts';

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
  const { content, name } = item;
  const side = Math.max(preparation.width, preparation.height);
  try {
    if (content.kind === 'picture') {
      const { picture } = content;
      return { item, kind: 'image', pixels: prepare(picture, preparation), digest: digestOf(picture.pixels) };
    }
    const bytes = await content.read();
    if (bytes.length > MOST_FILE_BYTES) {
      const reason = `expected a file of at most ${MOST_FILE_BYTES.toLocaleString('en')} bytes, found ${bytes.length.toLocaleString('en')}.`;
      return { item, kind: 'problem', reason };
    }
    const { picture, note } = await decodePicture(bytes, name, side);
    const pixels = prepare(picture, preparation);
    return { item, kind: 'image', pixels, digest: digestOf(bytes), ...(note === undefined ? {} : { note }) };
  } catch (error) {
    return { item, kind: 'problem', reason: reasonOf(error, name) };
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('base64');
}

function reasonOf(error: unknown, name: string): string {
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
