import { join } from 'node:path';
import { pythonIn } from './find-pythons.ts';
import { graphicsCardFile } from './graphics-card-file.ts';

/** The app's own environment, which it makes where a person asks for one. */
export const ownEnvironment = (dataFolder: string): string => join(dataFolder, 'torch');

/** Where Python is looked for first: the one that was chosen, then the app's own. */
export async function firstPlaces(dataFolder: string): Promise<readonly string[]> {
  const kept = await graphicsCardFile(dataFolder)
    .read()
    .catch(() => undefined);
  return [...(kept?.python === undefined ? [] : [kept.python]), pythonIn(ownEnvironment(dataFolder))];
}
