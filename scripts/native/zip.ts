import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';

/** What makes an archive unreadable; the message names the place. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

/** An open zip archive. */
export interface Zip {
  /** Its files and folders by name; none leads outside. */
  readonly entries: ReadonlyMap<string, Entry>;
  /**
   * Streams one entry into a new file `target`, checking its size and CRC. `onBytes` hears the unpacked bytes of each piece.
   * Throws `ZipError`, and what the system refuses as it is.
   */
  extract(
    entry: Entry,
    target: string,
    options: { readonly signal: AbortSignal; readonly onBytes?: (bytes: number) => void },
  ): Promise<void>;
}

/** Opens an archive for the length of `work`. Throws `ZipError` on one that is cut off or damaged, and what `work` throws. */
export async function withZip<T>(path: string, work: (zip: Zip) => Promise<T>): Promise<T> {
  const options = { lazyEntries: true, autoClose: false } as const;
  const file = await openPromise(path, options).catch(asZipError);
  try {
    const entries = await entriesOf(file).catch(asZipError);
    return await work({ entries, extract: (...given) => extract(file, ...given) });
  } finally {
    file.close();
  }
}

async function entriesOf(file: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of file.eachEntry()) entries.set(entry.fileName, entry);
  return entries;
}

async function extract(file: ZipFile, entry: Entry, target: string, options: Parameters<Zip['extract']>[2]) {
  await mkdir(dirname(target), { recursive: true });
  let crc = 0;
  const measure = new Transform({
    transform(piece: Buffer, _encoding, done) {
      crc = crc32(piece, crc);
      options.onBytes?.(piece.length);
      done(null, piece);
    },
  });
  const { signal } = options;
  const source = await file.openReadStreamPromise(entry).catch(asZipError);
  await pipeline(source, measure, createWriteStream(target, { flags: 'wx' }), { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    asZipError(error);
  });
  if (crc !== entry.crc32) throw new ZipError(`${entry.fileName} unpacked to bytes that differ from its checksum.`);
}

/** The library's errors and zlib's are the archive's fault; what the system refuses is not. */
function asZipError(error: unknown): never {
  if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
  throw new ZipError((error as Error).message.replace(/\.?$/, '.'), { cause: error });
}
