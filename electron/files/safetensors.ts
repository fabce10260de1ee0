import { StudioError } from '../domain/errors.ts';
import { fromHalf } from './half-precision.ts';

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
  const described = Object.entries(tensors).map(([name, { shape, data }]) => ({ name, kind: kindOf(data), shape }));
  const bodies = Object.values(tensors).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return Buffer.concat([encodeHeader(described, metadata), ...bodies]);
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
  const { names, metadata, tensor } = openSafetensors(bytes, name);
  return { tensors: Object.fromEntries(names.map((key) => [key, tensor(key)])), metadata };
}

/** The same, with each tensor copied out of the bytes only when it is asked for. Throws as `decodeSafetensors`. */
export function openSafetensors(
  bytes: Uint8Array,
  name: string,
): {
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensor: (key: string) => StoredTensor;
} {
  const { entries, end } = readHeader(bytes, name);
  const { __metadata__: metadata, ...tensors } = entries;
  return {
    names: Object.keys(tensors),
    metadata: metadata === undefined ? {} : readMetadata(metadata, name),
    tensor: (key) => readTensor(bytes, end, key, tensors[key], name),
  };
}

/** The format's word for an array's type. */
export function kindOf(data: StoredTensor['data']): Kind {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Uint16Array) return 'F16';
  return data instanceof Uint8Array ? 'U8' : 'U32';
}

function readHeader(bytes: Uint8Array, name: string): { entries: Record<string, unknown>; end: number } {
  if (bytes.byteLength < 8) throw bad(name, 'an 8-byte header length', `${bytes.byteLength} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const most = Math.min(MOST_HEADER_BYTES, bytes.byteLength - 8);
  if (length > most) throw bad(name, `a header of at most ${most} bytes`, `a length of ${length}`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length));
    const entries: unknown = JSON.parse(text);
    if (typeof entries !== 'object' || entries === null || Array.isArray(entries)) throw new Error('no object');
    return { entries: entries as Record<string, unknown>, end: 8 + length };
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

function readTensor(bytes: Uint8Array, base: number, key: string, entry: unknown, name: string): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(kinds, dtype))
    throw bad(name, `${key} of type F32, F16, U8 or U32`, String(dtype));
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw bad(name, `${key} with a shape and two offsets`, JSON.stringify(entry));
  }
  const [from, to] = offsets as [number, number];
  const Column = kinds[dtype as Kind];
  const expected = byteLengthOf(dtype as Kind, shape);
  if (to - from !== expected || base + to > bytes.byteLength) {
    throw bad(name, `${expected} bytes of ${key}`, `offsets ${from} to ${to} of ${bytes.byteLength - base} bytes`);
  }
  // A copy: the body is not aligned, and a view would keep the whole file in memory.
  const body = Uint8Array.prototype.slice.call(bytes, base + from, base + to);
  const data = new Column(body.buffer, 0, expected / Column.BYTES_PER_ELEMENT);
  return { shape, data: data instanceof Uint16Array ? fromHalf(data) : data };
}

const byteLengthOf = (kind: Kind, shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1) * kinds[kind].BYTES_PER_ELEMENT;

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function bad(name: string, expected: string, found: string, cause?: unknown): StudioError {
  return new StudioError('bad-file', `${name}: expected ${expected}, found ${found}.`, { cause });
}
