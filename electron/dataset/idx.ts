import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { StudioError } from '../domain/errors.ts';
import { readFully } from '../files/read-fully.ts';
import { mostInOnePiece } from '../files/whole-file.ts';
import type { ImageColumns } from '../domain/words.ts';

/** The IDX format (http://yann.lecun.com/exdb/mnist, "file formats"): big-endian magic 0x00000801 for labels, 0x803 for images. */
const LABELS_MAGIC = 0x801;
const IMAGES_MAGIC = 0x803;

/** More than this is no set's, or does not lie in memory in one piece: refused before anything is allocated. */
const MOST_BYTES = Math.min(16 * 2 ** 30, mostInOnePiece());

/** Deflate cannot shrink anything further: a compressed file may not promise more than this many times its own size. */
const MOST_EXPANSION = 1_032;

/**
 * Reads uint8 images from an IDX file, plain or gzip (told by its content, not its name).
 * @param mostBytes of pixels that may lie in memory.
 * @throws StudioError `bad-file` naming the file, what was expected and what was found; `refused` for more pixels than
 * `mostBytes`, before anything is allocated; `not-found` if it cannot be opened.
 */
export async function readIdxImages(path: string, mostBytes = MOST_BYTES): Promise<ImageColumns> {
  const { sizes, body } = await readIdx(path, IMAGES_MAGIC, 'images', mostBytes);
  const [count = 0, height = 0, width = 0] = sizes;
  return { count, height, width, channels: 1, pixels: body };
}

/** Reads uint8 labels from an IDX file, plain or gzip. Throws as `readIdxImages`. */
export async function readIdxLabels(path: string): Promise<Uint8Array> {
  return (await readIdx(path, LABELS_MAGIC, 'labels', MOST_BYTES)).body;
}

async function readIdx(
  path: string,
  magic: number,
  what: string,
  mostBytes: number,
): Promise<{ sizes: number[]; body: Uint8Array }> {
  const gzipped = await isGzip(path);
  const file = createReadStream(path);
  const source: Readable = gzipped ? file.pipe(createGunzip()) : file;
  // A pipe does not carry the reader's own errors along.
  file.on('error', (error) => source.destroy(error));
  const reader = new HeaderThenBody(path, magic, what, { bytes: (await stat(path)).size, gzipped, mostBytes });
  try {
    for await (const chunk of source) reader.take(chunk as Buffer);
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw new StudioError(
      'bad-file',
      `${path}: expected a whole gzip file, found one that does not unpack (${(error as Error).message}).`,
      {
        cause: error,
      },
    );
  } finally {
    file.destroy();
    source.destroy();
  }
  return reader.finish();
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be opened (${cause.code})`;
    throw new StudioError('not-found', `${path}: expected an IDX file, but ${why}.`, { cause });
  });
  try {
    const head = Buffer.alloc(2);
    const found = await readFully(handle, head, 0).catch((cause: NodeJS.ErrnoException) => {
      throw new StudioError('bad-file', `${path}: expected an IDX file, found something unreadable (${cause.code}).`, {
        cause,
      });
    });
    return found === 2 && head[0] === 0x1f && head[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/** What a header may promise follows from its file and from what memory may hold. */
interface IdxFile {
  /** On disk. */
  readonly bytes: number;
  readonly gzipped: boolean;
  /** Of the body. */
  readonly mostBytes: number;
}

/** Parses the header as soon as it has arrived, then fills a body of exactly the size that the header promises. */
class HeaderThenBody {
  private head = Buffer.alloc(0);
  private sizes: number[] | undefined;
  private body = new Uint8Array(0);
  private filled = 0;
  private readonly path: string;
  private readonly magic: number;
  private readonly what: string;
  private readonly file: IdxFile;

  constructor(path: string, magic: number, what: string, file: IdxFile) {
    this.path = path;
    this.magic = magic;
    this.what = what;
    this.file = file;
  }

  take(chunk: Buffer): void {
    if (this.sizes !== undefined) {
      this.fill(chunk);
      return;
    }
    this.head = Buffer.concat([this.head, chunk]);
    const dimensions = this.magic & 0xff;
    const length = 4 + 4 * dimensions;
    if (this.head.length >= 4) this.checkMagic();
    if (this.head.length < length) return;
    this.sizes = Array.from({ length: dimensions }, (_, index) => this.head.readUInt32BE(4 + 4 * index));
    this.body = new Uint8Array(this.checkedSize(this.sizes, length));
    this.fill(this.head.subarray(length));
    this.head = Buffer.alloc(0);
  }

  finish(): { sizes: number[]; body: Uint8Array } {
    if (this.sizes === undefined)
      throw this.bad(`a header of ${4 + 4 * (this.magic & 0xff)} bytes`, `${this.head.length} bytes`);
    if (this.filled !== this.body.length) {
      throw this.bad(`${this.body.length} bytes of ${this.what} (${this.sizes.join(' × ')})`, `${this.filled}`);
    }
    return { sizes: this.sizes, body: this.body };
  }

  private fill(chunk: Buffer): void {
    const room = this.body.length - this.filled;
    if (chunk.length > room) {
      throw this.bad(`${this.body.length} bytes of ${this.what} (${this.sizes?.join(' × ')})`, 'more');
    }
    this.body.set(chunk, this.filled);
    this.filled += chunk.length;
  }

  private checkMagic(): void {
    const found = this.head.readUInt32BE(0);
    if (found === this.magic) return;
    const text = this.head.subarray(0, 4).toString('latin1');
    const looksLikeText = /^[\t\n\r\x20-\x7e]{4}$/.test(text);
    throw this.bad(
      `an IDX file of ${this.what} (magic number ${hex(this.magic)})`,
      looksLikeText ? `text beginning "${text.trimEnd()}"` : `magic number ${hex(found)}`,
    );
  }

  private checkedSize(sizes: readonly number[], headerBytes: number): number {
    const bytes = sizes.reduce((product, size) => product * size, 1);
    const shape = sizes.join(' × ');
    if (bytes === 0) throw this.bad(`at least one of ${this.what}`, `a header of ${shape}`);
    if (bytes > MOST_BYTES) throw this.bad(`at most ${MOST_BYTES} bytes of ${this.what}`, `a header of ${shape}`);
    const expected = `${bytes} bytes of ${this.what} (${shape})`;
    const { bytes: fileBytes, gzipped, mostBytes } = this.file;
    if (gzipped && headerBytes + bytes > fileBytes * MOST_EXPANSION) {
      throw this.bad(expected, `a gzip file of ${fileBytes} bytes, too small to hold them`);
    }
    if (!gzipped && headerBytes + bytes !== fileBytes) {
      throw this.bad(expected, `${Math.max(0, fileBytes - headerBytes)}`);
    }
    if (bytes > mostBytes) {
      const most = mostBytes.toLocaleString('en');
      const found = `${shape} = ${bytes.toLocaleString('en')}`;
      throw new StudioError(
        'refused',
        `${this.path}: expected at most ${most} bytes of ${this.what} in memory, found ${found}.`,
      );
    }
    return bytes;
  }

  private bad(expected: string, found: string): StudioError {
    return new StudioError('bad-file', `${this.path}: expected ${expected}, found ${found}.`);
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
