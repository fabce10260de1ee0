import { open } from 'node:fs/promises';
import { StudioError } from '../domain/errors.ts';
import { fromHalf } from './half-precision.ts';
import { readFully } from './read-fully.ts';

/** A typed array and its shape, as the safetensors format names them. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** Uint16: the bit patterns of half-precision numbers (half-precision.ts), which are read as floats. */
  readonly data: Float32Array | Uint8Array | Uint16Array | Uint32Array;
}

const kinds = { F32: Float32Array, F16: Uint16Array, U8: Uint8Array, U32: Uint32Array } as const;
type Kind = keyof typeof kinds;

/** A header past this is no header: the format's own limit is 100 MB, ours hold a few names. */
const MOST_HEADER_BYTES = 1 << 20;

/**
 * The bytes of a safetensors file: u64 header length, JSON header padded to 8 bytes, then the tensors one after another,
 * little-endian. https://huggingface.co/docs/safetensors
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return Buffer.concat(safetensorsPieces(tensors, metadata));
}

/** The same in pieces, which are views of the tensors: for files that do not lie in memory in one piece. */
export function safetensorsPieces(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): readonly Uint8Array[] {
  const described = Object.entries(tensors).map(([name, { shape, data }]) => ({ name, kind: kindOf(data), shape }));
  const bodies = Object.values(tensors).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return [encodeHeader(described, metadata), ...bodies];
}

/** What stands before the tensors' bytes, which follow in this order without gaps. */
export function encodeHeader(
  tensors: readonly { readonly name: string; readonly kind: Kind; readonly shape: readonly number[] }[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, kind, shape } of tensors) {
    const end = offset + byteLengthOf(kind, shape);
    header[name] = { dtype: kind, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = JSON.stringify(header);
  const head = Buffer.from(
    json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8 - Buffer.byteLength(json) + json.length),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.byteLength));
  return Buffer.concat([length, head]);
}

/** @param name the file's name, for messages. @throws StudioError `bad-file` naming what was expected and found. */
export function decodeSafetensors(
  bytes: Uint8Array,
  name: string,
): { readonly tensors: Readonly<Record<string, StoredTensor>>; readonly metadata: Readonly<Record<string, string>> } {
  const { entries, end } = readHeader(bytes, name);
  const { __metadata__: metadata, ...tensors } = entries;
  const read = Object.keys(tensors).map((key) => [key, readTensor(bytes, end, key, tensors[key], name)] as const);
  return { tensors: Object.fromEntries(read), metadata: metadata === undefined ? {} : readMetadata(metadata, name) };
}

/** A safetensors file whose tensors are read when they are asked for. */
export interface SafetensorsFile {
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Rejects with `bad-file` as `decodeSafetensors` throws. */
  readonly tensor: (key: string) => Promise<StoredTensor>;
}

/**
 * Opens a file, and closes it when the work is done. Of all that it holds only the largest tensor lies in memory in one piece.
 * @throws StudioError `not-found`; `bad-file` as `decodeSafetensors`; what the work throws
 */
export async function withSafetensors<T>(path: string, work: (file: SafetensorsFile) => Promise<T>): Promise<T> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new StudioError('not-found', `${path}: the file cannot be read.`, { cause });
  });
  try {
    const { size } = await file.stat();
    const read = async (from: number, count: number): Promise<Uint8Array<ArrayBuffer>> => {
      const bytes = new Uint8Array(count);
      return bytes.subarray(0, await readFully(file, bytes, from));
    };
    const end = headerEnd(await read(0, Math.min(8, size)), size, path);
    const { __metadata__: metadata, ...entries } = headerIn(await read(8, end - 8), path);
    const told = metadata === undefined ? {} : readMetadata(metadata, path);
    const tensor = async (key: string): Promise<StoredTensor> => {
      const place = placeOf(key, entries[key], size - end, path);
      const { byteLength, buffer } = await read(end + place.from, place.bytes);
      if (byteLength < place.bytes) throw bad(path, `${place.bytes} bytes of ${key}`, `${byteLength}`);
      return tensorOf(place, buffer);
    };
    return await work({ names: Object.keys(entries), metadata: told, tensor });
  } finally {
    await file.close();
  }
}

