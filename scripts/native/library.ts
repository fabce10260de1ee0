import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publish, requireFreeSpace, withTemporaryFolder } from './cache.ts';
import type { StepContext } from './context.ts';
import { sha256OfFile } from './hash.ts';
import type { WheelSource } from './platforms.ts';
import { findExecutable, runCommand } from './run-command.ts';
import { downloadWheel, unpackWheel, wheelTitle } from './wheel.ts';

/** Where a binding's libtensorflow came from, as the marker keeps it. */
export type LibrarySource =
  | { readonly kind: 'wheel'; readonly name: string; readonly version: string; readonly sha256: string }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'installer' };

/** A libtensorflow on this machine, complete and checked. */
export interface Library {
  readonly source: LibrarySource;
  /** Names the content: libraries with the same key are the same. */
  readonly key: string;
  readonly includeFolder: string;
  /** Full paths of the libraries to link with. */
  readonly main: string;
  readonly framework?: string;
  /** What has to lie beside the binding at run time: file name → full path. */
  readonly runtime: ReadonlyMap<string, string>;
  /** SHA-256 by file name. */
  readonly hashes: ReadonlyMap<string, string>;
}

interface ManifestFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

const manifestName = 'manifest.json';

/** The wheel's libtensorflow from the per-user cache; the first time it is downloaded, unpacked and stripped. */
export async function libraryFromWheel(context: StepContext, wheel: WheelSource): Promise<Library> {
  const folder = join(context.cacheFolder, 'libtensorflow', wheelKey(context, wheel));
  const cached = await readVerified(folder);
  if (cached !== undefined) return describe(context, wheel, folder, cached);
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) {
    context.report.line(`The cached TensorFlow in ${folder} differs from its recorded hashes; fetching it again.`);
    rmSync(folder, { recursive: true, force: true });
  }
  requireFreeSpace(context, wheel.bytesNeeded);
  context.report.line(`Fetching ${wheelTitle(wheel)} into ${context.cacheFolder}, once for all clones.`);
  const manifest = await withTemporaryFolder(context, async (temporary) => {
    const finished = join(temporary, 'finished');
    const path = await downloadWheel(context, wheel, temporary);
    await unpackWheel(context, wheel, path, finished);
    rmSync(path);
    if (context.row.strip) await stripLibraries(context, join(finished, 'lib'));
    const files = await hashLibraries(join(finished, 'lib'));
    writeFileSync(join(finished, manifestName), JSON.stringify({ files }, null, 2));
    publish(finished, folder);
    return files;
  });
  return describe(context, wheel, folder, manifest);
}

/** Names a wheel's content in the cache. */
export function wheelKey(context: StepContext, wheel: WheelSource): string {
  return `${context.row.key}-${wheel.version}-${wheel.sha256.slice(0, 16)}`;
}

function describe(context: StepContext, wheel: WheelSource, folder: string, files: readonly ManifestFile[]): Library {
  const { name, version, sha256 } = wheel;
  const library = (path: string): string => join(folder, 'lib', path.slice(path.lastIndexOf('/') + 1));
  return {
    source: { kind: 'wheel', name, version, sha256 },
    key: wheelKey(context, wheel),
    includeFolder: join(folder, 'include'),
    main: library(wheel.main),
    framework: library(wheel.framework),
    runtime: new Map(files.map((file) => [file.name, join(folder, 'lib', file.name)])),
    hashes: new Map(files.map((file) => [file.name, file.sha256])),
  };
}

/** The manifest of a cached library whose files still have the recorded sizes and hashes, or undefined. */
async function readVerified(folder: string): Promise<readonly ManifestFile[] | undefined> {
  let files: readonly ManifestFile[];
  try {
    files = (JSON.parse(readFileSync(join(folder, manifestName), 'utf8')) as { files: readonly ManifestFile[] }).files;
    if (!Array.isArray(files) || files.length === 0) return undefined;
  } catch {
    return undefined;
  }
  for (const { name, size, sha256 } of files) {
    const path = join(folder, 'lib', name);
    if (statSync(path, { throwIfNoEntry: false })?.size !== size) return undefined;
    if ((await sha256OfFile(path)) !== sha256) return undefined;
  }
  return files;
}

async function hashLibraries(folder: string): Promise<readonly ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    files.push({ name, size: statSync(path).size, sha256: await sha256OfFile(path) });
  }
  return files;
}

/** Takes the symbols only a debugger needs out (about 200 MB). Without `strip`, or if it fails, they stay. */
async function stripLibraries(context: StepContext, folder: string): Promise<void> {
  const strip = findExecutable('strip', context.env);
  if (strip === undefined) return;
  context.report.line('Stripping debug symbols.');
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    // A copy, so that a strip that fails half-way leaves the library as it was.
    const stripped = `${path}.stripped`;
    const { status } = await runCommand(strip, ['--strip-unneeded', '-o', stripped, path], context);
    if (status === 0) publish(stripped, path);
    else rmSync(stripped, { force: true });
  }
}
