import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { StudioError } from '../domain/errors.ts';
import { readFully } from './read-fully.ts';

/** A header, and what contents are padded to. */
const BLOCK = 512;
const MOST_ENTRIES = 5_000_000;
/** A longer name is none. */
const MOST_NAME_BYTES = 65_536;

export interface TarEntry {
  /** With `/` between folders; never climbs. */
  readonly name: string;
  readonly bytes: number;
  /** Where its content begins in the archive. */
  readonly start: number;
}

/**
 * A tar archive that is read in place (POSIX 1003.1-1988 "ustar", the long names of GNU and of POSIX 2001 "pax"). Links, devices
 * and paths that climb are passed over.
 */
export class TarArchive {
  readonly entries: readonly TarEntry[];
  private readonly path: string;

  private constructor(path: string, entries: readonly TarEntry[]) {
    this.path = path;
    this.entries = entries;
  }

  /**
   * @param name what messages call it.
   * @param onEntry called before each entry is looked at; what it throws ends the reading.
   * @throws StudioError `bad-file` for what is no whole tar archive.
   */
  static async open(path: string, name: string, onEntry: () => void = () => undefined): Promise<TarArchive> {
    const file = await open(path);
    try {
      return new TarArchive(path, await readEntries(file, name, onEntry));
    } finally {
      await file.close();
    }
  }

  /** The content from `from` on. The archive is opened with its first piece: whoever stops before would leave it open. */
  async *stream({ start, bytes }: TarEntry, from = 0): AsyncGenerator<Buffer> {
    if (from >= bytes) return;
    yield* createReadStream(this.path, { start: start + from, end: start + bytes - 1 }) as AsyncIterable<Buffer>;
  }

  async read({ start, bytes }: TarEntry): Promise<Buffer> {
    const file = await open(this.path);
    try {
      return await blockAt(file, start, bytes);
    } finally {
      await file.close();
    }
  }
}

async function readEntries(file: FileHandle, name: string, onEntry: () => void): Promise<TarEntry[]> {
  const { size } = await file.stat();
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= size;) {
    onEntry();
    const header = await blockAt(file, at, BLOCK);
    // Two blocks of noughts end an archive; one is enough to know.
    if (header.every((byte) => byte === 0)) break;
    if (!hasRightSum(header)) throw bad(name, at === 0 ? 'something else' : `a damaged header at byte ${at}`);
    const bytes = numberAt(header, 124, 12);
    const start = at + BLOCK;
    if (!Number.isSafeInteger(bytes) || bytes < 0 || start + bytes > size) throw bad(name, 'one that is cut off');
    const type = String.fromCharCode(header[156]!);
    if (type === 'L' || type === 'x') {
      const text = (await blockAt(file, start, Math.min(bytes, MOST_NAME_BYTES))).toString('utf8');
      longName = type === 'L' ? text.replace(/\0.*$/s, '') : (paxPath(text) ?? longName);
    } else {
      const path = longName ?? nameIn(header);
      if ((type === '0' || type === '\0' || type === '7') && staysInside(path)) {
        entries.push({ name: path.replace(/^(?:\.\/)+/, ''), bytes, start });
      }
      longName = undefined;
      if (entries.length > MOST_ENTRIES) throw bad(name, `more than ${MOST_ENTRIES} entries`);
    }
    at = start + Math.ceil(bytes / BLOCK) * BLOCK;
  }
  return entries;
}

/** @throws Error where the file ends before */
async function blockAt(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const block = Buffer.alloc(bytes);
  const read = await readFully(file, block, at);
  if (read < bytes) throw new Error(`the file ends at byte ${at + read}, where ${bytes - read} more were expected`);
  return block;
}

function textAt(header: Buffer, at: number, bytes: number): string {
  return header.toString('utf8', at, at + bytes).replace(/\0.*$/s, '');
}

function nameIn(header: Buffer): string {
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textAt(header, 345, 155) : '';
  const name = textAt(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits, or a big-endian number whose first bit is set. */
function numberAt(header: Buffer, at: number, bytes: number): number {
  if ((header[at]! & 0x80) === 0) return Number.parseInt(textAt(header, at, bytes).trim() || '0', 8);
  let value = header[at]! & 0x7f;
  for (let place = at + 1; place < at + bytes; place += 1) value = value * 256 + header[place]!;
  return value;
}

/** The sum of the header's bytes, its own field counted as spaces. */
function hasRightSum(header: Buffer): boolean {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return sum === numberAt(header, 148, 8);
}

/** The path among a pax header's records, each "length key=value" and a line's end. */
function paxPath(records: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records)?.[1];
}

function staysInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split(/[/\\]/).includes('..') && !/^[a-z]:/i.test(path);
}

function bad(name: string, found: string): StudioError {
  return new StudioError('bad-file', `${name}: expected a whole tar archive, found ${found}.`);
}
