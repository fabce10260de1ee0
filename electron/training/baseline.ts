import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import type { Baseline } from '../domain/words.ts';
import { pixelsPerImage, splitTraining, type ImageSet } from '../dataset/image-set.ts';
import { mapSubset } from '../dataset/subset.ts';
import { neighbourAccuracy } from '../engine/neighbours.ts';
import { fitLeading } from '../engine/leading-components.ts';
import { pcaErrors, projectImages } from '../engine/pca.ts';
import { writeWhole } from '../files/atomic.ts';
import { decodeSafetensors, encodeSafetensors } from '../files/safetensors.ts';
import type { Breathe } from '../engine/inference.ts';

/** Neighbours that vote: the figure published codes are compared by. */
export const NEIGHBOURS = 10;

/** Raised when what is computed changes, so that older files are not read. */
const CACHE_VERSION = 3;

/** Components that images of more than 1,024 values are compared with; smaller ones have all of theirs. */
const COMPONENTS = 256;
/** Values of all their axes: 256 MiB, of which some are held at once. Models of larger images have smaller codes too. */
const MOST_AXIS_VALUES = 2 ** 26;

/**
 * PCA of the training split's pixels, and what it reaches on the others. Computed once for a set and a split, then kept as a
 * file in `cacheFolder`; a damaged file is computed anew.
 */
export async function baselineOf(
  set: ImageSet,
  validationCount: number,
  cacheFolder: string,
  breathe: Breathe,
): Promise<Baseline> {
  const path = join(cacheFolder, `pca-${fingerprint(set, validationCount)}.safetensors`);
  const stored = await readBaseline(path, set).catch(() => undefined);
  if (stored !== undefined) return stored;
  const baseline = await compute(set, validationCount, cacheFolder, breathe);
  await writeWhole(path, encode(baseline));
  return baseline;
}

async function compute(
  set: ImageSet,
  validationCount: number,
  cacheFolder: string,
  breathe: Breathe,
): Promise<Baseline> {
  const { training, validation } = splitTraining(set.training, validationCount);
  const subset = mapSubset(set.test);
  const components = Math.min(COMPONENTS, Math.floor(MOST_AXIS_VALUES / pixelsPerImage(training.images)));
  const pca = await fitLeading(training.images, components, breathe, { cacheFolder });
  try {
    const testSquaredError = await pcaErrors(pca, set.test.images, breathe);
    const validationSquaredError =
      validation.images.count === 0 ? new Float32Array(0) : await pcaErrors(pca, validation.images, breathe);
    const testCodes = projectImages(pca, set.test.images, 2);
    const column = (axis: number): Float32Array =>
      Float32Array.from(subset.indices, (index) => testCodes[index * 2 + axis] ?? 0);
    const baseline = {
      imageSet: set.id,
      subset,
      map: { x: column(0), y: column(1) },
      testSquaredError,
      validationSquaredError,
    };
    if (training.labels === undefined || set.test.labels === undefined) return baseline;
    const accuracy = await neighbourAccuracy(
      { codes: projectImages(pca, training.images, 2), labels: training.labels },
      { codes: testCodes, labels: set.test.labels },
      2,
      NEIGHBOURS,
      breathe,
    );
    return { ...baseline, neighbourAccuracy: accuracy };
  } finally {
    pca.dispose();
  }
}

/** The set's content, not its name: a set that was replaced has another fingerprint. */
export function fingerprint(set: ImageSet, validationCount: number): string {
  const hash = createHash('sha256').update(`${CACHE_VERSION} ${validationCount}`);
  hash.update(set.training.images.pixels).update(set.test.images.pixels);
  for (const { labels } of [set.training, set.test]) hash.update(labels ?? 'none');
  return hash.digest('hex').slice(0, 16);
}

function encode(baseline: Baseline): Uint8Array {
  const { subset, map, testSquaredError, validationSquaredError, neighbourAccuracy: accuracy } = baseline;
  const column = <T extends Float32Array | Uint8Array | Uint32Array>(data: T) => ({ shape: [data.length], data });
  return encodeSafetensors(
    {
      'subset.indices': column(subset.indices),
      'subset.labels': column(subset.labels),
      'map.x': column(map.x),
      'map.y': column(map.y),
      test_squared_error: column(testSquaredError),
      validation_squared_error: column(validationSquaredError),
    },
    accuracy === undefined ? {} : { neighbour_accuracy: String(accuracy) },
  );
}

/** @throws where the file is missing or is not what `encode` writes. */
async function readBaseline(path: string, set: ImageSet): Promise<Baseline> {
  const { tensors, metadata } = decodeSafetensors(await readFile(path), path);
  const column = <T>(name: string, type: new (...none: never[]) => T): T => {
    const data: unknown = tensors[name]?.data;
    if (!(data instanceof type)) throw new StudioError('bad-file', `${path}: expected a tensor "${name}", found none.`);
    return data;
  };
  const accuracy = metadata['neighbour_accuracy'];
  return {
    imageSet: set.id,
    subset: { indices: column('subset.indices', Uint32Array), labels: column('subset.labels', Uint8Array) },
    map: { x: column('map.x', Float32Array), y: column('map.y', Float32Array) },
    testSquaredError: column('test_squared_error', Float32Array),
    validationSquaredError: column('validation_squared_error', Float32Array),
    ...(accuracy === undefined ? {} : { neighbourAccuracy: Number(accuracy) }),
  };
}
