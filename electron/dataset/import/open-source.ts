import { StudioError, toErrorData } from '../../domain/errors.ts';
import type { SkippedFile } from '../../contract/images.ts';
import { ZipArchive } from '../../files/zip-archive.ts';
import { openNpyFiles, openNpz, tally } from './array-source.ts';
import { openCsv } from './csv-source.ts';
import { openIdxFiles } from './idx-source.ts';
import { isCalledPicture, placesOf } from './labels.ts';
import { kindOf, listFiles, pathsText, stopIfAsked, type ListedFile, type ListedKind } from './listing.ts';
import type { Source, SourceItem } from './source.ts';
import type { ImportSystem } from './system.ts';

/**
 * Opens everything below the given paths as one source: pictures, archives and arrays.
 * @param onFound told how many files there are so far.
 * @throws StudioError `not-found` for a path that is not there; `bad-file` where nothing holds a picture, with the reason of the
 * first file that was tried; `stopped`.
 */
export async function openSource(
  paths: readonly string[],
  system: ImportSystem,
  signal?: AbortSignal,
  onFound?: (found: number) => void,
): Promise<Source> {
  const { sources, skipped } = await openSources(paths, system, signal, onFound);
  return merge(sources, skipped);
}

/** The same, not yet joined: where one cannot be read to its end, the others still can. Throws as `openSource`. */
export async function openSources(
  paths: readonly string[],
  system: ImportSystem,
  signal?: AbortSignal,
  onFound?: (found: number) => void,
): Promise<{ readonly sources: readonly Source[]; readonly skipped: readonly SkippedFile[] }> {
  const { files, skipped } = await listFiles(paths, signal, onFound);
  const failed: SkippedFile[] = [...skipped];
  const sources: Source[] = [];
  let firstError: unknown;
  try {
    for (const open of openers(files, system, signal)) {
      try {
        sources.push(await open.source());
      } catch (error) {
        if (toErrorData(error).code === 'stopped') throw error;
        firstError ??= error;
        failed.push({ name: open.name, reason: toErrorData(error).message.replace(`${open.name}: `, '') });
      }
    }
    const count = sources.reduce((sum, source) => sum + source.count, 0);
    if (count === 0) throw firstError ?? nothingIn(paths, [...failed, ...sources.flatMap((source) => source.skipped)]);
  } catch (error) {
    await Promise.all(sources.map((source) => source.close()));
    throw error;
  }
  return { sources, skipped: failed };
}

function nothingIn(paths: readonly string[], skipped: readonly SkippedFile[]): StudioError {
  const [first] = skipped;
  const found = first === undefined ? 'none' : `none (${first.name}: ${first.reason.replace(/\.$/, '')})`;
  return new StudioError('bad-file', `${pathsText(paths)}: expected at least one image, found ${found}.`);
}

interface Opener {
  readonly name: string;
  source(): Promise<Source>;
}

function openers(files: readonly ListedFile[], system: ImportSystem, signal: AbortSignal | undefined): Opener[] {
  const of = (kind: ListedKind): ListedFile[] => files.filter((file) => file.kind === kind);
  const together = (kind: ListedKind, open: (group: ListedFile[]) => Promise<Source>): Opener[] => {
    const group = of(kind);
    return group.length === 0 ? [] : [{ name: group.map(({ name }) => name).join(', '), source: () => open(group) }];
  };
  const each = (kind: ListedKind, open: (file: ListedFile) => Promise<Source>): Opener[] =>
    of(kind).map((file) => ({ name: file.name, source: () => open(file) }));
  return [
    ...together('picture', async (group) => pictureSource(group, system)),
    ...each('zip', (file) => zipSource(file, signal)),
    ...together('idx', (group) => openIdxFiles(group, system)),
    ...together('npy', (group) => openNpyFiles(group, system)),
    ...each('npz', (file) => openNpz(file, system)),
    ...each('csv', openCsv),
  ];
}

function pictureSource(files: readonly ListedFile[], system: ImportSystem): Source {
  const readers = files.map(({ name, path }) => ({ name, read: () => system.readFile(path) }));
  return { ...encodedSource(readers), skipped: [], close: () => Promise.resolve() };
}

async function zipSource({ path, name }: ListedFile, signal: AbortSignal | undefined): Promise<Source> {
  const archive = await ZipArchive.open(path, name, () => stopIfAsked(signal));
  const pictures = archive.entries.filter((entry) => kindOf(entry.name) === 'picture');
  const others = archive.entries.filter((entry) => kindOf(entry.name) !== 'picture');
  const skipped = [
    ...archive.skipped,
    ...others.map((entry) => ({
      name: entry.name,
      reason: 'expected a picture, found an array or archive: unpack it first.',
    })),
  ];
  const readers = pictures.map((entry) => ({ name: entry.name, read: () => archive.read(entry) }));
  return { ...encodedSource(readers), skipped, close: async () => archive.close() };
}

interface Reader {
  readonly name: string;
  readonly read: () => Promise<Uint8Array>;
}

function encodedSource(readers: readonly Reader[]): Pick<Source, 'count' | 'labelCounts' | 'splits' | 'items'> {
  const places = placesOf(readers.map(({ name }) => name));
  const pictures = places.filter((_, index) => isCalledPicture(readers[index]!.name));
  const telling = pictures.length > 0 ? pictures : places;
  return {
    count: readers.length,
    labelCounts: tally(telling.flatMap(({ label }) => label ?? [])),
    splits: new Set(telling.map(({ split }) => split)),
    *items(): Generator<SourceItem> {
      for (const [index, { name, read }] of readers.entries()) {
        yield { name, ...places[index], content: { kind: 'file', read } };
      }
    },
  };
}

function merge(sources: readonly Source[], failed: readonly SkippedFile[]): Source {
  const [first] = sources;
  const shapes = new Set(sources.map(({ shape }) => JSON.stringify(shape)));
  const labelCounts = new Map<string, number>();
  for (const source of sources) {
    for (const [label, count] of source.labelCounts ?? [])
      labelCounts.set(label, (labelCounts.get(label) ?? 0) + count);
  }
  return {
    count: sources.reduce((sum, source) => sum + source.count, 0),
    ...(shapes.size === 1 && first?.shape !== undefined ? { shape: first.shape } : {}),
    labelCounts,
    splits: new Set(sources.flatMap((source) => [...source.splits])),
    skipped: [...failed, ...sources.flatMap((source) => source.skipped)],
    async *items(): AsyncGenerator<SourceItem> {
      for (const source of sources) yield* source.items();
    },
    close: async () => void (await Promise.all(sources.map((source) => source.close()))),
  };
}
