import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

/** One file inside a zip archive. Sizes in bytes. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
const endRecordSize = 22;
const longestComment = 0xffff;

/** What makes an archive unreadable; the message names the place. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

/** The archive's directory by name. Throws `ZipError` on an archive that is cut off, damaged, or larger than 4 GB. */
export async function readZipDirectory(path: string): Promise<ReadonlyMap<string, ZipEntry>> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = await readAt(
      file,
      Math.max(0, size - endRecordSize - longestComment),
      Math.min(size, endRecordSize + longestComment),
    );
    const end = findEnd(tail);
    const count = tail.readUInt16LE(end + 10);
    const length = tail.readUInt32LE(end + 12);
    const offset = tail.readUInt32LE(end + 16);
    if (count === 0xffff || offset === 0xffffffff) throw new ZipError('The archive is in the large (zip64) form.');
    if (offset + length > size) throw new ZipError('The archive ends before its directory.');
    return parseDirectory(await readAt(file, offset, length), count);
  } finally {
    await file.close();
  }
}

function findEnd(tail: Buffer): number {
  for (let at = tail.length - endRecordSize; at >= 0; at--) {
    if (tail.readUInt32LE(at) === endSignature) return at;
  }
  throw new ZipError('The archive has no end record: it is cut off, or not a zip archive.');
}

function parseDirectory(directory: Buffer, count: number): ReadonlyMap<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== entrySignature) {
      throw new ZipError(`The archive's directory is damaged at entry ${String(index)}.`);
    }
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    entries.set(name, {
      name,
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      compressedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * Streams one entry of the archive into a new file `target`, checking its size and CRC. `onBytes` hears the unpacked
 * bytes of each piece.
 */
export async function extractZipEntry(
  archive: string,
  entry: ZipEntry,
  target: string,
  options: { readonly signal: AbortSignal; readonly onBytes?: (bytes: number) => void },
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const start = await dataOffset(archive, entry);
  let crc = 0;
  let size = 0;
  const measure = new Transform({
    transform(piece: Buffer, _encoding, done) {
      crc = crc32(piece, crc);
      size += piece.length;
      options.onBytes?.(piece.length);
      done(null, piece);
    },
  });
  if (entry.compressedSize === 0) {
    await writeFile(target, '', { flag: 'wx' });
  } else {
    const highWaterMark = 1 << 20;
    const source = createReadStream(archive, { start, end: start + entry.compressedSize - 1, highWaterMark });
    const sink = createWriteStream(target, { flags: 'wx' });
    const { signal } = options;
    if (entry.method === 8)
      await pipeline(source, createInflateRaw({ chunkSize: highWaterMark }), measure, sink, { signal });
    else if (entry.method === 0) await pipeline(source, measure, sink, { signal });
    else throw new ZipError(`${entry.name} is packed by method ${String(entry.method)}; 0 and 8 can be read.`);
  }
  if (size !== entry.size || crc !== entry.crc) {
    throw new ZipError(
      `${entry.name} unpacked to ${String(size)} bytes that differ from the ${String(entry.size)} recorded.`,
    );
  }
}

/** Where an entry's data begin: its local header repeats the name and may carry other extra fields than the directory. */
async function dataOffset(archive: string, entry: ZipEntry): Promise<number> {
  const file = await open(archive);
  try {
    const header = await readAt(file, entry.headerOffset, 30);
    if (header.readUInt32LE(0) !== localSignature)
      throw new ZipError(`${entry.name} has no header where the directory says.`);
    return entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new ZipError(`The archive ends at byte ${String(position + bytesRead)}.`);
  return buffer;
}
