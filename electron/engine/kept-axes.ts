import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import type { ImageColumns } from '../domain/words.ts';
import { writeWhole } from '../files/atomic.ts';
import { decodeSafetensors, encodeSafetensors } from '../files/safetensors.ts';
import { allFinite } from './finite.ts';
import { valuesIn } from './images.ts';
import { oneDnnAsked, tensorflowVersion } from './tensorflow.ts';
import { threadsInUse } from './threads.ts';

/** Raised when what is computed changes, so that older files are not read. */
const VERSION = 1;
/** Multiply-adds from which on axes are kept: what takes less is worked out sooner than it is looked for. */
const LEAST_WORK = 1e8;
/** Of their sides' third power, so many to decompose a covariance. */
const DECOMPOSITION = 10;
/** Numbers of a file at most: 16 MiB. */
const MOST_NUMBERS = 2 ** 22;
/** Files in a folder, those that were asked for last. */
const MOST_FILES = 8;

/** Where images lie and along what they spread: what PCA has found. */
export interface Axes {
  /** float32 [values] */
  readonly mean: Float32Array;
  /** float32 [values × size], orthonormal columns, the largest spread first */
  readonly components: Float32Array;
}

/**
 * The axes of images: those that are kept in `cacheFolder`, where another process has fitted them there, bit for bit what `fit` would
 * give; else what it gives, which is then kept. Found by the images' content, and by what rounding depends on besides: TensorFlow's
 * version and its threads. A damaged file is worked out anew; where none can be written, nothing is kept.
 * @param size how many axes, 1 to the values of an image
 */
export async function keptAxes(
  cacheFolder: string | undefined,
  images: ImageColumns,
  size: number,
  fit: () => Promise<Axes>,
): Promise<Axes> {
  if (cacheFolder === undefined || !isWorthKeeping(images, size)) return fit();
  const path = join(cacheFolder, `axes-${fingerprint(images, size)}.safetensors`);
  const kept = await readAxes(path, images, size).catch(() => undefined);
  if (kept !== undefined) return kept;
  const axes = await fit();
  await keep(cacheFolder, path, encode(axes, size)).catch(() => undefined);
  return axes;
}

function isWorthKeeping(images: ImageColumns, size: number): boolean {
  const values = valuesIn(images);
  const work = images.count * values * size + DECOMPOSITION * size ** 3;
  return work >= LEAST_WORK && values * (size + 1) <= MOST_NUMBERS;
}

function fingerprint({ height, width, channels, count, pixels }: ImageColumns, size: number): string {
  const said = [VERSION, tensorflowVersion(), oneDnnAsked(), threadsInUse(), height, width, channels, count, size];
  return createHash('sha256').update(said.join(' ')).update(pixels).digest('hex').slice(0, 32);
}

/** @throws where the file is missing or is not what `encode` writes of axes of these images. */
async function readAxes(path: string, images: ImageColumns, size: number): Promise<Axes> {
  const { tensors } = decodeSafetensors(await readFile(path), path);
  const values = valuesIn(images);
  const numbers = (name: string, shape: readonly number[]): Float32Array => {
    const found = tensors[name];
    const fits = found?.data instanceof Float32Array && found.shape.join() === shape.join() && allFinite(found.data);
    if (fits) return found.data;
    const words = `finite float32 numbers [${shape.join(', ')}] by the name "${name}"`;
    throw new StudioError('bad-file', `${path}: expected ${words}, found something else.`);
  };
  const axes = { mean: numbers('mean', [values]), components: numbers('components', [values, size]) };
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
  return axes;
}

function encode({ mean, components }: Axes, size: number): Uint8Array {
  return encodeSafetensors({
    mean: { shape: [mean.length], data: mean },
    components: { shape: [mean.length, size], data: components },
  });
}

/** Throws as `writeWhole`. */
async function keep(cacheFolder: string, path: string, bytes: Uint8Array): Promise<void> {
  await writeWhole(path, bytes);
  const names = (await readdir(cacheFolder)).filter((name) => /^axes-[0-9a-f]+\.safetensors$/.test(name));
  const files = await Promise.all(
    names.map(async (name) => ({ name, asked: (await stat(join(cacheFolder, name))).mtimeMs })),
  );
  const old = files.sort((a, b) => b.asked - a.asked).slice(MOST_FILES);
  for (const { name } of old) await rm(join(cacheFolder, name), { force: true });
}