/** All tensors of a file, read one after another. Throws as `withSafetensors`. */
export function readSafetensors(path: string): Promise<Readonly<Record<string, StoredTensor>>> {
  return withSafetensors(path, async ({ names, tensor }) => {
    const tensors: Record<string, StoredTensor> = {};
    for (const name of names) tensors[name] = await tensor(name);
    return tensors;
  });
}

/** The format's word for an array's type. */
export function kindOf(data: StoredTensor['data']): Kind {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Uint16Array) return 'F16';
  return data instanceof Uint8Array ? 'U8' : 'U32';
}

function readHeader(bytes: Uint8Array, name: string): { entries: Record<string, unknown>; end: number } {
  const end = headerEnd(bytes, bytes.byteLength, name);
  return { entries: headerIn(bytes.subarray(8, end), name), end };
}

/** Where the header ends and the tensors begin. @param start at least the file's first eight bytes @param size the file's bytes */
function headerEnd(start: Uint8Array, size: number, name: string): number {
  if (start.byteLength < 8) throw bad(name, 'an 8-byte header length', `${start.byteLength} bytes`);
  const length = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  const most = Math.min(MOST_HEADER_BYTES, size - 8);
  if (length > most) throw bad(name, `a header of at most ${most} bytes`, `a length of ${length}`);
  return 8 + length;
}

function headerIn(bytes: Uint8Array, name: string): Record<string, unknown> {
  try {
    const entries: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof entries !== 'object' || entries === null || Array.isArray(entries)) throw new Error('no object');
    return entries as Record<string, unknown>;
  } catch (cause) {
    throw bad(name, 'a JSON header', 'text that is not JSON', cause);
  }
}

function readMetadata(entry: unknown, name: string): Record<string, string> {
  const texts =
    typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? Object.values(entry) : [undefined];
  if (texts.every((text) => typeof text === 'string')) return entry as Record<string, string>;
  throw bad(name, 'metadata of texts by name', JSON.stringify(entry));
}

interface Place {
  readonly kind: Kind;
  readonly shape: readonly number[];
  /** Counted from the first tensor's first byte. */
  readonly from: number;
  readonly bytes: number;
}

/** @param room bytes behind the header */
function placeOf(key: string, entry: unknown, room: number, name: string): Place {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(kinds, dtype))
    throw bad(name, `${key} of type F32, F16, U8 or U32`, String(dtype));
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw bad(name, `${key} with a shape and two offsets`, JSON.stringify(entry));
  }
  const [from, to] = offsets as [number, number];
  const kind = dtype as Kind;
  const bytes = byteLengthOf(kind, shape);
  if (to - from !== bytes || to > room) {
    throw bad(name, `${bytes} bytes of ${key}`, `offsets ${from} to ${to} of ${room} bytes`);
  }
  return { kind, shape, from, bytes };
}

/** @param buffer the tensor's bytes alone */
function tensorOf({ kind, shape, bytes }: Place, buffer: ArrayBuffer): StoredTensor {
  const Column = kinds[kind];
  const data = new Column(buffer, 0, bytes / Column.BYTES_PER_ELEMENT);
  return { shape, data: data instanceof Uint16Array ? fromHalf(data) : data };
}

function readTensor(bytes: Uint8Array, base: number, key: string, entry: unknown, name: string): StoredTensor {
  const place = placeOf(key, entry, bytes.byteLength - base, name);
  // A copy: the body is not aligned, and a view would keep the whole file in memory.
  const first = base + place.from;
  return tensorOf(place, new Uint8Array(bytes.subarray(first, first + place.bytes)).buffer);
}

const byteLengthOf = (kind: Kind, shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1) * kinds[kind].BYTES_PER_ELEMENT;

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function bad(name: string, expected: string, found: string, cause?: unknown): StudioError {
  return new StudioError('bad-file', `${name}: expected ${expected}, found ${found}.`, { cause });
}
