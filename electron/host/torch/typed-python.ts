import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, normalize, relative } from 'node:path';
import { StudioError } from '../../domain/errors.ts';
import { ownEnvironment } from './own-environment.ts';

/** Whatever a page sends, nothing is started that is not called so. */
const NAMED = /^(?:python|pypy)(?:\d+(?:\.\d+)*)?(?:\.exe)?$/i;
/** Where an environment has its program. */
const inside = [['bin', 'python'], ['bin', 'python3'], ['Scripts', 'python.exe'], ['python.exe']] as const;

/**
 * The program that a person means by a path: a Python, or the folder of an environment.
 * @param dataFolder what lies in it may have come from a page, and is not started; but the app's own environment
 * @throws StudioError `bad-request`, or `not-found`, naming what was expected and found
 */
export async function pythonTyped(typed: string, dataFolder: string): Promise<string> {
  const path = normalize(typed.trim().replace(/^~(?=[/\\])/, homedir()));
  if (!isAbsolute(path)) throw new StudioError('bad-request', `Expected a path from the root on, found ${typed}.`);
  const program = (await isFolder(path)) ? await programIn(path) : path;
  if (!NAMED.test(basename(program))) {
    throw new StudioError(
      'bad-request',
      `${path}: expected a Python (python, python3, …) or its environment's folder.`,
    );
  }
  if (!(await isFile(program))) throw new StudioError('not-found', `${path}: expected a Python, found nothing.`);
  // An environment's own program is a link to another's: where it lies counts, by whatever way it was named.
  const place = await realpath(dirname(program));
  const [data, own] = await Promise.all([dataFolder, ownEnvironment(dataFolder)].map(realIfThere));
  if (isWithin(place, data!) && !isWithin(place, own!)) {
    throw new StudioError('bad-request', `${path}: expected a Python outside of the app's own data.`);
  }
  return program;
}

async function programIn(folder: string): Promise<string> {
  for (const way of inside) {
    const program = join(folder, ...way);
    if (await isFile(program)) return program;
  }
  throw new StudioError('not-found', `${folder}: expected the folder of an environment, found one without a Python.`);
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const realIfThere = (path: string): Promise<string> => realpath(path).catch(() => path);

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !/^\.\.(?:[/\\]|$)/.test(way) && !isAbsolute(way);
}
