import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { Readable } from 'node:stream';
import { fromBufferPromise, getFileNameLowLevel, validateFileName, type Entry, type ZipFile } from 'yauzl';
import { StudioError } from '../domain/errors.ts';
import type { SkippedFile } from '../contract/import-plan.ts';
import { openZip, ZIP_OPTIONS } from './zip-reader.ts';

/** A packed file larger than this is no picture. */
export const MOST_FILE_BYTES = 512 * 2 ** 20;
/** Larger files that expand further than this were made to fill memory: pictures are packed in themselves. */
const MOST_EXPANSION = 200;
const LEAST_SUSPECT_BYTES = 2 ** 20;
/** Deflate's own limit; arrays of zeros come near it. */
const DEFLATE_LIMIT = 1_032;
const MOST_ENTRIES = 5_000_000;

export interface ZipEntry {
  /** With `/` between folders; never climbs. */
  readonly name: string;
  readonly bytes: number;
  readonly entry: Entry;
}

/** A zip archive that is read in place: nothing is ever unpacked to disk. */
export class ZipArchive {
  readonly entries: readonly ZipEntry[];
  readonly skipped: readonly SkippedFile[];
  private readonly file: ZipFile;

  private constructor(file: ZipFile, entries: readonly ZipEntry[], skipped: readonly SkippedFile[]) {
    this.file = file;
    this.entries = entries;
    this.skipped = skipped;
  }

  /**
   * @param name what messages call it.
   * @param onEntry called before each entry is looked at; what it throws ends the reading.
   * @throws StudioError `bad-file` for what is no whole zip archive, or whose entries claim more than it holds.
   */
  static async open(path: string, name: string, onEntry?: () => void): Promise<ZipArchive> {
    return ZipArchive.from(openZip(path), name, onEntry);
  }

  /** The same for an archive that lies in memory, as one inside another does. */
  static async ofBytes(bytes: Buffer, name: string, onEntry?: () => void): Promise<ZipArchive> {
    return ZipArchive.from(fromBufferPromise(bytes, ZIP_OPTIONS), name, onEntry);
  }

  private static async from(
    opening: Promise<ZipFile>,
    name: string,
    onEntry: () => void = () => undefined,
  ): Promise<ZipArchive> {
    const file = await opening.catch((cause: unknown) => {
      throw bad(name, cause);
    });
    try {
      const { entries, skipped } = await readEntries(file, name, onEntry);
      return new ZipArchive(file, entries, skipped);
    } catch (error) {
      file.close();
      throw error instanceof StudioError ? error : bad(name, error);
    }
  }

  /** The whole content of an entry, its checksum checked. @throws StudioError `bad-file` naming the entry. */
  async read({ name, bytes, entry }: ZipEntry): Promise<Buffer> {
    if (bytes > MOST_FILE_BYTES)
      throw refused(name, `at most ${MOST_FILE_BYTES.toLocaleString('en')} bytes`, bytes, entry);
    if (bytes > LEAST_SUSPECT_BYTES && bytes > entry.compressedSize * MOST_EXPANSION) {
      throw refused(
        name,
        `a file at most ${MOST_EXPANSION} times its packed size (this may be a zip bomb)`,
        bytes,
        entry,
      );
    }
    const whole = Buffer.allocUnsafe(bytes);
    let filled = 0;
    for await (const chunk of this.stream({ name, bytes, entry })) {
      chunk.copy(whole, filled);
      filled += chunk.length;
    }
    if (crc32(whole) !== entry.crc32) {
      throw new StudioError('bad-file', `${name}: expected the checksum its archive states, found another.`);
    }
    return whole;
  }

  /** The content in pieces; no more bytes than the entry states. */
  async *stream({ name, bytes, entry }: ZipEntry): AsyncGenerator<Buffer> {
    if (bytes > entry.compressedSize * DEFLATE_LIMIT + 64)
      throw refused(name, 'a file that deflate can pack', bytes, entry);
    let stream: Readable | undefined;
    try {
      stream = await this.file.openReadStreamPromise(entry);
      for await (const chunk of stream) yield chunk as Buffer;
    } catch (cause) {
      throw bad(name, cause, 'a whole file in the archive');
    } finally {
      stream?.destroy();
    }
  }

  close(): void {
    this.file.close();
  }
}

async function readEntries(file: ZipFile, name: string, onEntry: () => void) {
  const entries: ZipEntry[] = [];
  const skipped: SkippedFile[] = [];
  let packed = 0;
  if (file.entryCount > MOST_ENTRIES) {
    throw new StudioError('refused', `${name}: expected at most ${MOST_ENTRIES} entries, found ${file.entryCount}.`);
  }
  for await (const entry of file.eachEntry()) {
    onEntry();
    packed += entry.compressedSize;
    if (packed > file.fileSize) {
      throw new StudioError(
        'bad-file',
        `${name}: expected entries beside each other, found some that overlap (a zip bomb).`,
      );
    }
    const path = entryName(entry);
    if (
      path.endsWith('/') ||
      /(?:^|\/)(?:\.[^/]*|__macosx|thumbs\.db|desktop\.ini)(?:\/|$)/i.test(path.replaceAll('../', ''))
    )
      continue;
    const reason = whyNot(entry, path);
    if (reason === undefined) entries.push({ name: path, bytes: entry.uncompressedSize, entry });
    else skipped.push({ name: path, reason });
  }
  return { entries, skipped };
}

/** Marks names as UTF-8. */
const UTF8_FLAG = 0x800;

/**
 * The name with `/` between folders, without "./" before it. Many programs write UTF-8 and do not say so: what is valid UTF-8
 * is read as that, everything else as the code page 437 that the format names.
 */
function entryName(entry: Entry): string {
  const raw = entry as unknown as { readonly fileNameRaw: Buffer; readonly extraFields: Entry['extraFields'] };
  const flag = isUtf8(raw.fileNameRaw) ? UTF8_FLAG : 0;
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag | flag, raw.fileNameRaw, raw.extraFields, false);
  return name.replace(/^(?:\.\/)+/, '');
}

function whyNot(entry: Entry, path: string): string | undefined {
  if (validateFileName(path) !== null) return 'expected a path inside the archive, found one that climbs out of it.';
  if (entry.isEncrypted()) return 'expected a file that is not encrypted, found one that needs a password.';
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    return `expected a file stored or deflated, found compression method ${entry.compressionMethod}.`;
  }
  return undefined;
}

function refused(name: string, expected: string, bytes: number, entry: Entry): StudioError {
  const found = `${bytes.toLocaleString('en')} bytes packed in ${entry.compressedSize.toLocaleString('en')}`;
  return new StudioError('bad-file', `${name}: expected ${expected}, found ${found}.`);
}

function bad(name: string, cause: unknown, expected = 'a whole zip archive'): StudioError {
  const reason = (cause as Error).message.split('\n')[0]?.replace(/\.$/, '');
  const found = `one that cannot be read (${reason}): copy the file again, or make it anew`;
  return new StudioError('bad-file', `${name}: expected ${expected}, found ${found}.`, { cause });
}
