import { totalmem } from 'node:os';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import * as v from 'valibot';
import { StudioError } from '../domain/errors.ts';
import { ModelSpecSchema, type ModelSpec } from '../domain/experiment.ts';
import { describeIssue } from '../domain/describe-issue.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts';

/** Raised when older apps could not read it. */
const VERSION = '1';
const FORMAT = 'autoencoder-studio-compressed';
/** Of names, one a line. */
const MOST_NAME_BYTES = 2 ** 28;
const WEIGHT = 'weights/';

/** Images as codes of 8 bits, and the decoder that makes images of them. */
export interface CompressedImages {
  readonly spec: ModelSpec;
  /** What the decoder computes with, by their names in a weights file. */
  readonly weights: Readonly<Record<string, StoredTensor>>;
  /** One a value: uint8 [code size × images], unit by unit. */
  readonly steps: Uint8Array;
  /** Least and largest value of each unit: float32 [code size × 2]. */
  readonly ranges: Float32Array;
  /** One an image; none holds a line's end. */
  readonly names: readonly string[];
}

export interface CompressedBytes {
  readonly bytes: Uint8Array;
  /** Of all that belongs to the images: packed codes, ranges. */
  readonly codeBytes: number;
}

/** One safetensors file; codes and names are packed by Brotli (RFC 7932). */
export function encodeCompressed({ spec, weights, steps, ranges, names }: CompressedImages): CompressedBytes {
  const codes = brotliCompressSync(steps);
  const listed = brotliCompressSync(Buffer.from(names.map((name) => `${name}\n`).join('')));
  const named = Object.entries(weights).map(([name, tensor]) => [`${WEIGHT}${name}`, tensor] as const);
  const bytes = encodeSafetensors(
    {
      ...Object.fromEntries(named),
      ranges: { shape: [ranges.length / 2, 2], data: ranges },
      codes: { shape: [codes.length], data: codes },
      names: { shape: [listed.length], data: listed },
    },
    { format: FORMAT, version: VERSION, images: String(names.length), model: JSON.stringify(spec) },
  );
  return { bytes, codeBytes: codes.length + ranges.byteLength };
}

/**
 * @param name what messages call the file
 * @throws StudioError `bad-file` naming what was expected and what was found; nothing is unpacked beyond what the file says there is
 */
export function decodeCompressed(bytes: Uint8Array, name: string): CompressedImages {
  const { tensors, metadata } = decodeSafetensors(bytes, name);
  if (metadata['format'] !== FORMAT) throw bad(name, 'a file of compressed images', 'another safetensors file');
  if (metadata['version'] !== VERSION) throw bad(name, `version ${VERSION}`, `version ${metadata['version']}`);
  const spec = specOf(metadata['model'] ?? '', name);
  const images = Number(metadata['images']);
  const most = Math.floor(Math.min(MOST_VALUES / spec.code.size, MOST_BYTES / bytesOfImage(spec)));
  if (!Number.isSafeInteger(images) || images < 1 || images > most)
    throw bad(name, `1 to ${most} images`, `${metadata['images']}`);
  const ranges = tensors['ranges'];
  if (!(ranges?.data instanceof Float32Array) || ranges.data.length !== 2 * spec.code.size) {
    throw bad(
      name,
      `ranges of ${spec.code.size} units`,
      ranges === undefined ? 'none' : `shape ${ranges.shape.join(' × ')}`,
    );
  }
  const steps = unpacked(tensors['codes'], images * spec.code.size, `${name}: codes`);
  if (steps.length !== images * spec.code.size) throw bad(name, `${images * spec.code.size} codes`, `${steps.length}`);
  const names = unpacked(tensors['names'], MOST_NAME_BYTES, `${name}: names`).toString('utf8').split('\n').slice(0, -1);
  if (names.length !== images) throw bad(name, `${images} names`, `${names.length}`);
  const weights = Object.entries(tensors).filter(([key]) => key.startsWith(WEIGHT));
  return {
    spec,
    weights: Object.fromEntries(weights.map(([key, tensor]) => [key.slice(WEIGHT.length), tensor])),
    steps,
    ranges: ranges.data,
    names,
  };
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
