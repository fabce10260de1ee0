import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const imported = /(?:from|import)\s*\(?\s*'((?:@[\w-]+\/)?\w[\w.-]*(?:\/[^']*)?)'/g;
/** Of what Svelte depends on, the rest is its compiler's. */
const inSveltesPages = ['clsx', 'devalue', 'esm-env'];
const fromRenderer = /\.(ts|svelte|css)$/;

/** The packages that the sources of the window import and so the built window contains, those they bring included. */
export async function windowPackages(projectRoot: string): Promise<ReadonlyMap<string, string>> {
  const renderer = join(projectRoot, 'renderer');
  const entries = await readdir(renderer, { recursive: true, withFileTypes: true });
  const sources = entries.filter((entry) => entry.isFile() && fromRenderer.test(entry.name));
  const texts = await Promise.all(sources.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
  const found = new Map<string, string>();
  for (const name of new Set(texts.flatMap(packagesNamedIn))) await follow(name, projectRoot, projectRoot, found);
  return found;
}

/** Names of the packages that a source's imports name. */
export function packagesNamedIn(source: string): readonly string[] {
  return [...source.matchAll(imported)]
    .map(([, specifier]) => specifier!)
    .map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

/** Adds a package and what it depends on, each by its folder. */
async function follow(name: string, from: string, root: string, found: Map<string, string>): Promise<void> {
  const folder = folderOf(name, from, root);
  if (folder === undefined || found.has(folder)) return;
  found.set(folder, name);
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(text) as { readonly dependencies?: Readonly<Record<string, string>> };
  for (const dependency of name === 'svelte' ? inSveltesPages : Object.keys(dependencies))
    await follow(dependency, folder, root, found);
}

/** As Node looks for it: in each node_modules from the package that asks upwards. */
function folderOf(name: string, from: string, root: string): string | undefined {
  for (let folder = from; folder.startsWith(root); folder = join(folder, '..')) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}
