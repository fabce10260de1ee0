import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { StepContext } from './context.ts';
import { namedFolder } from './folder.ts';
import { sha256OfFile } from './hash.ts';
import type { LibrarySource } from './library.ts';
import { bindingPath, type TfjsPackage } from './tfjs-package.ts';

/** Raise it whenever the step lays things out differently: every clone then redoes the step once. */
export const stepVersion = 1;

const markerName = '.autoencoder-studio-native.json';

interface MarkedFile {
  /** Relative to tfjs-node's folder. */
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly sha256: string;
}

/** What this step put into tfjs-node's folder, and from where. */
export interface Marker {
  readonly step: number;
  readonly tfjsNode: string;
  readonly platform: string;
  readonly napi: number;
  readonly tensorflow: string;
  readonly source: LibrarySource;
  readonly files: readonly MarkedFile[];
}

/** Either the marker of a finished step whose files are still as it left them, or the reason to run the step. */
export type MarkerState = { readonly marker: Marker } | { readonly reason: string };

/**
 * Compares the marker with what is there. Cheap: sizes and times for the libraries, the hash only for the small
 * binding. A binding without our marker, or changed since, was put there by another installer and does not count.
 */
export async function readMarker(context: StepContext, tfjs: TfjsPackage): Promise<MarkerState> {
  let marker: Marker;
  try {
    marker = JSON.parse(readFileSync(join(context.packageFolder, markerName), 'utf8')) as Marker;
    if (!Array.isArray(marker.files) || typeof marker.source.kind !== 'string') throw new Error('not a marker');
  } catch {
    const foreign = statSync(join(context.packageFolder, bindingPath(tfjs)), { throwIfNoEntry: false }) !== undefined;
    return { reason: foreign ? 'the binding in node_modules was put there by another installer' : 'not prepared yet' };
  }
  const reason =
    versionReason(context, tfjs, marker) ??
    sourceReason(context, marker.source) ??
    (await fileReason(context, tfjs, marker));
  return reason === undefined ? { marker } : { reason };
}

function versionReason(context: StepContext, tfjs: TfjsPackage, marker: Marker): string | undefined {
  if (marker.step !== stepVersion) return 'the step itself has changed';
  if (marker.tfjsNode !== tfjs.version) return `tfjs-node is ${tfjs.version} now, was ${marker.tfjsNode}`;
  if (marker.platform !== context.row.key) return `prepared for ${marker.platform}, this is ${context.row.key}`;
  if (marker.napi !== tfjs.napi) return `built for N-API ${String(marker.napi)}, this Node wants ${String(tfjs.napi)}`;
  return undefined;
}

function sourceReason(context: StepContext, source: LibrarySource): string | undefined {
  const named = namedFolder(context.env);
  if (named !== undefined && (source.kind !== 'folder' || source.folder !== named)) return `${named} is to be used now`;
  if (source.kind === 'wheel' && source.sha256 !== context.row.wheel?.sha256)
    return 'another TensorFlow is expected now';
  return undefined;
}

async function fileReason(context: StepContext, tfjs: TfjsPackage, marker: Marker): Promise<string | undefined> {
  const binding = bindingPath(tfjs);
  if (!marker.files.some((file) => file.path === binding)) return `the marker knows no ${binding}`;
  for (const file of marker.files) {
    const path = join(context.packageFolder, file.path);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return `${file.path} is gone`;
    const same = file.path === binding ? (await sha256OfFile(path)) === file.sha256 : stats.mtimeMs === file.modifiedMs;
    if (stats.size !== file.size || !same) return `${file.path} has changed`;
  }
  return undefined;
}

/** Writes the marker, whole or not at all: the step's last act. `hashes` saves reading libraries already hashed. */
export async function writeMarker(
  context: StepContext,
  tfjs: TfjsPackage,
  result: { readonly tensorflow: string; readonly source: LibrarySource; readonly hashes: ReadonlyMap<string, string> },
): Promise<void> {
  const files: MarkedFile[] = [];
  for (const folder of ['deps/lib', 'lib']) {
    const entries = await readdir(join(context.packageFolder, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const full = join(entry.parentPath, entry.name);
      const stats = statSync(full);
      if (!stats.isFile()) continue;
      files.push({
        path: relative(context.packageFolder, full).replaceAll('\\', '/'),
        size: stats.size,
        modifiedMs: stats.mtimeMs,
        sha256: result.hashes.get(entry.name) ?? (await sha256OfFile(full)),
      });
    }
  }
  const { tensorflow, source } = result;
  const { version: tfjsNode, napi } = tfjs;
  const marker: Marker = { step: stepVersion, tfjsNode, platform: context.row.key, napi, tensorflow, source, files };
  const path = join(context.packageFolder, markerName);
  writeFileSync(`${path}.new`, `${JSON.stringify(marker, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

export function removeMarker(context: StepContext): void {
  rmSync(join(context.packageFolder, markerName), { force: true });
}
