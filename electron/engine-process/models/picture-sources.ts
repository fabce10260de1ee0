import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { toErrorData } from '../../domain/errors.ts';
import type { SkippedFile } from '../../contract/import-plan.ts';
import type { Reconstructions } from '../../contract/models.ts';
import { meantBy } from '../../dataset/import/disk-path.ts';
import { openSources } from '../../dataset/import/open-source.ts';
import { byName } from '../../dataset/import/labels.ts';
import type { Source, SourceItem } from '../../dataset/import/source.ts';
import { thisMachine, type ImportSystem } from '../../dataset/import/system.ts';
import type { StagedFiles } from '../staged-files.ts';
import { SharedCache } from './shared-cache.ts';

/** A person looks at one folder, perhaps comparing it with another. */
const MOST_OPEN = 2;

type Problem = Reconstructions['problems'][number];

/** A picture and where it stands among all of its source, those that are lost counted too. */
export interface Placed {
  readonly place: number;
  readonly item: SourceItem;
}

/** Part of a source, and how much there is of it. */
export interface Page {
  readonly total: number;
  readonly items: readonly Placed[];
  /** Files that hold no pictures; told with the first page. */
  readonly problems: readonly Problem[];
}

/** The pictures in staged files and folders. A folder is listed once, however many pages are read of it. */
export class StagedPictures {
  private readonly cache = new SharedCache<OpenPictures>(MOST_OPEN, (pictures) => pictures.close());
  private readonly staged: StagedFiles;
  private readonly system: ImportSystem;
  private readonly known = new Map<string, { readonly paths: readonly string[]; readonly version: string }>();
  private versions = 0;

  constructor(staged: StagedFiles, system: ImportSystem = thisMachine) {
    this.staged = staged;
    this.system = system;
  }

  /**
   * Reads pictures [first, first + count) and lends them for the length of `work`.
   * @throws StudioError `not-found` where nothing is staged under this id, `bad-file` where what is there holds no picture.
   */
  async use<T>(id: string, first: number, count: number, work: (page: Page) => Promise<T>): Promise<T> {
    const paths = this.staged.paths(id);
    const open = (): Promise<OpenPictures> => OpenPictures.open(paths, this.system);
    return this.cache.use(id, this.versionOf(id, paths), open, async (pictures) => {
      return work(await pictures.page(first, count));
    });
  }

  close(): Promise<void> {
    return this.cache.close();
  }

  /** The host tells the paths anew before each call: what counts is whether they are the same. */
  private versionOf(id: string, paths: readonly string[]): string {
    const last = this.known.get(id);
    const same = last?.paths.length === paths.length && last.paths.every((path, index) => path === paths[index]);
    if (same) return last.version;
    this.versions += 1;
    const version = String(this.versions);
    this.known.delete(id);
    this.known.set(id, { paths, version });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MOST_OPEN) break;
      this.known.delete(oldest);
    }
    return version;
  }
}

/** A picture, or what was found in its place. */
type Found =
  { readonly kind: 'item'; readonly item: SourceItem } | { readonly kind: 'lost'; readonly problem: Problem };

/** Opened pictures, read on from where the last page ended; going back begins anew, which is quick for files. */
class OpenPictures {
  private readonly sources: readonly Source[];
  private readonly problems: readonly Problem[];
  /** Files that are no longer there: each is told as a problem when it is read. */
  private readonly missing: readonly SourceItem[];
  private found: AsyncGenerator<Found> | undefined;
  private place = 0;
  /** One page after the other. */
  private reading: Promise<unknown> = Promise.resolve();

  private constructor(sources: readonly Source[], skipped: readonly SkippedFile[], missing: readonly SourceItem[]) {
    this.sources = sources;
    this.problems = [...skipped, ...sources.flatMap((source) => source.skipped)].map(problemOf);
    this.missing = missing;
  }

  static async open(paths: readonly string[], system: ImportSystem): Promise<OpenPictures> {
    const sorted = paths.toSorted((a, b) => byName(basename(a), basename(b)));
    const present: string[] = [];
    const missing: SourceItem[] = [];
    for (const path of sorted) {
      const gone = await stat((await meantBy(path)) ?? path).then(
        () => false,
        ({ code }: NodeJS.ErrnoException) => code === 'ENOENT',
      );
      if (!gone) present.push(path);
      else missing.push({ name: basename(path), content: { kind: 'file', read: () => system.readFile(path) } });
    }
    if (present.length === 0) return new OpenPictures([], [], missing);
    const { sources, skipped } = await openSources(present, system);
    return new OpenPictures(sources, skipped, missing);
  }

  page(first: number, count: number): Promise<Page> {
    const page = this.reading.then(() => this.read(first, count));
    this.reading = page.catch(() => undefined);
    return page;
  }

  async close(): Promise<void> {
    await this.reading;
    await Promise.all(this.sources.map((source) => source.close()));
  }

  private async read(first: number, count: number): Promise<Page> {
    if (this.found === undefined || first < this.place) {
      this.found = this.all();
      this.place = 0;
    }
    const items: Placed[] = [];
    const problems = first > 0 ? [] : [...this.problems];
    for (; this.place < first + count; this.place += 1) {
      const { value, done } = await this.found.next();
      if (done === true) break;
      if (this.place < first) continue;
      if (value.kind === 'item') items.push({ place: this.place, item: value.item });
      else problems.push(value.problem);
    }
    return { total: this.total, items, problems };
  }

  private get total(): number {
    return this.sources.reduce((sum, { count }) => sum + count, this.missing.length);
  }

  private async *all(): AsyncGenerator<Found> {
    for (const source of this.sources) yield* allOf(source);
    for (const item of this.missing) yield { kind: 'item', item };
  }
}

/** As many as the source promises: where it cannot be read on, each of the others is lost for that reason. */
async function* allOf(source: Source): AsyncGenerator<Found> {
  let given = 0;
  try {
    for await (const item of source.items()) {
      given += 1;
      yield { kind: 'item', item };
    }
  } catch (error) {
    const [, name = '', message = ''] = /^(.*?): (.*)$/s.exec(toErrorData(error).message) ?? [];
    for (; given < source.count; given += 1) {
      yield { kind: 'lost', problem: { name: `${name} [${given}]`, message } };
    }
  }
}

function problemOf({ name, reason }: SkippedFile): Problem {
  return { name, message: reason };
}
