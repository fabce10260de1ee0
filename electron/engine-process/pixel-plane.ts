import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import type { MapColumns } from '../domain/words.ts';
import { splitTraining, type ImageSet } from '../dataset/image-set.ts';
import type { Breathe } from '../engine/inference.ts';
import { fitLeading } from '../engine/leading-components.ts';
import { projectImages } from '../engine/pca.ts';
import { writeWhole } from '../files/atomic.ts';
import { decodeSafetensors, encodeSafetensors } from '../files/safetensors.ts';
import { fingerprint } from '../training/baseline.ts';

/** Every image of both splits on the plane of the training images' first two principal components. */
type Planes = Readonly<Record<'training' | 'test', MapColumns>>;

/**
 * Every image of a split on the plane that the baseline's map shows a subset of. Computed once for a set and a validation
 * split, then kept as a file in `cacheFolder`; a damaged file is computed anew.
 */
export async function pixelPlaneOf(
  set: ImageSet,
  validationCount: number,
  split: 'training' | 'test',
  cacheFolder: string,
  breathe: Breathe,
): Promise<MapColumns> {
  const path = join(cacheFolder, `plane-${fingerprint(set, validationCount)}.safetensors`);
  const stored = await readPlanes(path).catch(() => undefined);
  if (stored !== undefined) return stored[split];
  const planes = await compute(set, validationCount, cacheFolder, breathe);
  await writeWhole(path, encode(planes));
  return planes[split];
}

async function compute(set: ImageSet, validationCount: number, cacheFolder: string, breathe: Breathe): Promise<Planes> {
  const { training } = splitTraining(set.training, validationCount);
  const pca = await fitLeading(training.images, 2, breathe, { cacheFolder });
  try {
    const columns = (split: 'training' | 'test'): MapColumns => {
      const codes = projectImages(pca, set[split].images, 2);
      const column = (axis: number) =>
        Float32Array.from({ length: codes.length / 2 }, (_, row) => codes[2 * row + axis]!);
      return { x: column(0), y: column(1) };
    };
    return { training: columns('training'), test: columns('test') };
  } finally {
    pca.dispose();
  }
}

function encode({ training, test }: Planes): Uint8Array {
  const column = (data: Float32Array) => ({ shape: [data.length], data });
  return encodeSafetensors(
    {
      'training.x': column(training.x),
      'training.y': column(training.y),
      'test.x': column(test.x),
      'test.y': column(test.y),
    },
    {},
  );
}

/** @throws where the file is missing or is not what `encode` writes. */
async function readPlanes(path: string): Promise<Planes> {
  const { tensors } = decodeSafetensors(await readFile(path), path);
  const column = (name: string): Float32Array => {
    const data = tensors[name]?.data;
    if (data instanceof Float32Array) return data;
    throw new StudioError('bad-file', `${path}: expected a tensor "${name}" of float32, found none.`);
  };
  return {
    training: { x: column('training.x'), y: column('training.y') },
    test: { x: column('test.x'), y: column('test.y') },
  };
}
