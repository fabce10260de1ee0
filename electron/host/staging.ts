import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { open, readdir, rm, statfs } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import { formatBytes } from '../domain/number-words.ts';
import { makeFolder, naming } from '../files/atomic.ts';
import { makeDeepNow } from '../files/make-deep.ts';
import { ownerLives, ownerName } from '../files/process-mark.ts';
import { stagedPath } from './staged-path.ts';

/** Left free on the disk for everything else. */
const DISK_MARGIN = 256 * 2 ** 20;
const MOST_FILES = 1_000_000;

/** What one window has handed over at one time. */
interface Batch {
  /** The window. */
  readonly owner: object;
  /** Of what is written here; made when something is. */
  readonly folder: string;
  /** Files and folders where they lie. */
  readonly given: string[];
  /** Those that were made. */
  readonly folders: Set<string>;
  /** First parts of the paths below `folder`. */
  readonly roots: Set<string>;
  /** How often each path was written, in lower case: some disks do not tell cases apart. */
  readonly taken: Map<string, number>;
  files: number;
  bytes: number;
  holds: number;
  released: boolean;
}

export interface StagingLimits {
  /** Of all that one window hands over at one time. */
  readonly mostBytes: number;
  /** Bytes free on the disk of a folder, which exists. */
  readonly freeBytes: (folder: string) => Promise<number>;
}

