import { notAnImage } from '../picture/decode.ts';
import { END_BYTES, endsWhole } from '../picture/picture-end.ts';
import { kindOfFile, pictureKinds, SNIFF_BYTES } from '../picture/sniff.ts';
import { stopIfAsked } from './listing.ts';
import { decodeItem, inOrder, reasonOf } from './read-item.ts';
import type { Source, SourceItem, UnreadFile } from './source.ts';

/** More files are told by their names before an import: what is none comes out when it is read. */
const MOST_FILES = 5_000;
/** Files decoded because of how they end: where all end strangely, an import is no slower. */
const MOST_DOUBTED = 200;
/** Decoders shrink what is much larger while they decode it. */
const SIDE = 64;

export interface LookedThrough {
  readonly unread: readonly UnreadFile[];
  /** Pictures that were decoded, or could not be. */
  readonly decoded: number;
  /** Of the others those that begin and end as they should. */
  readonly whole: number;
}

/**
 * Files that an import will leave out, for the reason that reading them gives: what is a picture by its name only, and what ends too soon
 * and does not decode. Ends say where to look, the decoder what is so: it takes some pictures that are cut short.
 * @param tried names of what has been decoded already
 */
export async function lookThrough(
  source: Source,
  tried: ReadonlySet<string>,
  atOnce: number,
  signal: AbortSignal | undefined,
): Promise<LookedThrough> {
  const unread: UnreadFile[] = [];
  const doubted: SourceItem[] = [];
  let whole = 0;
  if (source.count > MOST_FILES || source.shape !== undefined) return { unread, decoded: 0, whole };
  for await (const item of source.items()) {
    stopIfAsked(signal);
    if (tried.has(item.name)) continue;
    const seen = await lookAt(item).catch(() => 'doubted' as const);
    if (typeof seen === 'object') unread.push(seen);
    else if (seen === 'whole') whole += 1;
    else if (seen === 'doubted' && doubted.length < MOST_DOUBTED) doubted.push(item);
  }
  for await (const found of inOrder(doubted, atOnce, whyUnread)) {
    stopIfAsked(signal);
    if (found !== undefined) unread.push(found);
  }
  return { unread, decoded: doubted.length, whole };
}

/** Throws where it may not be read. */
async function lookAt({ name, label, content }: SourceItem): Promise<UnreadFile | 'whole' | 'doubted' | 'unknown'> {
  if (content.kind !== 'file' || content.head === undefined) return 'unknown';
  const { head, tail, size } = content;
  const first = await head(SNIFF_BYTES);
  const kind = kindOfFile(first, name);
  if (!pictureKinds.has(kind)) return { name, reason: notAnImage(kind), ...labelled(label) };
  if (tail === undefined || size === undefined) return 'unknown';
  const ends = endsWhole(kind, first, await tail(END_BYTES), await size());
  return ends === undefined ? 'unknown' : ends ? 'whole' : 'doubted';
}

async function whyUnread(item: SourceItem): Promise<UnreadFile | undefined> {
  const { name, label } = item;
  return decodeItem(item, { width: SIDE, height: SIDE }).then(
    () => undefined,
    (error: unknown) => ({ name, reason: reasonOf(error, name), ...labelled(label) }),
  );
}

const labelled = (label: string | undefined): Pick<UnreadFile, 'label'> => (label === undefined ? {} : { label });
