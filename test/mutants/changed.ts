import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../scripts/step.ts';
import type { MutatedModule } from './modules.ts';

const VERSION = '10.1.1';

export const cache = join(projectRoot, 'node_modules', '.cache', 'mutants');
const instrumenter = join(cache, 'node_modules', '@stryker-mutator', 'instrumenter');

/** One change, as Stryker tells it. */
export interface Mutant {
  readonly id: string;
  readonly fileName: string;
  readonly replacement: string;
  /** Set where it is of a kind that was not asked for. */
  readonly status?: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

/** Counted from 0. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** The code of a module with all its changes, of which one at a time can be put in force. */
export interface Changed {
  /** By path. */
  readonly sources: Readonly<Record<string, string>>;
  readonly mutants: readonly Mutant[];
  /** Test files that are to notice, by path. */
  readonly tests: readonly string[];
  readonly place: MutatedModule['place'];
}

interface SourceFile {
  readonly name: string;
  readonly content: string;
  readonly mutate: true;
}

interface Instrumenter {
  instrument(
    files: readonly SourceFile[],
    options: object,
  ): Promise<{ readonly files: readonly SourceFile[]; readonly mutants: readonly Mutant[] }>;
}

/** What changes code is installed into a cache at the first run: it is many packages, which nothing else needs. */
export async function install(say: (line: string) => void): Promise<void> {
  if (existsSync(join(instrumenter, 'package.json'))) return;
  say(`Stryker ${VERSION} is installed into ${cache} …`);
  await mkdir(cache, { recursive: true });
  await writeFile(join(cache, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--no-audit', '--no-fund', `@stryker-mutator/instrumenter@${VERSION}`];
  const { status } = spawnSync('npm', args, { cwd: cache, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error('Stryker could not be installed.');
}

export async function changesOf(module: MutatedModule): Promise<Changed> {
  const path = join(instrumenter, 'dist', 'src', 'instrumenter.js');
  const { Instrumenter } = (await import(pathToFileURL(path).href)) as {
    Instrumenter: new (log: object) => Instrumenter;
  };
  const silent = new Proxy({}, { get: () => () => false });
  const files = module.files.map(async (file): Promise<SourceFile> => {
    const name = join(projectRoot, file);
    return { name, content: await readFile(name, 'utf8'), mutate: true };
  });
  // Texts are no behaviour that a small change would tell of.
  const options = { plugins: null, ignorers: [], excludedMutations: ['StringLiteral'] };
  const made = await new Instrumenter(silent).instrument(await Promise.all(files), options);
  const tests = module.tests.flatMap((pattern) => globSync(pattern, { cwd: projectRoot }));
  return {
    sources: Object.fromEntries(made.files.map(({ name, content }) => [name, content])),
    mutants: made.mutants.filter(({ status }) => status !== 'Ignored'),
    tests: tests.map((file) => join(projectRoot, file)),
    place: module.place,
  };
}
