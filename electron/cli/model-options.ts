import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Option } from 'commander';
import * as v from 'valibot';
import { StudioError } from '../domain/errors.ts';
import { IdSchema } from '../domain/ids.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { RunFolder } from '../files/run-folder.ts';
import type { ModelPlace } from '../engine-process/models/trained-model.ts';

export const modelWords = 'a run’s id, a run’s folder, or the folder of a model';

export const weightsOption = (): Option =>
  new Option('--weights <which>', 'of a run: those that were best on the validation images, or the last')
    .choices(['best', 'last'])
    .default('best');

export const splitOption = (): Option =>
  new Option('--split <name>', 'which images of an image set').choices(['training', 'test']).default('training');

export const dataOption = (): Option =>
  new Option('--data <folder>', 'folder of the app’s runs and image sets').default(
    defaultDataFolder(),
    'the app’s data folder',
  );

export const forceOption = (): Option => new Option('--force', 'replace files that are already there');

/**
 * Finds the model that a command names.
 * @throws StudioError `not-found` where there is none
 */
export function findModel(named: string, weights: 'best' | 'last', dataFolder: string): ModelPlace {
  const folder = resolve(named);
  if (existsSync(`${folder}/model-spec.json`)) {
    const run = new RunFolder(dirname(dirname(folder)));
    return existsSync(`${run.path}/experiment.json`) ? { folder, run } : { folder };
  }
  const inData = v.is(IdSchema, named) ? [RunFolder.under(resolve(dataFolder), named)] : [];
  const run = [new RunFolder(folder), ...inData].find(({ path }) => existsSync(`${path}/experiment.json`));
  if (run !== undefined) return { folder: weightsFolder(run, weights, named), run };
  const found = existsSync(folder) ? 'a folder or file that holds no run and no model' : 'nothing of that name';
  throw new StudioError('not-found', `${named}: expected ${modelWords}, found ${found}.`);
}

/** An epoch that ends leaves both; training that is stopped within its first one the last ones alone. */
function weightsFolder(run: RunFolder, weights: 'best' | 'last', named: string): string {
  const folder = run.modelFolder(weights);
  if (existsSync(folder)) return folder;
  const other = weights === 'best' ? 'last' : 'best';
  const found = existsSync(run.modelFolder(other))
    ? `one that has only its ${other} ones (--weights ${other})`
    : `one that has none: no epoch of it has ended (\`train --resume ${named}\` goes on with it)`;
  throw new StudioError('not-found', `${named}: expected a run with its ${weights} weights, found ${found}.`);
}

/** The files' full paths. @throws StudioError `not-found` naming the first that is not there */
export function existing(files: readonly string[]): string[] {
  return files.map((file) => {
    const path = resolve(file);
    if (existsSync(path)) return path;
    throw new StudioError('not-found', `${path}: expected a file or folder, found none.`);
  });
}
