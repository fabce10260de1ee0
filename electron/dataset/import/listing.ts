import { realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { StudioError } from '../../domain/errors.ts';
import type { SkippedFile } from '../../contract/import-plan.ts';
import { entriesOf, meantBy, READ_AS_WESTERN, shownBase, type DiskPath } from './disk-path.ts';
import { byName } from './labels.ts';
import { DiskFile, type ListedFile } from './listed-file.ts';
import { GONE, thisMachine, whyUnreadable, type ImportSystem } from './system.ts';

export interface Listing {
  readonly files: readonly ListedFile[];
  readonly skipped: readonly SkippedFile[];
  /** Names that are not what the disk has. */
  readonly notes: readonly SkippedFile[];
}

/** Folders below each other; deeper is a mistake. */
const MOST_DEPTH = 64;
/** More files than this are refused while they are counted. */
const MOST_FILES = 5_000_000;

/** Given paths that a sentence names. */
const MOST_SHOWN = 3;

/** Reading one may never end. */
const NO_FILE = 'expected a file, found a device or pipe.';

/** What systems leave in folders: passed over in silence. */
const LITTER = /^(?:\..+|thumbs\.db|desktop\.ini|__macosx)$/i;

export const isLitter = (name: string): boolean => LITTER.test(name);

/**
 * Finds the files below the given paths, folders first to last by name, links followed but each folder entered once.
 * @param onFound told how many files there are so far.
 * @throws StudioError `not-found` for a given path that is not there, `stopped`, `refused` beyond all measure.
 */
export async function listFiles(
  paths: readonly string[],
  signal?: AbortSignal,
  onFound: (found: number) => void = () => undefined,
  system: ImportSystem = thisMachine,
): Promise<Listing> {
  const walk = new Walk(system, signal, onFound);
  for (const path of paths) {
    const given = resolve(path);
    const full = (await meantBy(given)) ?? given;
    const about = await stat(full).catch((cause: unknown) => {
      const why = whyUnreadable(cause);
      const found = why === GONE ? 'found none' : `but ${why}`;
      throw new StudioError('not-found', `${given}: expected a file or folder, ${found}.`, { cause });
    });
    const base = typeof full === 'string' ? basename(full) : shownBase(full);
    if (typeof full !== 'string') walk.notes.push({ name: base, reason: READ_AS_WESTERN });
    if (about.isDirectory()) await walk.folder(full, paths.length > 1 ? base : '', 0);
    else if (about.isFile()) walk.file(full, base);
    else walk.skipped.push({ name: base, reason: NO_FILE });
  }
  return walk;
}

class Walk implements Listing {
  readonly files: ListedFile[] = [];
  readonly skipped: SkippedFile[] = [];
  readonly notes: SkippedFile[] = [];
  private readonly entered = new Set<string>();
  private readonly system: ImportSystem;
  private readonly signal: AbortSignal | undefined;
  private readonly onFound: (found: number) => void;

  constructor(system: ImportSystem, signal: AbortSignal | undefined, onFound: (found: number) => void) {
    this.system = system;
    this.signal = signal;
    this.onFound = onFound;
  }

  async folder(path: DiskPath, name: string, depth: number): Promise<void> {
    stopIfAsked(this.signal);
    this.onFound(this.files.length);
    const label = name !== '' ? name : typeof path === 'string' ? basename(path) : shownBase(path);
    const bytes = await realpath(path, { encoding: 'buffer' }).catch((error: unknown) => this.skip(label, error));
    if (bytes === undefined) return;
    const real = bytes.toString('latin1');
    if (this.entered.has(real)) {
      this.skipped.push({
        name: label,
        reason: 'expected a new folder, found a link to one that was entered already.',
      });
      return;
    }
    this.entered.add(real);
    if (depth > MOST_DEPTH) {
      this.skipped.push({
        name: label,
        reason: `expected at most ${MOST_DEPTH} folders inside each other, found more.`,
      });
      return;
    }
    const entries = await entriesOf(path).catch((error: unknown) => this.skip(label, error));
    const seen = entries?.filter((entry) => !isLitter(entry.name)) ?? [];
    for (const entry of seen.sort((a, b) => byName(a.name, b.name))) {
      const inner = entry.path;
      const innerName = name === '' ? entry.name : `${name}/${entry.name}`;
      if (!entry.isUtf8) this.notes.push({ name: innerName, reason: READ_AS_WESTERN });
      const about = entry.about.isSymbolicLink()
        ? await stat(inner).catch((error: unknown) => this.skip(innerName, error))
        : entry.about;
      if (about?.isDirectory()) await this.folder(inner, innerName, depth + 1);
      else if (about?.isFile()) this.file(inner, innerName);
      else if (about !== undefined) this.skipped.push({ name: innerName, reason: NO_FILE });
    }
  }

  file(path: DiskPath, name: string): void {
    if (this.files.length >= MOST_FILES) {
      throw new StudioError(
        'refused',
        `${name}: expected at most ${MOST_FILES.toLocaleString('en')} files, found more.`,
      );
    }
    this.files.push(new DiskFile(path, name, this.system));
  }

  private skip(name: string, error: unknown): undefined {
    this.skipped.push({ name, reason: `expected something readable, but ${whyUnreadable(error)}.` });
  }
}

/** The paths in a sentence: the first few of many. */
export function pathsText(paths: readonly string[]): string {
  const shown = paths.slice(0, MOST_SHOWN).join(', ');
  const more = paths.length - MOST_SHOWN;
  return more > 0 ? `${shown} and ${more.toLocaleString('en')} more` : shown;
}

/** @throws StudioError `stopped` */
export function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StudioError('stopped', 'The import was stopped; nothing was kept.');
}
