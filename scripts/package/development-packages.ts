import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Lockfile {
  readonly packages?: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** Names of the packages that only development needs, as the lockfile marks them; none that production needs too. */
export async function developmentPackages(projectRoot: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(projectRoot, 'package-lock.json'), 'utf8');
  return developmentOnly(JSON.parse(text) as Lockfile);
}

/** The same from a lockfile's content (npm's version 2 or 3). */
export function developmentOnly({ packages = {} }: Lockfile): ReadonlySet<string> {
  const named = Object.entries(packages)
    .filter(([path]) => path.includes('node_modules/'))
    .map(([path, { dev }]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), dev }));
  const needed = new Set(named.filter(({ dev }) => dev !== true).map(({ name }) => name));
  return new Set(named.map(({ name }) => name).filter((name) => !needed.has(name)));
}
