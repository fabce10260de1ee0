import { stopIfAsked } from './listing.ts';
import { digestOf } from './read-item.ts';
import type { Source, SourceItem } from './source.ts';

/** More files are not compared before an import: it would read most of them twice. */
const MOST_FILES = 5_000;
/** Bytes of files of equal size that are read at most. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * How many picture files have the same content as one before them. Only files of equal size are read.
 * @param unread names of what cannot be read, and so is the same as nothing
 * @returns undefined where there are too many to tell, or none are files
 */
export async function countDuplicates(
  source: Source,
  unread: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  if (source.count > MOST_FILES || source.shape !== undefined) return undefined;
  const bySize = new Map<number, SourceItem[]>();
  for await (const item of source.items()) {
    stopIfAsked(signal);
    const { content } = item;
    if (content.kind !== 'file' || content.size === undefined) return undefined;
    if (content.page !== undefined || unread.has(item.name)) continue;
    const bytes = await content.size().catch(() => -1);
    const known = bySize.get(bytes);
    if (known === undefined) bySize.set(bytes, [item]);
    else known.push(item);
  }
  const alike = [...bySize].filter(([bytes, items]) => bytes > 0 && items.length > 1);
  if (alike.reduce((sum, [bytes, items]) => sum + bytes * items.length, 0) > MOST_BYTES) return undefined;
  let duplicates = 0;
  for (const [, items] of alike) {
    const seen = new Set<string>();
    for (const { content } of items) {
      stopIfAsked(signal);
      const bytes = content.kind === 'file' ? await content.read().catch(() => undefined) : undefined;
      if (bytes === undefined) continue;
      const digest = digestOf(bytes);
      if (seen.has(digest)) duplicates += 1;
      seen.add(digest);
    }
  }
  return duplicates;
}
