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
  const stored = await storedFolder(dataset);
  if (stored === undefined) return readIdxFolder(folder, slugOf(basename(folder)));
  return readStoredSet(stored, stored === folder ? slugOf(basename(folder)) : dataset);
}

/** Whether it is an imported set, by its id or folder. */
export async function isStored(dataset: string): Promise<boolean> {
  return (await storedFolder(dataset)) !== undefined;
}

async function storedFolder(dataset: string): Promise<string | undefined> {
  const folder = resolve(dataset);
  if (await isImageSetFolder(folder)) return folder;
  const kept = v.is(IdSchema, dataset) ? new ImageSetStore(defaultDataFolder()).at(dataset).path : undefined;
  return kept !== undefined && !existsSync(folder) && (await isImageSetFolder(kept)) ? kept : undefined;
}
