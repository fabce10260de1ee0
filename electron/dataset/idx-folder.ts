import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import { readIdxImages, readIdxLabels } from './idx.ts';
import type { ImageSet, LabelledImages } from './image-set.ts';

/** The names MNIST and its relatives (Fashion-MNIST, KMNIST) carry, with and without `.gz`, with `-` or `.` before `idx`. */
const SPLITS = { training: 'train', test: 't10k' } as const;

/**
 * Reads a folder of IDX files named as MNIST's are: training and test images, and labels where there are some.
 * @throws StudioError naming the file, what was expected and what was found.
 */
export async function readIdxFolder(folder: string, id: string, name = basename(folder)): Promise<ImageSet> {
  const training = await readSplit(folder, SPLITS.training);
  if (training === undefined) {
    throw new StudioError(
      'not-found',
      `${folder}: expected a file train-images-idx3-ubyte or train-images-idx3-ubyte.gz, found none.`,
    );
  }
  const test = await readSplit(folder, SPLITS.test);
  if (test === undefined) {
    throw new StudioError(
      'not-found',
      `${folder}: expected a file t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz, found none.`,
    );
  }
  checkSameSize(folder, training, test);
  const classes = Math.max(countClasses(training.labels), countClasses(test.labels));
  return { id, name, labelNames: Array.from({ length: classes }, (_, label) => String(label)), training, test };
}

async function readSplit(folder: string, prefix: string): Promise<LabelledImages | undefined> {
  const imagesPath = findFile(folder, `${prefix}-images`, 'idx3-ubyte');
  if (imagesPath === undefined) return undefined;
  const images = await readIdxImages(imagesPath);
  const labelsPath = findFile(folder, `${prefix}-labels`, 'idx1-ubyte');
  if (labelsPath === undefined) return { images };
  const labels = await readIdxLabels(labelsPath);
  if (labels.length !== images.count) {
    throw new StudioError(
      'bad-file',
      `${labelsPath}: expected ${images.count} labels, one for each image of ${basename(imagesPath)}, found ${labels.length}.`,
    );
  }
  return { images, labels };
}

function findFile(folder: string, stem: string, ending: string): string | undefined {
  const names = [`${stem}-${ending}`, `${stem}.${ending}`].flatMap((name) => [name, `${name}.gz`]);
  return names.map((name) => join(folder, name)).find((path) => existsSync(path));
}

function checkSameSize(folder: string, training: LabelledImages, test: LabelledImages): void {
  const { height, width } = training.images;
  if (test.images.height === height && test.images.width === width) return;
  const found = `${test.images.height} × ${test.images.width}`;
  throw new StudioError(
    'bad-file',
    `${folder}: expected test images of ${height} × ${width} pixels like the training images, found ${found}.`,
  );
}

function countClasses(labels: Uint8Array | undefined): number {
  return labels === undefined ? 0 : labels.reduce((most, label) => Math.max(most, label), 0) + 1;
}
