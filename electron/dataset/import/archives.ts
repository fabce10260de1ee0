import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { StudioError } from '../../domain/errors.ts';
import type { SkippedFile } from '../../contract/import-plan.ts';
import { scratchFolder } from '../../files/scratch-folder.ts';
import { TarArchive } from '../../files/tar-archive.ts';
import { MOST_FILE_BYTES, ZipArchive } from '../../files/zip-archive.ts';
import { after, headOf, kindOf, type ListedFile } from './listed-file.ts';
import { isLitter, stopIfAsked } from './listing.ts';
import { formatBytes } from '../../domain/number-words.ts';
import type { ImportSystem } from './system.ts';

/** Archives inside each other; deeper is a trap. */
const MOST_DEPTH = 4;
/** Left free on the disk where a packed tar archive is unpacked. */
const DISK_MARGIN = 256 * 2 ** 20;
/** A zip entry's end is known once all of it is unpacked: not so where the entries have more bytes than this. */
const MOST_FOR_ENDS = 256 * 2 ** 20;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** What archives were opened into. */
export interface Opened {
  readonly files: readonly ListedFile[];
  readonly skipped: readonly SkippedFile[];
  readonly close: () => Promise<void>;
}

/**
 * Puts the files inside archives in their archives' place, also those of archives inside them.
 * @param alone there is one archive and nothing else: its files are then called as they are inside it.
 * @param onBad told of an archive that cannot be read.
 */
export async function openArchives(
  files: readonly ListedFile[],
  system: ImportSystem,
  signal: AbortSignal | undefined,
  onBad: (name: string, error: unknown) => void,
): Promise<Opened> {
  const opening = new Opening(system, signal, onBad);
  const isArchive = ({ kind }: ListedFile): boolean => kind === 'zip' || kind === 'tar';
  const alone = files.length === 1 && files.every(isArchive);
  try {
    for (const file of files) {
      if (isArchive(file)) await opening.archive(file, alone ? '' : `${folderOf(file.name)}/`, 1);
      else opening.files.push(file);
    }
    return opening;
  } catch (error) {
    await opening.close();
    throw error;
  }
}

/** An archive's name as that of a folder: without its ending. */
const folderOf = (name: string): string => name.replace(/\.(?:zip|tar|tgz|tar\.gz)$/i, '');

class Opening implements Opened {
  readonly files: ListedFile[] = [];
  readonly skipped: SkippedFile[] = [];
  private readonly closers: (() => unknown)[] = [];
  private readonly system: ImportSystem;
  private readonly signal: AbortSignal | undefined;
  private readonly onBad: (name: string, error: unknown) => void;

  constructor(system: ImportSystem, signal: AbortSignal | undefined, onBad: (name: string, error: unknown) => void) {
    this.system = system;
    this.signal = signal;
    this.onBad = onBad;
  }

  readonly close = async (): Promise<void> => {
    for (const close of this.closers) await close();
  };

  async archive(file: ListedFile, prefix: string, depth: number): Promise<void> {
    if (depth > MOST_DEPTH) {
      this.skipped.push({
        name: file.name,
        reason: `expected at most ${MOST_DEPTH} archives inside each other, found more.`,
      });
      return;
    }
    try {
      const inside = file.kind === 'zip' ? await this.zip(file, prefix) : await this.tar(file, prefix);
      for (const inner of inside) {
        if (inner.kind === 'zip' || inner.kind === 'tar')
          await this.archive(inner, `${folderOf(inner.name)}/`, depth + 1);
        else this.files.push(inner);
      }
    } catch (error) {
      stopIfAsked(this.signal);
      if (!(error instanceof StudioError)) throw error;
      this.onBad(file.name, error);
    }
  }

  private async zip(file: ListedFile, prefix: string): Promise<ListedFile[]> {
    const stop = (): void => stopIfAsked(this.signal);
    const archive =
      file.path === undefined
        ? await ZipArchive.ofBytes(await file.read(), file.name, stop)
        : await ZipArchive.open(file.path, file.name, stop);
    this.closers.push(() => archive.close());
    this.skipped.push(...archive.skipped);
    const isSmall = archive.entries.reduce((sum, { bytes }) => sum + bytes, 0) <= MOST_FOR_ENDS;
    return archive.entries
      .map((inside) => ({ ...inside, name: prefix + inside.name }))
      .map((entry) => ({
        kind: kindOf(entry.name),
        name: entry.name,
        size: () => Promise.resolve(entry.bytes),
        read: () => archive.read(entry),
        head: (bytes) => headOf(archive.stream(entry), bytes),
        stream: (start) => after(archive.stream(entry), start),
        ...(isSmall ? { tail: (bytes) => headOf(after(archive.stream(entry), entry.bytes - bytes), bytes) } : {}),
      }));
  }

  private async tar(file: ListedFile, prefix: string): Promise<ListedFile[]> {
    const path = await this.unpacked(file);
    const archive = await TarArchive.open(path, file.name, () => stopIfAsked(this.signal));
    const seen = archive.entries.filter(({ name }) => !name.split('/').some(isLitter));
    return seen.map((entry) => ({
      kind: kindOf(entry.name),
      name: prefix + entry.name,
      size: () => Promise.resolve(entry.bytes),
      read: async () => {
        if (entry.bytes <= MOST_FILE_BYTES) return archive.read(entry);
        const found = formatBytes(entry.bytes);
        throw new StudioError(
          'bad-file',
          `${prefix}${entry.name}: expected at most ${formatBytes(MOST_FILE_BYTES)}, found ${found}.`,
        );
      },
      head: (bytes) => headOf(archive.stream(entry), bytes),
      stream: (start) => archive.stream(entry, start),
      tail: (bytes) => headOf(archive.stream(entry, Math.max(0, entry.bytes - bytes)), bytes),
    }));
  }

  /** Where a tar archive lies with nothing packed: its own place, or a temporary file that is removed when all is closed. */
  private async unpacked(file: ListedFile): Promise<string> {
    const packed = (await file.head(GZIP.length)).equals(GZIP);
    if (!packed && file.path !== undefined) return file.path;
    const folder = await scratchFolder('tar');
    this.closers.push(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, basename(file.name));
    const most = (await this.system.freeBytes(dirname(folder))) - DISK_MARGIN;
    const packedPieces = Readable.from(file.stream(0), { objectMode: false });
    const steps = [...(packed ? [createGunzip()] : []), atMost(most, file.name), createWriteStream(path)];
    const stopping = this.signal === undefined ? {} : { signal: this.signal };
    await pipeline([packedPieces, ...steps], stopping).catch((cause: unknown) => {
      if (cause instanceof StudioError) throw cause;
      stopIfAsked(this.signal);
      const reason = (cause as Error).message;
      throw new StudioError(
        'bad-file',
        `${file.name}: expected a whole gzip file, found one that does not unpack (${reason}).`,
        { cause },
      );
    });
    return path;
  }
}

/** Lets so many bytes through. */
function atMost(bytes: number, name: string): Transform {
  let seen = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      seen += piece.length;
      if (seen <= bytes) return done(null, piece);
      const expected = `at most ${formatBytes(Math.max(0, bytes))} unpacked, what the disk has free`;
      done(new StudioError('disk-full', `${name}: expected ${expected}, found more.`));
    },
  });
}
