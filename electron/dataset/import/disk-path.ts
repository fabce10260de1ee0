import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, parse, sep } from 'node:path';

/** A path as the disk has it: its bytes where a name in it is not UTF-8, which no string can hold. */
export type DiskPath = string | Buffer;

/** One name in a folder. */
export interface DiskEntry {
  /** As it is shown. */
  readonly name: string;
  readonly path: DiskPath;
  readonly isUtf8: boolean;
  readonly about: Pick<Dirent, 'isDirectory' | 'isFile' | 'isSymbolicLink'>;
}

/** What Node puts in place of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

/** What old disks and programs wrote in Western Europe; each byte is another letter, so that different names stay different. */
const western = new TextDecoder('windows-1252');

/** What is said of a name that is not UTF-8. */
export const READ_AS_WESTERN = 'its name is not UTF-8; it was read as Western European (Windows-1252).';

export const shownName = (name: Buffer): string => (isUtf8(name) ? name.toString() : western.decode(name));

/** What lies in a folder, also under names that are not UTF-8. */
export async function entriesOf(folder: DiskPath): Promise<DiskEntry[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (!entries.some(({ name }) => name.includes(REPLACEMENT))) {
    return entries.map((about) => ({ name: about.name, path: inside(folder, about.name), isUtf8: true, about }));
  }
  const raw = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  return raw.map((about) => {
    const name = shownName(about.name);
    const readable = isUtf8(about.name);
    return { name, path: inside(folder, readable ? name : about.name), isUtf8: readable, about };
  });
}

/**
 * The path that a string means which Node has decoded, as those of a command line are: where a name in it was not UTF-8 it leads
 * nowhere. Undefined where no name, or more than one, reads so.
 * @param path absolute
 */
export async function meantBy(path: string): Promise<DiskPath | undefined> {
  const { root } = parse(path);
  let found: DiskPath = root;
  for (const part of path.slice(root.length).split(sep)) {
    if (!part.includes(REPLACEMENT)) {
      found = inside(found, part);
      continue;
    }
    const names = await readdir(found, { encoding: 'buffer' }).catch(() => []);
    const [name, ...others] = names.filter((each) => each.toString() === part);
    if (name === undefined || others.length > 0) return undefined;
    found = inside(found, name);
  }
  return found;
}

/** The last name of a path, as it is shown. */
export function shownBase(path: Buffer): string {
  return shownName(path.subarray(path.lastIndexOf(sep) + 1));
}

function inside(folder: DiskPath, name: DiskPath): DiskPath {
  if (typeof folder === 'string' && typeof name === 'string') return join(folder, name);
  return Buffer.concat([Buffer.from(folder), Buffer.from(sep), Buffer.from(name)]);
}
