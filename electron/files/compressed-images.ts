import { totalmem } from 'node:os';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import * as v from 'valibot';
import { StudioError } from '../domain/errors.ts';
import { codeIndicesOf } from '../domain/codebook.ts';
import { ModelSpecSchema, type ModelSpec } from '../domain/experiment.ts';
import { describeIssue } from '../domain/describe-issue.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts';

/** Raised when older apps could not read it: codes of a codebook came second. */
const VERSIONS = { steps: '1', indices: '2' } as const;
const FORMAT = 'autoencoder-studio-compressed';
/** Of names, one a line. */
const MOST_NAME_BYTES = 2 ** 28;
const WEIGHT = 'weights/';

/** Images as codes of 8 bits, or as the indices of a codebook's vectors, and the decoder that makes images of them. */
export interface CompressedImages {
  readonly spec: ModelSpec;
  /** What the decoder computes with, by their names in a weights file. */
  readonly weights: Readonly<Record<string, StoredTensor>>;
  /**
   * One a value: uint8 [code size × images], unit by unit. Of a codebook, the indices: [places × images], place by place; of more than 256
   * vectors the low bytes of all, then the high ones.
   */
  readonly steps: Uint8Array;
  /** Least and largest value of each unit: float32 [code size × 2]; none of a codebook, whose vectors are among the weights. */
  readonly ranges?: Float32Array;
  /** One an image; none holds a line's end. */
  readonly names: readonly string[];
}

export interface CompressedBytes {
  readonly bytes: Uint8Array;
  /** Of all that belongs to the images: packed codes, ranges. */
  readonly codeBytes: number;
}

/** How many bytes an image's code takes before it is packed. */
export function bytesOfCode(spec: ModelSpec): number {
  const indices = codeIndicesOf(spec);
  return indices === undefined ? spec.code.size : indices.height * indices.width * bytesOfIndex(indices.vectors);
}

/** Whole bytes of an index. */
export const bytesOfIndex = (vectors: number): 1 | 2 => (vectors > 256 ? 2 : 1);

/** One safetensors file; codes and names are packed by Brotli (RFC 7932). */
export function encodeCompressed({ spec, weights, steps, ranges, names }: CompressedImages): CompressedBytes {
  const codes = brotliCompressSync(steps);
  const listed = brotliCompressSync(Buffer.from(names.map((name) => `${name}\n`).join('')));
  const named = Object.entries(weights).map(([name, tensor]) => [`${WEIGHT}${name}`, tensor] as const);
  const bytes = encodeSafetensors(
    {
      ...Object.fromEntries(named),
      ...(ranges === undefined ? {} : { ranges: { shape: [ranges.length / 2, 2], data: ranges } }),
      codes: { shape: [codes.length], data: codes },
      names: { shape: [listed.length], data: listed },
    },
    { format: FORMAT, version: versionOf(spec), images: String(names.length), model: JSON.stringify(spec) },
  );
  return { bytes, codeBytes: codes.length + (ranges?.byteLength ?? 0) };
}

/**
 * @param name what messages call the file
 * @throws StudioError `bad-file` naming what was expected and what was found; nothing is unpacked beyond what the file says there is
 */
export function decodeCompressed(bytes: Uint8Array, name: string): CompressedImages {
  const { tensors, metadata } = decodeSafetensors(bytes, name);
  if (metadata['format'] !== FORMAT) throw bad(name, 'a file of compressed images', 'another safetensors file');
  if (!Object.values<unknown>(VERSIONS).includes(metadata['version'])) {
    throw bad(name, `version ${Object.values(VERSIONS).join(' or ')}`, `version ${metadata['version']}`);
  }
  const spec = specOf(metadata['model'] ?? '', name);
  const images = Number(metadata['images']);
  const most = Math.floor(Math.min(MOST_VALUES / spec.code.size, MOST_BYTES / bytesOfImage(spec)));
  const each = bytesOfCode(spec);
  if (!Number.isSafeInteger(images) || images < 1 || images > most)
    throw bad(name, `1 to ${most} images`, `${metadata['images']}`);
  const ranges = codeIndicesOf(spec) === undefined ? rangesIn(tensors, spec, name) : undefined;
  const steps = unpacked(tensors['codes'], images * each, `${name}: codes`);
  if (steps.length !== images * each) throw bad(name, `${images * each} codes`, `${steps.length}`);
  const names = unpacked(tensors['names'], MOST_NAME_BYTES, `${name}: names`).toString('utf8').split('\n').slice(0, -1);
  if (names.length !== images) throw bad(name, `${images} names`, `${names.length}`);
  const weights = Object.entries(tensors).filter(([key]) => key.startsWith(WEIGHT));
  return {
    spec,
    weights: Object.fromEntries(weights.map(([key, tensor]) => [key.slice(WEIGHT.length), tensor])),
    steps,
    ...(ranges === undefined ? {} : { ranges }),
    names,
  };
}

const versionOf = (spec: ModelSpec): string => VERSIONS[codeIndicesOf(spec) === undefined ? 'steps' : 'indices'];

function rangesIn(tensors: Readonly<Record<string, StoredTensor>>, { code: { size } }: ModelSpec, name: string) {
  const ranges = tensors['ranges'];
  if (ranges?.data instanceof Float32Array && ranges.data.length === 2 * size) return ranges.data;
  const found = ranges === undefined ? 'none' : `shape ${ranges.shape.join(' × ')}`;
  throw bad(name, `ranges of ${size} units`, found);
}

/** Of all codes together. */
const MOST_VALUES = 2 ** 30;
/** Images lie in memory whole before they are written; a few bytes can say that there are very many. */
const MOST_BYTES = totalmem() / 2;

/** Its pixels, its code, and the same as float32. */
function bytesOfImage({ inputShape: [height, width, channels], code }: ModelSpec): number {
  return height * width * channels + 5 * code.size;
}

function specOf(text: string, name: string): ModelSpec {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad(name, 'a model in JSON', 'text that is not JSON', cause);
  }
  const parsed = v.safeParse(ModelSpecSchema, value);
  if (parsed.success) return parsed.output;
  throw new StudioError('bad-file', `${name}: model: ${describeIssue(parsed.issues[0])}`);
}

function unpacked(tensor: StoredTensor | undefined, most: number, where: string): Buffer {
  if (!(tensor?.data instanceof Uint8Array)) throw bad(where, 'packed bytes', 'none');
  try {
    return brotliDecompressSync(tensor.data, { maxOutputLength: Math.max(1, most) });
  } catch (cause) {
    throw bad(where, `at most ${most} bytes packed by Brotli`, 'others', cause);
  }
}

function bad(where: string, expected: string, found: string, cause?: unknown): StudioError {
  return new StudioError('bad-file', `${where}: expected ${expected}, found ${found}.`, { cause });
}
