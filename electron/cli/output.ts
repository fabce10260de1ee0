import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { StudioError } from '../domain/errors.ts';
import type { Reconstructions } from '../contract/models.ts';
import { writeFolder } from '../files/atomic.ts';

/** Problems that are told one by one; the rest is counted. */
const MOST_TOLD = 20;

/** @throws StudioError `refused` where a file is there already and may not be replaced */
export function checkFree(path: string, force: boolean): void {
  if (force || !existsSync(path)) return;
  throw new StudioError(
    'refused',
    `${path}: expected no such file, found one. Name another with --out, or replace it with --force.`,
  );
}

/**
 * Fills a folder: a new one whole or not at all; with `force` one that holds files already, each of them written whole and
 * nothing else touched.
 * @throws StudioError `refused` where the folder holds something and `force` is not given
 */
export async function fillFolder(
  folder: string,
  force: boolean,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const found = await namesIn(folder);
  if (found.length === 0) return writeFolder(folder, fill);
  if (force) return fill(folder);
  throw new StudioError(
    'refused',
    `${folder}: expected an empty folder, or none yet, found ${found.length} files. Name another with --out, or write into it with --force.`,
  );
}

/** @throws StudioError `refused` where a folder holds something, cannot be read, or is a file */
export async function checkEmpty(folder: string): Promise<void> {
  const { length } = await namesIn(folder);
  if (length === 0) return;
  throw new StudioError(
    'refused',
    `${folder}: expected an empty folder, or none yet, found ${length} files. Name another with --out.`,
  );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    const found = error.code === 'ENOTDIR' ? 'a file' : `one that cannot be read (${error.code ?? error.message})`;
    throw new StudioError('refused', `${folder}: expected a folder, or none yet, found ${found}.`, { cause: error });
  });
}

/** Says on stderr which pictures could not be read, and why; a name may hold anything, a line's end too. */
export function tellProblems(problems: Reconstructions['problems']): void {
  for (const { name, message } of problems.slice(0, MOST_TOLD)) {
    process.stderr.write(`${JSON.stringify(name)}: ${message}\n`);
  }
  if (problems.length > MOST_TOLD) process.stderr.write(`… and ${problems.length - MOST_TOLD} more\n`);
}
