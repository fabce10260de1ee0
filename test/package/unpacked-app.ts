import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { extractFile } from '@electron/asar';
import { pathInApp, shippedFiles, type ShippedFile } from '../../scripts/package/shipped.ts';
import { projectRoot } from '../../scripts/step.ts';

const ENDING = '.tar.gz';
const UNPACKED = 'app.asar.unpacked';

/** A packaged app, unpacked away from the project, so that nothing of the project's can be found from inside it. */
export interface UnpackedApp {
  /** The app's own files as Electron sees them in its archive, readable by plain Node. */
  readonly app: string;
  /** The folder with Electron's program. */
  readonly folder: string;
  readonly files: readonly ShippedFile[];
  remove(): Promise<void>;
}

/**
 * Unpacks the newest tar.gz in release/. The archive's files are taken out of it; those beside it stay where they are and are
 * linked to, so libraries and MNIST are loaded from beside the archive, as in Electron.
 */
export async function unpackApp(): Promise<UnpackedApp> {
  const root = await mkdtemp(join(tmpdir(), 'studio-packaged-'));
  await promisify(execFile)('tar', ['-xzf', await newestPackage(), '-C', root]);
  const [name] = await readdir(root);
  const folder = join(root, name!);
  const files = await shippedFiles(folder);
  const app = join(root, 'app');
  const archive = join(folder, 'resources', 'app.asar');
  for (const file of files) {
    const path = pathInApp(file);
    if (path === undefined) continue;
    await mkdir(dirname(join(app, path)), { recursive: true });
    if (file.place === 'archive') await writeFile(join(app, path), extractFile(archive, path));
    else await symlink(join(folder, 'resources', UNPACKED, path), join(app, path));
  }
  return { app, folder, files, remove: () => rm(root, { recursive: true, force: true }) };
}

async function newestPackage(): Promise<string> {
  const release = join(projectRoot, 'release');
  const entries = await readdir(release, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ENDING))
    .map((entry) => join(entry.parentPath, entry.name));
  const times = await Promise.all(paths.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })));
  const newest = times.sort((a, b) => b.at - a.at)[0];
  if (!newest) throw new Error(`${release}: expected a package ending in ${ENDING}, found none. Run npm run package.`);
  return newest.path;
}
