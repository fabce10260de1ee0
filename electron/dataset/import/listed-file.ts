import { closeSync, createReadStream, fstatSync, openSync } from 'node:fs';
import { extname } from 'node:path';
import { readFullyNow } from '../../files/read-fully.ts';
import type { DiskPath } from './disk-path.ts';
import type { ImportSystem } from './system.ts';

export type ListedKind = 'picture' | 'zip' | 'tar' | 'npy' | 'npz' | 'csv' | 'idx' | 'unknown';

/** A file that was found, on disk or in an archive; nothing of it has been read. */
export interface ListedFile {
  readonly kind: ListedKind;
  /** Below what was given, with `/` between folders; begins with the given folder's name where several were given. */
  readonly name: string;
  /** Of a file on disk, where a string can hold it. */
  readonly path?: string | undefined;
  size(): Promise<number>;
  read(): Promise<Buffer>;
  /** The first bytes, fewer where the file is shorter. */
  head(bytes: number): Promise<Buffer>;
  /** The last bytes, fewer where the file is shorter; absent where much would have to be unpacked for them. */
  tail?(bytes: number): Promise<Buffer>;
  /** All bytes from `start` on, as often as needed. */
  stream(start: number): AsyncIterable<Buffer>;
}

/** A file on disk. There may be a million of them: each holds its names only. */
export class DiskFile implements ListedFile {
  readonly name: string;
  private readonly place: DiskPath;
  private readonly system: ImportSystem;

  constructor(place: DiskPath, name: string, system: ImportSystem) {
    this.place = place;
    this.name = name;
    this.system = system;
  }

  get kind(): ListedKind {
    return kindOf(this.name);
  }

  get path(): string | undefined {
    return typeof this.place === 'string' ? this.place : undefined;
  }

  size(): Promise<number> {
    return this.system.fileSize(this.place);
  }

  read(): Promise<Buffer> {
    return this.system.readFile(this.place);
  }

  // Read at once: a trip to the thread pool takes longer. async: what the system throws comes out as a rejection.
  async head(bytes: number): Promise<Buffer> {
    const file = openSync(this.place, 'r');
    try {
      const head = Buffer.alloc(bytes);
      return head.subarray(0, readFullyNow(file, head, 0));
    } finally {
      closeSync(file);
    }
  }

  async tail(bytes: number): Promise<Buffer> {
    const file = openSync(this.place, 'r');
    try {
      const tail = Buffer.alloc(bytes);
      return tail.subarray(0, readFullyNow(file, tail, Math.max(0, fstatSync(file).size - bytes)));
    } finally {
      closeSync(file);
    }
  }

  // Opened with the first piece: whoever stops before would leave the file open.
  async *stream(start: number): AsyncGenerator<Buffer> {
    yield* createReadStream(this.place, { start }) as AsyncIterable<Buffer>;
  }
}

/** The pieces without their first `start` bytes. */
export async function* after(pieces: AsyncIterable<Buffer>, start: number): AsyncGenerator<Buffer> {
  let skip = start;
  for await (const piece of pieces) {
    if (skip < piece.length) yield piece.subarray(skip);
    skip = Math.max(0, skip - piece.length);
  }
}

/** The first `bytes` bytes of the pieces, which are read no further. */
export async function headOf(pieces: AsyncIterable<Buffer>, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    length += piece.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

const PICTURE = /\.(?:png|jpe?g|jfif|webp|gif|tiff?|avif|bmp|dib|hei[cf]|p[bgnp]m|svg)$/i;

/** Whether a file is called as pictures are; what it is shows when it is read. */
export const isCalledPicture = (path: string): boolean => PICTURE.test(path);

const kinds: Readonly<Record<string, ListedKind>> = {
  '.zip': 'zip',
  '.tar': 'tar',
  '.tgz': 'tar',
  '.npy': 'npy',
  '.npz': 'npz',
  '.csv': 'csv',
  '.tsv': 'csv',
};

/** By name: what is inside is looked at when it is read. */
export function kindOf(name: string): ListedKind {
  if (isCalledPicture(name)) return 'picture';
  if (/idx[13][-.]ubyte(?:\.gz)?$|\.idx(?:\.gz)?$/i.test(name)) return 'idx';
  if (/\.tar\.gz$/i.test(name)) return 'tar';
  if (/\.[ct]sv\.gz$/i.test(name)) return 'csv';
  return kinds[extname(name).toLowerCase()] ?? 'unknown';
}
