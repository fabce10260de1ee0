import { notAnImage } from '../picture/decode.ts';
import { kindOfFile, pictureKinds, SNIFF_BYTES } from '../picture/sniff.ts';
import { stopIfAsked } from './listing.ts';
import type { Source, UnreadFile } from './source.ts';

/** More files are told by their names before an import: what is none comes out when it is read. */
const MOST_FILES = 5_000;

/** Files that are pictures by their names and not by their first bytes, for the reason that reading them would give. */
export async function falsePictures(source: Source, signal: AbortSignal | undefined): Promise<UnreadFile[]> {
  const found: UnreadFile[] = [];
  if (source.count > MOST_FILES || source.shape !== undefined) return found;
  for await (const { name, label, content } of source.items()) {
    stopIfAsked(signal);
    // What may not be read is told when it is tried.
    const head = content.kind === 'file' ? await content.head?.(SNIFF_BYTES).catch(() => undefined) : undefined;
    if (head === undefined) continue;
    const kind = kindOfFile(head, name);
    if (pictureKinds.has(kind)) continue;
    found.push({ name, reason: notAnImage(kind), ...(label === undefined ? {} : { label }) });
  }
  return found;
}