const limitsHere: StagingLimits = {
  mostBytes: 64 * 2 ** 30,
  freeBytes: async (folder) => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

/**
 * What windows have handed over. Files on this machine stay where they lie; what has no path is written below
 * staged/<process>/<id>/ in the data folder until it is released, its window leaves or the app ends. An id is drawn by chance,
 * too long to be guessed: who has it may name it.
 */
export class Staging {
  readonly #root: string;
  readonly #own: string;
  readonly #limits: StagingLimits;
  readonly #batches = new Map<string, Batch>();

  constructor(dataFolder: string, limits: StagingLimits = limitsHere) {
    this.#root = join(dataFolder, 'staged');
    this.#own = join(this.#root, `${ownerName()}-${randomBytes(3).toString('hex')}`);
    this.#limits = limits;
  }

  /** Removes what processes that are gone have left behind. */
  async sweep(): Promise<void> {
    for (const name of await readdir(this.#root).catch(() => [])) {
      if (!ownerLives(name)) await rm(join(this.#root, name), { recursive: true, force: true });
    }
  }

  /** A new id, to which nothing belongs yet. */
  open(owner: object): string {
    const id = `staged-${randomBytes(16).toString('hex')}`;
    this.#batches.set(id, {
      owner,
      folder: join(this.#own, id),
      given: [],
      folders: new Set(),
      roots: new Set(),
      taken: new Map(),
      files: 0,
      bytes: 0,
      holds: 0,
      released: false,
    });
    return id;
  }

  /** The same for this many bytes, which are to be written. @throws StudioError as `expect`. */
  async openFor(owner: object, bytes: number): Promise<string> {
    const id = this.open(owner);
    try {
      await this.expect(id, bytes);
      return id;
    } catch (error) {
      await this.release(id);
      throw error;
    }
  }

  /** Adds a file or folder where it lies. */
  give(id: string, path: string): void {
    this.#batch(id).given.push(path);
  }

  /**
   * Expects this many bytes more.
   * @throws StudioError `not-found`; `refused` or `disk-full` where they are too many, with the arithmetic.
   */
  async expect(id: string, bytes: number): Promise<void> {
    const batch = this.#batch(id);
    const { mostBytes, freeBytes } = this.#limits;
    const sum = batch.bytes + bytes;
    if (sum > mostBytes) {
      throw new StudioError(
        'refused',
        `Expected files of at most ${formatBytes(mostBytes)} together, found ${formatBytes(sum)}.`,
      );
    }
    await makeFolder(batch.folder);
    const free = await freeBytes(batch.folder);
    if (bytes + DISK_MARGIN > free) {
      const needed = `${formatBytes(bytes + DISK_MARGIN)} of free disk`;
      throw new StudioError(
        'disk-full',
        `${this.#root}: expected ${needed} for these files, found ${formatBytes(free)}.`,
      );
    }
  }

  /** Writes a small file, at once. Another of the same path gets a number. @throws StudioError as `write`. */
  async writeSmall(id: string, path: string, bytes: Uint8Array): Promise<void> {
    const target = await this.#target(id, path);
    // async: what the system throws comes out as a rejection.
    await naming(target, async () => writeFileSync(target, bytes, { flag: 'wx' }));
    this.#count(id, bytes.length);
  }

  /**
   * Writes a file as it comes, whole or not at all.
   * @throws StudioError `bad-request` for a path that leads elsewhere, `not-found`, `disk-full`.
   */
  async write(id: string, path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const target = await this.#target(id, path);
    let bytes = 0;
    const file = await naming(target, () => open(target, 'wx'));
    try {
      for await (const piece of pieces) {
        await naming(target, () => file.writeFile(piece));
        bytes += piece.length;
      }
      await file.close();
    } catch (error) {
      await file.close();
      await rm(target, { force: true });
      throw error;
    }
    this.#count(id, bytes);
  }

  /** What was written so far. @throws StudioError `not-found`. */
  written(id: string): { readonly files: number; readonly bytes: number } {
    const { files, bytes } = this.#batch(id);
    return { files, bytes };
  }

  /** The files and folders that belong to an id. @throws StudioError `not-found`. */
  paths(id: string): readonly string[] {
    const { given, folder, roots } = this.#batch(id);
    return [...given, ...[...roots].map((root) => join(folder, root))];
  }

  /** Those among them that lie where they lay before. @throws StudioError `not-found`. */
  given(id: string): readonly string[] {
    return [...this.#batch(id).given];
  }

  /** Keeps what belongs to an id, whoever leaves, until the returned function is called. @throws StudioError `not-found`. */
  hold(id: string): () => Promise<void> {
    const batch = this.#batch(id);
    batch.holds += 1;
    return async () => {
      batch.holds -= 1;
      if (batch.released) await this.release(id);
    };
  }

  /** Lets go of an id; what was written for it is removed. */
  async release(id: string): Promise<void> {
    const batch = this.#batches.get(id);
    if (!batch) return;
    batch.released = true;
    if (batch.holds > 0) return;
    this.#batches.delete(id);
    await rm(batch.folder, { recursive: true, force: true });
  }

  /** Lets go of all that a window has handed over. */
  async leave(owner: object): Promise<void> {
    const own = [...this.#batches].filter(([, batch]) => batch.owner === owner);
    await Promise.all(own.map(([id]) => this.release(id)));
  }

  /** Lets go of everything. */
  async close(): Promise<void> {
    this.#batches.clear();
    await rm(this.#own, { recursive: true, force: true });
  }

  #batch(id: string): Batch {
    const batch = this.#batches.get(id);
    if (batch) return batch;
    throw new StudioError('not-found', 'These files are no longer at hand: drop or choose them again.');
  }

  /** A path that nothing was written to yet, its folder made. */
  async #target(id: string, path: string): Promise<string> {
    const batch = this.#batch(id);
    if (batch.taken.size >= MOST_FILES) {
      throw new StudioError('refused', `Expected at most ${MOST_FILES.toLocaleString('en')} files, found more.`);
    }
    const parts = stagedPath(path);
    const name = freeName(batch.taken, parts);
    const folder = join(batch.folder, ...parts.slice(0, -1));
    if (!batch.folders.has(folder)) {
      await naming(folder, async () => makeDeepNow(folder));
      batch.folders.add(folder);
    }
    batch.roots.add(parts.length > 1 ? parts[0]! : name);
    return join(folder, name);
  }

  #count(id: string, bytes: number): void {
    const batch = this.#batches.get(id);
    if (!batch) return;
    batch.files += 1;
    batch.bytes += bytes;
  }
}

/** "1.png" after another "1.png" becomes "1 (2).png". */
function freeName(taken: Map<string, number>, parts: readonly string[]): string {
  const wanted = parts.at(-1)!;
  const ending = extname(wanted);
  const stem = wanted.slice(0, wanted.length - ending.length);
  const keyOf = (name: string): string => [...parts.slice(0, -1), name].join('/').toLowerCase();
  let count = (taken.get(keyOf(wanted)) ?? 0) + 1;
  let name = count === 1 ? wanted : `${stem} (${count})${ending}`;
  while (count > 1 && taken.has(keyOf(name))) name = `${stem} (${(count += 1)})${ending}`;
  taken.set(keyOf(wanted), count);
  if (name !== wanted) taken.set(keyOf(name), 1);
  return name;
}
