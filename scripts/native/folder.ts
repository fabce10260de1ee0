import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { libraryVariable, type StepContext } from './context.ts';
import { sha256OfFile } from './hash.ts';
import type { Library } from './library.ts';
import { NativeError } from './native-error.ts';

const headers = ['tensorflow/c/c_api.h', 'tensorflow/c/eager/c_api.h'];
const libraryName = /^(lib)?tensorflow(_cc|_framework)?\.([\d.]*(so|dylib|dll|lib))[\d.]*$/;

/** The folder a person named in AUTOENCODER_STUDIO_LIBTENSORFLOW, as a full path, or undefined. */
export function namedFolder(env: NodeJS.ProcessEnv): string | undefined {
  const value = env[libraryVariable];
  return value === undefined || value === '' ? undefined : resolve(value);
}

/**
 * The libtensorflow in a folder laid out as its own archive is: `lib` and `include`. Throws `bad-folder` listing
 * everything that is missing.
 */
export async function libraryFromFolder(context: StepContext, folder: string): Promise<Library> {
  const { row } = context;
  const find = (names: readonly string[]): string | undefined =>
    names.map((name) => join(folder, 'lib', name)).find((path) => isFile(path));
  const main = find(row.mainNames);
  const framework = find(row.frameworkNames);
  const missing = [
    ...(main === undefined ? [`lib/${row.mainNames[0] ?? ''}`] : []),
    ...(framework === undefined && row.frameworkNames.length > 0 ? [`lib/${row.frameworkNames[0] ?? ''}`] : []),
    ...headers.filter((name) => !isFile(join(folder, 'include', name))).map((name) => `include/${name}`),
  ];
  if (main === undefined || missing.length > 0) {
    const found = isFolder(folder) ? `lacks ${missing.join(', ')}` : 'is not a folder';
    throw new NativeError(
      'bad-folder',
      `${libraryVariable} names ${folder}, which ${found}. Point it at a folder laid out as libtensorflow's archive is (lib and include), or unset it to have TensorFlow fetched.`,
    );
  }
  const runtime = libraryFiles(join(folder, 'lib'));
  const hashes = await hashEachOnce(runtime);
  const content = hashes.get([...runtime].find(([, path]) => path === realpathSync(main))?.[0] ?? '') ?? '';
  return {
    source: { kind: 'folder', folder },
    key: `${row.key}-folder-${content.slice(0, 16)}`,
    includeFolder: join(folder, 'include'),
    main,
    ...(framework === undefined ? {} : { framework }),
    runtime,
    hashes,
  };
}

/** Every library file by name, links followed: which of the names the loader asks for is written inside the library. */
function libraryFiles(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => libraryName.test(name) && isFile(join(folder, name)));
  return new Map(names.sort().map((name) => [name, realpathSync(join(folder, name))]));
}

async function hashEachOnce(files: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  const byPath = new Map<string, string>();
  const byName = new Map<string, string>();
  for (const [name, path] of files) {
    const hash = byPath.get(path) ?? (await sha256OfFile(path));
    byPath.set(path, hash);
    byName.set(name, hash);
  }
  return byName;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
