import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { StudioError } from '../../domain/errors.ts';
import type { SkippedFile } from '../../contract/images.ts';
import { ZipArchive, type ZipEntry } from '../../files/zip-archive.ts';
import { splitOfName } from './labels.ts';
import type { ListedFile } from './listing.ts';
import { MOST_HEAD_BYTES, readNpyHeader, shapeText } from './npy-header.ts';
import type { NpyArray } from './npy-elements.ts';
import { describeArrays, imageLayout, imagesOf, isLabels, labelsOf, type ImageLayout } from './npy-images.ts';
import type { Source, SourceItem } from './source.ts';
import type { ImportSystem } from './system.ts';

interface LabelledArray {
  readonly images: NpyArray;
  readonly layout: ImageLayout;
  readonly labels?: NpyArray;
}

/** .npy files given together: images and, where one fits by its name or length, labels. */
export async function openNpyFiles(files: readonly ListedFile[], system: ImportSystem): Promise<Source> {
  const arrays: NpyArray[] = [];
  const skipped: SkippedFile[] = [];
  for (const file of files) {
    try {
      arrays.push(await npyFile(file, system));
    } catch (error) {
      if (files.length === 1 || !(error instanceof StudioError)) throw error;
      skipped.push({ name: file.name, reason: error.message.replace(`${file.name}: `, '') });
    }
  }
  const source = await sourceOf(files.map(({ name }) => name).join(', '), arrays, system, () => Promise.resolve());
  return { ...source, skipped: [...skipped, ...source.skipped] };
}

/** A .npz archive, as `np.savez` and `np.savez_compressed` write it. */
export async function openNpz({ path, name }: ListedFile, system: ImportSystem): Promise<Source> {
  const archive = await ZipArchive.open(path, name);
  const close = async (): Promise<void> => archive.close();
  try {
    const entries = archive.entries.filter((entry) => entry.name.endsWith('.npy'));
    const arrays: NpyArray[] = [];
    const skipped: SkippedFile[] = [...archive.skipped];
    for (const entry of entries) {
      try {
        arrays.push(await npzEntry(archive, entry));
      } catch (error) {
        // An array beside the images may hold anything.
        if (!(error instanceof StudioError)) throw error;
        skipped.push({ name: `${name}: ${entry.name}`, reason: error.message.replace(/^.*?: /, '') });
      }
    }
    const source = await sourceOf(name, arrays, system, close);
    return { ...source, skipped: [...skipped, ...source.skipped] };
  } catch (error) {
    archive.close();
    throw error;
  }
}

async function npyFile({ path, name }: ListedFile, system: ImportSystem): Promise<NpyArray> {
  const bytes = await system.fileSize(path);
  const file = await open(path);
  try {
    const head = Buffer.alloc(Math.min(bytes, MOST_HEAD_BYTES));
    await file.read(head, 0, head.length, 0);
    const header = readNpyHeader(head, bytes, name);
    return { name, header, open: () => createReadStream(path, { start: header.start }) };
  } finally {
    await file.close();
  }
}

async function npzEntry(archive: ZipArchive, entry: ZipEntry): Promise<NpyArray> {
  const name = entry.name.replace(/\.npy$/, '');
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of archive.stream(entry)) {
    pieces.push(piece);
    length += piece.length;
    if (length >= MOST_HEAD_BYTES) break;
  }
  const header = readNpyHeader(Buffer.concat(pieces), entry.bytes, name);
  return { name, header, open: () => after(archive.stream(entry), header.start) };
}

async function* after(pieces: AsyncIterable<Buffer>, start: number): AsyncGenerator<Buffer> {
  let skip = start;
  for await (const piece of pieces) {
    if (skip < piece.length) yield piece.subarray(skip);
    skip = Math.max(0, skip - piece.length);
  }
}

async function sourceOf(
  name: string,
  arrays: readonly NpyArray[],
  system: ImportSystem,
  close: () => Promise<void>,
): Promise<Source> {
  const all = pair(name, arrays);
  const { width, height, channels } = all[0]!.layout;
  const isLikeFirst = ({ layout }: LabelledArray): boolean =>
    layout.width === width && layout.height === height && layout.channels === channels;
  const parts = all.filter(isLikeFirst);
  const expected = `images of ${height} × ${width} × ${channels} as in ${all[0]!.images.name}`;
  const odd = all.filter((part) => !isLikeFirst(part));
  const skipped = odd.map(({ images: { name: other, header } }) => ({
    name: other,
    reason: `expected ${expected}, found ${shapeText(header.shape)}.`,
  }));
  const splits = parts.map(({ images }) => splitOfName(images.name));
  const labels = await Promise.all(
    parts.map((part) => (part.labels === undefined ? undefined : labelsOf(part.labels))),
  );
  return {
    count: parts.reduce((sum, { layout }) => sum + layout.count, 0),
    shape: { width, height, channels },
    labelCounts: tally(labels.flatMap((part) => part ?? [])),
    splits: new Set(splits),
    skipped,
    close,
    async *items(): AsyncGenerator<SourceItem> {
      for (const [index, { images, layout }] of parts.entries()) {
        const split = splits[index];
        let row = 0;
        for await (const picture of imagesOf(images, layout, system.memoryBytes)) {
          const label = labels[index]?.[row];
          yield {
            name: `${images.name}[${row}]`,
            ...(label === undefined ? {} : { label }),
            ...(split === undefined ? {} : { split }),
            content: { kind: 'picture', picture },
          };
          row += 1;
        }
      }
    },
  };
}

/** How often each name occurs. */
export function tally(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Finds the arrays that are images, and to each the labels of the same length and the nearest name. */
function pair(name: string, arrays: readonly NpyArray[]): LabelledArray[] {
  const withLayout = arrays.map((images) => ({ images, layout: imageLayout(images.header.shape) }));
  const known = withLayout.filter((part): part is LabelledArray => part.layout !== undefined);
  // Two axes may be anything; where real images are about, they are not.
  const real = known.filter(({ images }) => images.header.shape.length > 2);
  const parts = real.length > 0 ? real : known;
  if (parts.length === 0) {
    throw new StudioError(
      'bad-file',
      `${name}: expected an array of images [count, height, width] or [count, height, width, 3], found ${describeArrays(arrays)}.`,
    );
  }
  return parts.map((part) => {
    const split = splitOfName(part.images.name);
    const fitting = arrays.filter(
      ({ name: other, header }) =>
        isLabels(header) &&
        header.shape[0] === part.layout.count &&
        splitOfName(other) === split &&
        header.kind !== 'f',
    );
    const named = fitting.find((array) => /label|target|class|(?:^|[^a-z])y(?:$|[^a-z])/i.test(array.name));
    const labels = named ?? (fitting.length === 1 ? fitting[0] : undefined);
    return { ...part, ...(labels === undefined ? {} : { labels }) };
  });
}
