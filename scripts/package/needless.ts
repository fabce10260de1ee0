import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DEFAULT_APP } from './electron-folder.ts';
import { pathInApp, type ShippedFile } from './shipped.ts';

/** A file as large as this that lies there twice is a mistake. */
const LARGE_BYTES = 1_000_000;

const needlessNames: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\.map$/, 'a source map'],
  [/\.d\.[mc]?ts$/, 'type declarations'],
  [/\.(ts|mts|cts|svelte)$/, 'a source'],
  [/\.(c|cc|cpp|h|hpp|gyp|gypi|o|a)$/, 'a source or a product of building'],
  [/(^|\/)(node_modules\/@types|node_modules\/typescript)\//, 'of use to developers only'],
  [/\.(fesm|es2017)(\.min)?\.js$/, 'a bundle for browsers'],
  [/(^|\/)tf(-[-\w]+)?(\.min)?\.js$/, 'a bundle for browsers'],
  [/(^|\/)miniprogram\//, 'a bundle for another platform'],
];

/**
 * What in a packed app nobody needs, one sentence for each file; an empty list is what a package should have.
 * @param developmentPackages the names in package.json's devDependencies that no production package needs
 */
export async function needlessFiles(
  appFolder: string,
  files: readonly ShippedFile[],
  developmentPackages: ReadonlySet<string>,
): Promise<readonly string[]> {
  return [
    ...files.flatMap((file) => namedNeedless(file, developmentPackages)),
    ...files.filter(({ leadsOut }) => leadsOut).map(({ path }) => `${path}: a link that leads out of the app.`),
    ...(await duplicates(appFolder, files)),
  ];
}

function namedNeedless(file: ShippedFile, developmentPackages: ReadonlySet<string>): string[] {
  const path = pathInApp(file);
  if (path === undefined)
    return file.path.endsWith(`/${DEFAULT_APP}`) ? [`${file.path}: of Electron started alone.`] : [];
  const found = needlessNames.find(([pattern]) => pattern.test(path));
  if (found) return [`${path}: ${found[1]}.`];
  const name = packageOf(path);
  return name !== undefined && developmentPackages.has(name) ? [`${path}: of a development package.`] : [];
}

/** The innermost package a file belongs to. */
export function packageOf(path: string): string | undefined {
  return /.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

/** Large files with the same content, such as a library copied in place of a link to it. Those in the archive are small. */
async function duplicates(appFolder: string, files: readonly ShippedFile[]): Promise<string[]> {
  const large = files.filter(({ place, bytes }) => place !== 'archive' && bytes >= LARGE_BYTES);
  const bySize = Object.values(Object.groupBy(large, ({ bytes }) => bytes)).filter((same) => same!.length > 1);
  const found: string[] = [];
  for (const same of bySize) {
    const seen = new Map<string, string>();
    for (const { path } of same!) {
      const hash = createHash('sha256');
      await pipeline(createReadStream(join(appFolder, path)), hash);
      const digest = hash.digest('hex');
      const first = seen.get(digest);
      if (first === undefined) seen.set(digest, path);
      else found.push(`${path}: the same as ${first}.`);
    }
  }
  return found;
}
