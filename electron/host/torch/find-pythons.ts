import { execFile } from 'node:child_process';
import { readFile, readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { FoundPython } from '../../contract/pythons.ts';
import { describePython, type ProbeOptions } from './probe.ts';

/** PyTorch is loaded in each: more at a time only wait for the disk. */
const AT_A_TIME = 3;
const MOST_LOOKED_AT = 40;

const isWindows = process.platform === 'win32';

/** The program of an environment, by its folder. */
export const pythonIn = (folder: string): string =>
  isWindows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');

/** A conda environment has it elsewhere on Windows. */
const condaPython = (folder: string): string =>
  isWindows ? join(folder, 'python.exe') : join(folder, 'bin', 'python');

export interface SearchOptions extends ProbeOptions {
  /** Looked at first: a path of the person's, the app's own environment. */
  readonly first: readonly string[];
  readonly onFound?: (python: FoundPython) => void;
}

/** The Pythons of this computer, where they usually are; those that can train first. */
export async function findPythons({ first, onFound, ...options }: SearchOptions): Promise<readonly FoundPython[]> {
  const probe = await readFile(join(options.sources, 'studio', 'probe.py'), 'utf8');
  const candidates = await existing([...first, ...(await usualPlaces())]);
  const seen = new Set<string>();
  const found: FoundPython[] = [];
  const look = async (): Promise<void> => {
    for (let path = candidates.shift(); path !== undefined; path = candidates.shift()) {
      const { found: python, said } = await describePython(path, probe, options);
      // One installation has many names.
      const known = said?.prefix ?? path;
      // What stands in a usual place and is no Python is nobody's concern.
      if (seen.has(known) || (said === undefined && !first.includes(path))) continue;
      seen.add(known);
      found.push(python);
      onFound?.(python);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, look));
  const rank = ({ path, devices }: FoundPython): number => (first.includes(path) ? 0 : 1) - 2 * devices.length;
  return found.sort((a, b) => rank(a) - rank(b));
}

/** Those that are there, each once: a link and what it leads to may be different environments, one path is not. */
async function existing(paths: readonly string[]): Promise<string[]> {
  const unique = [...new Set(paths)].slice(0, MOST_LOOKED_AT * 4);
  const looks = await Promise.allSettled(unique.map((path) => realpath(path)));
  return unique.filter((_, index) => looks[index]?.status === 'fulfilled').slice(0, MOST_LOOKED_AT);
}

async function usualPlaces(): Promise<readonly string[]> {
  const { VIRTUAL_ENV, CONDA_PREFIX } = process.env;
  return [
    ...(VIRTUAL_ENV === undefined ? [] : [pythonIn(VIRTUAL_ENV)]),
    ...(CONDA_PREFIX === undefined ? [] : [condaPython(CONDA_PREFIX)]),
    ...onPath(),
    ...(await launcherPythons()),
    ...(await condaEnvironments()),
    ...(await childrenOf(join(homedir(), '.pyenv', 'versions'))).map(pythonIn),
    ...(await childrenOf(join(homedir(), '.virtualenvs'))).map(pythonIn),
    ...(isWindows ? [] : ['/opt/homebrew/bin/python3', '/usr/local/bin/python3', '/usr/bin/python3']),
  ];
}

function onPath(): string[] {
  const names = isWindows
    ? ['python.exe']
    : ['python3', 'python', ...[13, 12, 11, 10].map((minor) => `python3.${minor}`)];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  // Windows' own python.exe of that folder opens a shop.
  return folders
    .filter((folder) => !folder.includes('WindowsApps'))
    .flatMap((folder) => names.map((name) => join(folder, name)));
}

/** The programs in what the Windows launcher lists: "-V:3.12 *  C:\…\python.exe" a line. */
export const launcherPrograms = (listed: string): string[] =>
  listed.split('\n').flatMap((line) => /([A-Za-z]:\\.*python\.exe)/i.exec(line)?.[1] ?? []);

async function launcherPythons(): Promise<string[]> {
  if (!isWindows) return [];
  const { stdout } = await promisify(execFile)('py', ['-0p'], { windowsHide: true, timeout: 10_000 }).catch(() => ({
    stdout: '',
  }));
  return launcherPrograms(stdout);
}

async function condaEnvironments(): Promise<string[]> {
  const listed = await readFile(join(homedir(), '.conda', 'environments.txt'), 'utf8').catch(() => '');
  const roots = ['miniconda3', 'anaconda3', 'miniforge3', 'mambaforge'].map((name) => join(homedir(), name));
  const children = await Promise.all(roots.map((root) => childrenOf(join(root, 'envs'))));
  const folders = [...listed.split('\n').map((line) => line.trim()), ...roots, ...children.flat()];
  return folders.filter((folder) => folder !== '').map(condaPython);
}

async function childrenOf(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
}
