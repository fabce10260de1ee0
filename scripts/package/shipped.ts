import { existsSync } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { getRawHeader } from '@electron/asar';

/** A file as it lies in a packed app. */
export interface ShippedFile {
  /** Below the app's folder, with `/`; what is in the archive below `…/app.asar/`. */
  readonly path: string;
  readonly bytes: number;
  readonly place: 'beside' | 'archive' | 'unpacked';
  /** Of a symbolic link: whether it leads out of the app's folder. */
  readonly leadsOut?: boolean;
}

interface Entry {
  readonly size?: number;
  readonly unpacked?: boolean;
  readonly link?: string;
  readonly files?: Readonly<Record<string, Entry>>;
}

const ARCHIVE = 'app.asar';
const UNPACKED = `${ARCHIVE}.unpacked`;

/** Every file of a packed app, those in its archive one by one. */
export async function shippedFiles(appFolder: string): Promise<readonly ShippedFile[]> {
  const files: ShippedFile[] = [];
  const entries = await readdir(appFolder, { recursive: true, withFileTypes: true });
  const root = await realpath(appFolder);
  for (const entry of entries.filter((one) => !one.isDirectory())) {
    const full = join(entry.parentPath, entry.name);
    const path = relative(appFolder, full).replaceAll(sep, '/');
    if (entry.name === ARCHIVE) {
      files.push(...inArchive(full, path));
      continue;
    }
    const place = path.includes(`/${UNPACKED}/`) ? 'unpacked' : 'beside';
    const leadsOut = entry.isSymbolicLink() && !(await realpath(full)).startsWith(root + sep);
    files.push({ path, bytes: (await lstat(full)).size, place, ...(leadsOut ? { leadsOut } : {}) });
  }
  return files;
}

function inArchive(archive: string, path: string): ShippedFile[] {
  const files: ShippedFile[] = [];
  const walk = (entry: Entry, at: string): void => {
    for (const [name, child] of Object.entries(entry.files ?? {})) {
      const childPath = `${at}/${name}`;
      if (child.files) walk(child, childPath);
      // What is unpacked lies on the disk and is found there.
      else if (!child.unpacked) files.push({ path: childPath, bytes: child.size ?? 0, place: 'archive' });
    }
  };
  walk(getRawHeader(archive).header as Entry, path);
  return files;
}

/** The folder that holds the archive: `resources`, on a Mac inside the bundle. */
export function resourcesOf(appFolder: string, productName: string): string {
  const mac = join(appFolder, `${productName}.app`, 'Contents', 'Resources');
  return existsSync(mac) ? mac : join(appFolder, 'resources');
}

/** The path inside the app itself, whether it is packed or lies beside the archive; undefined for all else. */
export function pathInApp(file: ShippedFile): string | undefined {
  return /(?:^|\/)app\.asar(?:\.unpacked)?\/(.*)$/.exec(file.path)?.[1];
}
