import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import { readIdxFolder } from '../dataset/idx-folder.ts';
import type { ImageSet } from '../dataset/image-set.ts';
import { readMnist } from '../dataset/mnist.ts';
import { readStoredSet } from '../dataset/stored-set.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { isImageSetFolder } from '../files/image-set-folder.ts';
import { ImageSetStore, slugOf } from '../files/image-set-store.ts';

/** @param dataset an imported set, by its id or folder, or a folder of IDX files; without one MNIST */
export async function readSet(dataset: string | undefined): Promise<ImageSet> {
  if (dataset === undefined) return readMnist();
  const folder = resolve(dataset);
  const id = slugOf(basename(folder));
  if (await isImageSetFolder(folder)) return readStoredSet(folder, id);
  const store = new ImageSetStore(defaultDataFolder());
  if (!existsSync(folder) && v.is(IdSchema, dataset) && (await isImageSetFolder(store.at(dataset).path))) {
    return readStoredSet(store.at(dataset).path, dataset);
  }
  return readIdxFolder(folder, id);
}
