import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../domain/errors.ts';
import { LEAST_IMAGES, readingOf, type ImportOptions, type Preparation } from '../../contract/import-options.ts';
import type { ImportProgress, ImportReport, SkippedFile } from '../../contract/import-plan.ts';
import { makeFolder, writeFolder } from '../../files/atomic.ts';
import { ImageSetFolder, summaryOf, type ImageSetIndex } from '../../files/image-set-folder.ts';
import { throttled, type ImportHooks } from './import-hooks.ts';
import { UNSORTED } from './labels.ts';
import { pathsText, stopIfAsked } from './listing.ts';
import { openSource } from './open-source.ts';
import { besidePictures } from './plan-import.ts';
import { digestOf, inOrder, readItem } from './read-item.ts';
import { inverts, preparationOf } from './reading-options.ts';
import { SetBefore, type SeenBefore } from './set-before.ts';
import { checkSpace } from './space.ts';
import { SetWriter } from './set-writer.ts';
import type { Source, SourceItem, SourceSplit } from './source.ts';
import { thisMachine, type ImportSystem } from './system.ts';

export interface ImportRequest {
  readonly paths: readonly string[];
  /** What the set keeps as where it came from, where that is not the paths. */
  readonly sources?: readonly string[];
  readonly options: ImportOptions;
  /** Of the set; its last part is not there yet. */
  readonly folder: string;
  readonly id: string;
  /** What `planImport` found, where it was asked; else the files are looked at again. */
  readonly autoInverts?: boolean;
  /** A set whose next version this is to be: its images come first. */
  readonly onto?: { readonly folder: string; readonly id: string };
  /** Of every picture, in place of what is found. */
  readonly label?: string;
}

/** Small files are read and decoded without a pause; after this long the process reads its messages. */
const MOST_MS_WITHOUT_PAUSE = 16;

/**
 * Imports pictures into a new image-set folder, whole or not at all: until it is done nothing is seen, and nothing stays behind
 * when it is stopped or fails. Pictures that cannot be read are skipped and reported; few are in memory at a time.
 * @throws StudioError `not-found`, `bad-file`, `refused` and `disk-full` (with the arithmetic, before anything is written, or
 * when the disk has filled meanwhile), `stopped`.
 */
export async function importImages(request: ImportRequest, hooks: ImportHooks = {}): Promise<ImportReport> {
  const { paths, folder, id, onto } = request;
  const { signal, system = thisMachine } = hooks;
  const progress = throttled(hooks);
  const started = performance.now();
  const onFound = (count: number): void => progress({ kind: 'listing', found: count });
  const before = onto === undefined ? undefined : await SetBefore.open(onto.folder, onto.id);
  const options = before?.optionsFor(request.options) ?? request.options;
  const source = await openSource(paths, system, { reading: readingOf(options), signal, onFound });
  try {
    checkSplit(source, options, paths);
    await makeFolder(dirname(folder));
    const count = source.count * (options.tiles?.most ?? 1) + (before?.count ?? 0);
    checkSpace(count, options, { memory: system.memoryBytes, disk: await system.freeBytes(dirname(folder)) });
    const inverted = before?.inverted ?? (await inverts(source, options, system, request.autoInverts));
    const labelled = labelsOf(source, options, request.label);
    const found = new Findings(source, options.duplicates === 'keep');
    let index: ImageSetIndex | undefined;
    let added = 0;
    await writeFolder(folder, async (temporary) => {
      const files = new ImageSetFolder(temporary);
      const shape = [options.height, options.width, options.channels] as const;
      const writer = new SetWriter(files, folder, options, system);
      try {
        if (before !== undefined) await before.addTo(writer, found, labelled);
        const kept = writer.count;
        await readAll(source, {
          writer,
          found,
          options,
          label: request.label,
          fallback: labelled || before?.labelled === true ? UNSORTED : undefined,
          byPixels: before !== undefined,
          preparation: preparationOf(options, inverted),
          signal,
          progress,
          system,
        });
        if (writer.count === kept && kept > 0) throw nothingNew(paths, found);
        if (writer.count < LEAST_IMAGES) throw tooFew(paths, writer.count, found.skipped);
        const stop = (): void => stopIfAsked(signal);
        const written = await writer.finish((fraction) => progress({ kind: 'arranging', fraction }), stop, kept);
        added = writer.count - kept;
        index = {
          name: options.name,
          shape: [...shape],
          ...written,
          labelNames: [...written.labelNames],
          labelCounts: [...written.labelCounts],
          options,
          inverted,
          sources: [...(request.sources ?? paths)],
          importedAt: new Date().toISOString(),
          ...before?.indexAfter(added, request.sources ?? paths),
        };
        await files.writeIndex(index);
        stop();
      } finally {
        await writer.close();
      }
    });
    const set = summaryOf(id, index!);
    const { skipped, duplicates, notes } = found;
    const seconds = (performance.now() - started) / 1000;
    const masks = index!.maskCount ?? 0;
    const beside = besidePictures(source);
    return { set, folder, imported: added, skipped, ...beside, masks, duplicates, notes, inverted, seconds };
  } finally {
    await source.close();
    before?.close();
  }
}

/** What the report tells, gathered picture by picture. */
class Findings implements SeenBefore {
  readonly skipped: SkippedFile[];
  readonly duplicates: { name: string; of: string; kept: boolean }[] = [];
  readonly notes: SkippedFile[];
  private readonly firstOf = new Map<string, string>();
  private readonly keepsDuplicates: boolean;

