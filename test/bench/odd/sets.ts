import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickImages, type ImageSet } from '../../../electron/dataset/image-set.ts';
import { readMnist } from '../../../electron/dataset/mnist.ts';
import { StudioError } from '../../../electron/domain/errors.ts';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { ensurePython } from '../python.ts';
import type { OddSet } from './measure.ts';

/** Of the good cells, to train on. */
const TRAINED = 0.7;
export const solarSets = ['mono-64', 'mono-128', 'poly-64', 'poly-128'] as const;

/** Solar cells of one kind and size: a random 70 of 100 good ones to train on, the others and all defective ones to tell apart. */
export function solarSet(folder: string, id: (typeof solarSets)[number], split: number): OddSet {
  const sets = JSON.parse(readFileSync(join(folder, 'sets.json'), 'utf8')) as Record<
    string,
    { side: number; odd: number[] }
  >;
  const { side, odd } = sets[id]!;
  const pixels = new Uint8Array(readFileSync(join(folder, `${id}.u8`)));
  const images: ImageColumns = { count: odd.length, height: side, width: side, channels: 1, pixels };
  const good = shuffled(placesOf(odd, 0), split);
  const trained = Math.floor(TRAINED * good.length);
  return setOf(id, split, images, images, good.slice(0, trained), [...good.slice(trained)], placesOf(odd, 1));
}

/** @param digit the only normal one, or, with `against`, the only odd one */
export async function mnistSet(digit: number, against: 'rest' | 'odd'): Promise<OddSet> {
  const { training, test } = await readMnist();
  const isNormal = (label: number): boolean => (label === digit) === (against === 'rest');
  const of = (labels: Uint8Array | undefined, normal: boolean): number[] =>
    [...(labels ?? [])].flatMap((label, at) => (isNormal(label) === normal ? [at] : []));
  const id = against === 'rest' ? `mnist ${digit} against the rest` : `mnist without ${digit}`;
  return setOf(
    id,
    1,
    training.images,
    test.images,
    of(training.labels, true),
    of(test.labels, true),
    of(test.labels, false),
  );
}

function setOf(
  id: string,
  split: number,
  images: ImageColumns,
  tested: ImageColumns,
  trained: readonly number[],
  normal: readonly number[],
  odd: readonly number[],
): OddSet {
  const set: ImageSet = {
    id: 'odd',
    name: id,
    labelNames: [],
    training: { images: pickImages(images, Uint32Array.from(trained)) },
    test: { images: pickImages(tested, Uint32Array.from([...normal, ...odd])) },
  };
  return { id, split, normal: set, odd: Uint8Array.from([...normal.map(() => 0), ...odd.map(() => 1)]) };
}

const placesOf = (odd: readonly number[], wanted: number): number[] =>
  odd.flatMap((is, at) => (is === wanted ? [at] : []));

function shuffled(indices: readonly number[], seed: number): number[] {
  const random = splitmix(seed);
  const order = [...indices];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** Writes the solar cells where they are not yet. @throws StudioError `refused` with what Python said */
export async function ensureSets(folder: string, say: (line: string) => void): Promise<void> {
  if (existsSync(join(folder, 'sets.json'))) return;
  const { python } = await ensurePython(say, {
    name: 'odd-ones',
    requirements: join(import.meta.dirname, 'requirements.txt'),
    gigabytes: 1,
    notice: ['It downloads the solar cells (elpv-dataset) and what reads them: about 120 MB.'],
  });
  const { status, stderr } = spawnSync(python, [join(import.meta.dirname, 'make-sets.py'), folder], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new StudioError('refused', `make-sets.py: ${stderr}`);
}
