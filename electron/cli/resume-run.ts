import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import { StudioError } from '../domain/errors.ts';
import type { ImageSet } from '../dataset/image-set.ts';
import { MNIST_ID } from '../domain/ids.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { RunFolder } from '../files/run-folder.ts';
import { trainingEnvironment } from '../host/engine-environment.ts';
import type { RunOptions } from '../training/run-options.ts';
import { readSet } from './read-set.ts';

/**
 * A run to be taken up again, and its images. Sets the environment that TensorFlow is loaded with: the threads are those of the
 * run, unless told otherwise.
 * @param run its folder, or its id in the app's data folder
 * @throws StudioError naming the file that cannot be read
 */
export async function runToResume(
  run: string,
  { dataset, threads }: { readonly dataset?: string; readonly threads?: number },
): Promise<Omit<RunOptions, 'emit'>> {
  const folder = runFolder(run);
  const [{ imageSet }, { id, path }] = await Promise.all([folder.readExperiment(), folder.readState()]);
  const set = await setOf(imageSet, dataset);
  Object.assign(process.env, trainingEnvironment(threads ?? path?.threads));
  const { readResumption } = await import('../training/resumption.ts');
  const resumption = await readResumption(folder);
  const { startOptions } = await import('../training/start-from.ts');
  const { experiment, from } = resumption;
  // A checkpoint has weights of its own.
  const start = from === undefined ? await startOptions(experiment, defaultDataFolder()) : {};
  return { id, experiment, set, folder, resumption, ...start };
}

export function runFolder(run: string): RunFolder {
  if (existsSync(join(resolve(run), 'run.json'))) return new RunFolder(resolve(run));
  const dataFolder = defaultDataFolder();
  const kept = v.is(IdSchema, run) ? RunFolder.under(dataFolder, run) : undefined;
  if (kept !== undefined && existsSync(kept.path)) return kept;
  throw new StudioError(
    'not-found',
    `${run}: expected a run's folder, or the id of a run in ${dataFolder}, found neither.`,
  );
}

/** A set that was read from a folder of its own is not known by its id. */
export async function setOf(imageSet: string, dataset: string | undefined): Promise<ImageSet> {
  if (dataset !== undefined) return readSet(dataset);
  try {
    return await readSet(imageSet === MNIST_ID ? undefined : imageSet);
  } catch (cause) {
    const expected = `expected the image set "${imageSet}" of the experiment, found none`;
    throw new StudioError('not-found', `${expected}. Name its folder with --dataset.`, { cause });
  }
}