  constructor({ skipped, notes = [] }: Pick<Source, 'skipped' | 'notes'>, keepsDuplicates: boolean) {
    this.skipped = [...skipped];
    this.notes = [...notes];
    this.keepsDuplicates = keepsDuplicates;
  }

  /** Takes note of what is there already. */
  note(name: string, digest: string): void {
    if (!this.firstOf.has(digest)) this.firstOf.set(digest, name);
  }

  /** Whether a picture of this content is to be taken. */
  takes(name: string, digest: string): boolean {
    const of = this.firstOf.get(digest);
    if (of === undefined) {
      this.firstOf.set(digest, name);
      return true;
    }
    this.duplicates.push({ name, of, kept: this.keepsDuplicates });
    return this.keepsDuplicates;
  }
}

/** What reading all items needs and fills. */
interface Filling {
  readonly writer: SetWriter;
  readonly found: Findings;
  readonly options: ImportOptions;
  /** Of every picture; of those that have none, where others do. */
  readonly label: string | undefined;
  readonly fallback: string | undefined;
  /** Pictures are held against images, of which no more is known than their pixels. */
  readonly byPixels: boolean;
  readonly preparation: Preparation;
  readonly signal: AbortSignal | undefined;
  readonly progress: (progress: ImportProgress) => void;
  readonly system: ImportSystem;
}

async function readAll(source: Source, filling: Filling): Promise<void> {
  const { writer, found, options, fallback, preparation, signal, progress, system } = filling;
  const total = source.count;
  const started = performance.now();
  let done = 0;
  let paused = started;
  const parts = new PictureParts(options);
  // A large picture in memory is enough.
  const atOnce = options.tiles === undefined ? system.atOnce : 1;
  const readOne = (item: SourceItem) => readItem(item, preparation, options.tiles);
  for await (const read of inOrder(source.items(), atOnce, readOne)) {
    stopIfAsked(signal);
    const { name, split, chosen } = read.item;
    const label = filling.label ?? (options.labels === 'none' ? undefined : read.item.label);
    if (read.kind === 'problem') found.skipped.push({ name, reason: read.reason });
    else {
      if (read.note !== undefined) found.notes.push({ name, reason: read.note });
      const kept = options.test.kind === 'folders' || chosen === true ? split : undefined;
      if (read.tiles !== undefined) {
        const isNew = filling.byPixels || found.takes(name, read.digest);
        const part = kept ?? parts.next();
        for (const { left, top, pixels } of isNew ? read.tiles : []) {
          const tile = `${name} (${left}, ${top})`;
          if (filling.byPixels && !found.takes(tile, digestOf(pixels))) continue;
          await writer.add(pixels, tile, label ?? fallback, { split: part });
        }
      } else if (found.takes(name, filling.byPixels ? digestOf(read.pixels) : read.digest)) {
        const about = { split: kept, ...(read.mask === undefined ? {} : { mask: read.mask }) };
        await writer.add(read.pixels, name, label ?? fallback, about);
      }
    }
    done += 1;
    if (performance.now() - paused > MOST_MS_WITHOUT_PAUSE) {
      await setImmediate();
      paused = performance.now();
    }
    const imagesPerSecond = (done * 1000) / Math.max(1, performance.now() - started);
    const secondsLeft = (total - done) / imagesPerSecond;
    progress({ kind: 'reading', fraction: done / total, done, total, imagesPerSecond, secondsLeft });
  }
}

/** Of pictures that are cut, one in so many is held out of training whole: tiles of one picture are too alike to tell anything. */
const HELD_OUT_EVERY = 8;

/** Into which part pictures go whose tiles must stay together. */
class PictureParts {
  private seen = 0;
  private readonly test: ImportOptions['test'];

  constructor({ test }: Pick<ImportOptions, 'test'>) {
    this.test = test;
  }

  next(): SourceSplit {
    const at = this.seen;
    this.seen += 1;
    if (this.test.kind === 'every' && at % this.test.n === this.test.n - 1) return 'test';
    return at % HELD_OUT_EVERY === 1 ? 'validation' : 'training';
  }
}

/** Whether pictures have labels: where one has, all need one. */
const labelsOf = (source: Source, options: ImportOptions, label: string | undefined): boolean =>
  label !== undefined || (options.labels !== 'none' && (source.labelCounts?.size ?? 0) > 0);

function checkSplit(source: Source, options: ImportOptions, paths: readonly string[]): void {
  if (options.test.kind !== 'folders' || (source.splits.has('test') && source.splits.size > 1)) return;
  throw new StudioError(
    'bad-request',
    `${pathsText(paths)}: expected folders or arrays called train and test, found none. Take every n-th image instead.`,
  );
}

function nothingNew(paths: readonly string[], { skipped, duplicates }: Findings): StudioError {
  const [first] = skipped;
  const known = duplicates.length > 0 ? `; ${duplicates.length} are in the set already` : '';
  const why = first === undefined ? known : `; ${first.name}: ${first.reason.replace(/\.$/, '')}`;
  return new StudioError(
    'bad-file',
    `${pathsText(paths)}: expected pictures that the set does not hold yet, found none${why}.`,
  );
}

function tooFew(paths: readonly string[], count: number, skipped: readonly SkippedFile[]): StudioError {
  const [first] = skipped;
  const why = first === undefined ? '' : ` (${first.name}: ${first.reason.replace(/\.$/, '')})`;
  return new StudioError(
    'bad-file',
    `${pathsText(paths)}: expected at least ${LEAST_IMAGES} different images, found ${count}${why}.`,
  );
}
