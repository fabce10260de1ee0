import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { bad } from './read-chain.ts';

/**
 * The file that a model names, where it lies beside it or below it, links followed.
 * @param name what messages call the model
 * @throws StudioError `bad-file` where the path leaves the folder
 */
export async function insideFolder(path: string, folder: string, name: string): Promise<string> {
  const where = `${name}: ${JSON.stringify(path)}`;
  const climbs = isAbsolute(path) || path.includes('\\') || path.includes('\0') || path.split('/').includes('..');
  if (climbs || path === '')
    throw bad(where, 'the name of a file beside it', 'a path that leaves its folder: put both files into one');
  const file = join(folder, path);
  const [real, home] = await Promise.all([realpath(file).catch(() => undefined), realpath(folder)]);
  // One that is not there is told by whoever reads it.
  if (real === undefined) return file;
  const inside = relative(home, real);
  if (inside.split(sep)[0] === '..' || isAbsolute(inside)) {
    throw bad(where, 'the name of a file beside it', 'a link that leaves its folder: put both files into one');
  }
  return file;
}
