import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createContext, type StepContext } from '../native/context.ts';
import { wheelKey, type LibrarySource } from '../native/library.ts';
import { readMarker } from '../native/marker.ts';
import { platformRow } from '../native/platforms.ts';
import { createReport } from '../native/report.ts';
import { readTfjsPackage } from '../native/tfjs-package.ts';
import { licenceDocument, licenceOf } from './licences.ts';
import { packageOf } from './needless.ts';
import { PackageError } from './package-error.ts';
import { pathInApp, type ShippedFile } from './shipped.ts';
import { windowPackages } from './window-packages.ts';

/** Its readme lists the libraries in libvips with their licences. */
const LIBVIPS = '@img/sharp-libvips-';

/**
 * Adds to a packed app's licences those of all npm packages in it, of libvips and of TensorFlow.
 * @throws PackageError where one cannot be found
 */
export async function writeLicences(projectRoot: string, files: readonly ShippedFile[], folder: string): Promise<void> {
  await mkdir(join(folder, 'tensorflow'), { recursive: true });
  const shipped = [...shippedPackages(files).keys()].map((at) => join(projectRoot, at));
  const folders = new Set([...shipped, ...(await windowPackages(projectRoot)).keys()]);
  const packages = await Promise.all([...folders].map(licenceOf));
  await writeFile(join(folder, 'PACKAGES.txt'), licenceDocument(packages));
  for (const [at, name] of shippedPackages(files)) {
    if (name.startsWith(LIBVIPS)) await copyFile(join(projectRoot, at, 'README.md'), join(folder, 'LIBVIPS.md'));
  }
  for (const path of await tensorflowLicences(projectRoot)) {
    await copyFile(path, join(folder, 'tensorflow', basename(path)));
  }
}

/** The packages in a packed app: their folder, below the app as below the project, and their name. */
export function shippedPackages(files: readonly ShippedFile[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of files) {
    const path = pathInApp(file);
    if (path === undefined || !path.endsWith('/package.json')) continue;
    const name = packageOf(path);
    // Some packages mark their folders of modules by a package.json of its own.
    if (name !== undefined && path.endsWith(`node_modules/${name}/package.json`)) found.set(dirname(path), name);
  }
  return found;
}

async function tensorflowLicences(projectRoot: string): Promise<readonly string[]> {
  const row = platformRow(process.platform, process.arch);
  if (row === undefined) throw new PackageError(`TensorFlow is not published for ${process.platform}-${process.arch}.`);
  const { signal } = new AbortController();
  const context = createContext({ projectRoot, row, env: process.env, report: createReport(process.stderr), signal });
  const state = await readMarker(context, readTfjsPackage(context));
  if (!('marker' in state)) throw new PackageError(`TensorFlow is not prepared (${state.reason}): run npm run native.`);
  const places = licencePlaces(context, state.marker.source);
  const find = (names: readonly string[]) =>
    places.flatMap((place) => names.map((name) => join(place, name))).find((path) => existsSync(path));
  const found = [find(['LICENSE']), find(['THIRD_PARTY_NOTICES.txt', 'THIRD_PARTY_TF_C_LICENSES'])];
  if (found.includes(undefined)) {
    throw new PackageError(
      `TensorFlow's licence and its third-party notices: expected both in ${places.join(' or ')}. Run npm run native -- --force.`,
    );
  }
  return found.filter((path) => path !== undefined);
}

/** Where the texts lie: beside the wheel's library in the cache, in the folder a person named, or what tfjs-node brought. */
function licencePlaces(context: StepContext, source: LibrarySource): readonly string[] {
  const { wheel } = context.row;
  if (source.kind === 'folder') return [source.folder];
  if (source.kind === 'installer' || wheel === undefined) return [join(context.packageFolder, 'deps')];
  return [join(context.cacheFolder, 'libtensorflow', wheelKey(context, wheel))];
}
