import { open, readFile } from 'node:fs/promises';
import { StudioError } from '../domain/errors.ts';
import { ImageSetFolder, imageBytes } from '../files/image-set-folder.ts';
import type { ImageSet } from './image-set.ts';
import { readFully } from '../files/read-fully.ts';
import { checkOnePiece, mostInOnePiece } from '../files/whole-file.ts';

/**
 * Reads an imported set into memory.
 * @param most bytes of pixels that can lie there in one piece
 * @throws StudioError `not-found`, `bad-file` or `refused`, naming the file, what was expected and what was found.
 */
export async function readStoredSet(path: string, id: string, most = mostInOnePiece()): Promise<ImageSet> {
  const folder = new ImageSetFolder(path);
  const index = await folder.readIndex();
  const { name, labelNames, trainingCount, testCount } = index;
  const [height, width, channels] = index.shape;
  const size = imageBytes(index);
  const pixels = await readWhole(folder.imagesPath, (trainingCount + testCount) * size, most);
  const labels = labelNames.length === 0 ? undefined : await readLabels(folder.labelsPath, labelNames.length);
  const part = (first: number, count: number) => ({
    images: { count, height, width, channels, pixels: pixels.subarray(first * size, (first + count) * size) },
    ...(labels === undefined ? {} : { labels: labels.subarray(first, first + count) }),
  });
  return {
    id,
    name,
    labelNames,
    training: { ...part(0, trainingCount), imagesPath: folder.imagesPath },
    test: part(trainingCount, testCount),
  };
}

async function readLabels(path: string, classes: number): Promise<Uint8Array> {
  const labels = new Uint8Array(await readFile(path));
  const wrong = labels.find((label) => label >= classes);
  if (wrong === undefined) return labels;
  throw new StudioError('bad-file', `${path}: expected labels below ${classes}, found ${wrong}.`);
}

async function readWhole(path: string, bytes: number, most: number): Promise<Uint8Array> {
  checkOnePiece(path, bytes, most);
  const whole = new Uint8Array(bytes);
  const file = await open(path);
  try {
    const read = await readFully(file, whole, 0);
    if (read < bytes) throw new StudioError('bad-file', `${path}: expected ${bytes} bytes, found ${read}.`);
    return whole;
  } finally {
    await file.close();
  }
}
