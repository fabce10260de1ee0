import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { PcaNeighbours } from '../domain/words.ts';
import { splitTraining, type ImageSet } from '../dataset/image-set.ts';
import { breathsOf } from '../engine/breaths.ts';
import type { Breathe } from '../engine/inference.ts';
import { pcaCodes } from '../engine/leading-components.ts';
import { neighbourAccuracy } from '../engine/neighbours.ts';
import { writeWhole } from '../files/atomic.ts';
import { fingerprint, NEIGHBOURS } from './baseline.ts';

const Stored = v.strictObject({ size: v.number(), accuracy: v.number() });

/**
 * What a code's own 10-NN figure is to be held against: PCA in as many dimensions. Computed once for a set, a split and a size,
 * then kept as a file in `cacheFolder`; a damaged file is computed anew.
 */
export async function pcaNeighboursOf(
  set: ImageSet,
  validationCount: number,
  components: number,
  cacheFolder: string,
  breathe: Breathe,
): Promise<PcaNeighbours> {
  const { training } = splitTraining(set.training, validationCount);
  const { test } = set;
  if (training.labels === undefined || test.labels === undefined) return { size: components };
  const path = join(cacheFolder, `pca-neighbours-${fingerprint(set, validationCount)}-${components}.json`);
  const stored = await readStored(path).catch(() => undefined);
  if (stored !== undefined) return stored;
  const breaths = breathsOf({ codes: 1, near: 2 }, breathe);
  const both = [training.images, test.images];
  const { size, codes } = await pcaCodes(training.images, both, components, breaths.codes, { cacheFolder });
  const [known, asked] = codes as [Float32Array, Float32Array];
  const accuracy = await neighbourAccuracy(
    { codes: known, labels: training.labels },
    { codes: asked, labels: test.labels },
    size,
    NEIGHBOURS,
    breaths.near,
  );
  await writeWhole(path, JSON.stringify({ size, accuracy }));
  return { size, accuracy };
}

const readStored = async (path: string): Promise<PcaNeighbours> =>
  v.parse(Stored, JSON.parse(await readFile(path, 'utf8')));
