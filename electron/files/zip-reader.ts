import { read } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';

/** What is read at once where reads follow each other, as those of a directory do; elsewhere a header, and with it a small file whole. */
const [LARGE_PIECE, SMALL_PIECE] = [2 ** 16, 2 ** 12];

/** How all archives are read: we decode the names ourselves, and what is larger than its entry says is refused. */
export const ZIP_OPTIONS = {
  lazyEntries: true,
  autoClose: false,
  decodeStrings: false,
  validateEntrySizes: true,
} as const;

/** Opens a zip file, which stays open until it is closed. Throws what yauzl and the system do. */
export async function openZip(path: string): Promise<ZipFile> {
  const file = await open(path);
  try {
    return await fromRandomAccessReaderPromise(new ZipReader(file), (await file.stat()).size, ZIP_OPTIONS);
  } catch (error) {
    await file.close();
    throw error;
  }
}

type Answer = (error: Error | null, bytes?: number) => void;

/**
 * A file as yauzl reads it: a few bytes at a time, twice for each entry of an archive's directory and once before its content. What lies
 * in the piece that was read last is answered from it, so that an archive of many small files takes few turns of the disk.
 */
class ZipReader extends RandomAccessReader {
  // Yauzl's types leave out that it counts who needs the file.
  declare ref: () => void;
  declare unref: () => void;
  private readonly file: FileHandle;
  private piece: Buffer = Buffer.of();
  private pieceStart = 0;
  private lastEnd = -1;

  /** @param file open for reading; it is closed with the archive. */
  constructor(file: FileHandle) {
    super();
    this.file = file;
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, answer: Answer): void {
    const pieceBytes = position === this.lastEnd ? LARGE_PIECE : SMALL_PIECE;
    this.lastEnd = position + length;
    const known = this.known(position, this.lastEnd);
    if (known.length === length) {
      process.nextTick(answer, null, known.copy(buffer, offset));
    } else if (length > pieceBytes) {
      this.fromDisk(buffer, offset, length, position, answer);
    } else {
      const piece = Buffer.allocUnsafe(pieceBytes);
      this.fromDisk(piece, 0, pieceBytes, position, (error, bytes = 0) => {
        if (error !== null) return answer(error);
        [this.piece, this.pieceStart] = [piece.subarray(0, bytes), position];
        answer(null, this.known(position, position + length).copy(buffer, offset));
      });
    }
  }

  override createReadStream({ start, end }: { readonly start: number; readonly end: number }): Readable {
    let position = start;
    const push = (chunk: Buffer): void => {
      position += chunk.length;
      stream.push(chunk);
    };
    const next = (): void => {
      if (position >= end) return void stream.push(null);
      const known = this.known(position, end);
      if (known.length > 0) return push(known);
      const chunk = Buffer.allocUnsafe(Math.min(LARGE_PIECE, end - position));
      this.fromDisk(chunk, 0, chunk.length, position, (error, bytes = 0) => {
        if (error === null && bytes > 0) return push(chunk.subarray(0, bytes));
        stream.destroy(error ?? new Error('unexpected EOF'));
      });
    };
    this.ref();
    const stream = new Readable({ read: next });
    return stream.once('close', () => this.unref());
  }

  override close(answer: (error: Error | null) => void): void {
    this.file.close().then(() => answer(null), answer);
  }

  /** As many of these bytes, from the first on, as the piece holds. */
  private known(start: number, end: number): Buffer {
    const from = start - this.pieceStart;
    return from < 0 ? Buffer.of() : this.piece.subarray(from, from + end - start);
  }

  /** The file stays open until the answer, also where whoever asked has gone away. */
  private fromDisk(buffer: Buffer, offset: number, length: number, position: number, answer: Answer): void {
    this.ref();
    read(this.file.fd, buffer, offset, length, position, (error, bytes) => {
      this.unref();
      answer(error, bytes);
    });
  }
}
