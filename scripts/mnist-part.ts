import { closeSync, copyFileSync, mkdirSync, openSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MNIST_VARIABLE, packagedMnist } from '../electron/dataset/mnist.ts';
import { PREPARED_VARIABLE } from './prepared-folder.ts';

/** Of 60,000: each epoch, and whatever is measured of a run, takes a sixth of its time. Of fewer, presets are no longer what they are on MNIST. */
export const TRAINING_IMAGES = 10_000;

/** Of each file: its name, the bytes of its header, and those of an image or label. */
const TRAINING = [
  ['train-images-idx3-ubyte', 16, 784],
  ['train-labels-idx1-ubyte', 8, 1],
] as const;
const TEST = ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'];

/** Where the count stands in both headers, big-endian. */
const COUNT_AT = 4;

/**
 * Has every process that the specs start read a part of MNIST: its first training images, and all of its test images. It lies in the
 * folder of what is prepared. Playwright's configuration is read by its workers too, which find it told already.
 */
export function shareMnistPart(env: NodeJS.ProcessEnv = process.env): void {
  if (env[MNIST_VARIABLE] !== undefined) return;
  const folder = join(env[PREPARED_VARIABLE]!, 'mnist');
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) write(folder);
  env[MNIST_VARIABLE] = folder;
}

function write(folder: string): void {
  const [whole, making] = [packagedMnist(), `${folder}-${process.pid}`];
  mkdirSync(making);
  for (const name of TEST) copyFileSync(join(whole, name), join(making, name));
  for (const [name, header, size] of TRAINING) {
    const bytes = Buffer.alloc(header + TRAINING_IMAGES * size);
    const file = openSync(join(whole, name), 'r');
    readSync(file, bytes);
    closeSync(file);
    bytes.writeUInt32BE(TRAINING_IMAGES, COUNT_AT);
    writeFileSync(join(making, name), bytes);
  }
  renameSync(making, folder);
}
