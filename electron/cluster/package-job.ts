import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync, type Zippable } from 'fflate';

/** The job's modules. A packed app does not list folders. */
export const jobSources = [
  '__init__',
  'images',
  'job',
  'keeper',
  'losses',
  'noise',
  'normalisation',
  'optimizers',
  'protocol',
  'schedule',
  'trainee',
  'worker',
] as const;

export interface JobPackage {
  /** Tells its content. */
  readonly name: string;
  readonly zip: Uint8Array;
}

/** How Ray calls a package of these bytes. */
export function packageName(zip: Uint8Array): string {
  return packageNameOf(createHash('sha1').update(zip).digest('hex'));
}

export const packageNameOf = (sha1: string): string => `_ray_pkg_${sha1}.zip`;

/** Zip's first date: the same files are the same bytes. */
const NO_DATE = { mtime: new Date(1980, 0, 1) } as const;

/**
 * The job's working directory as one zip: the Python sources that come with the app, and what is of this run.
 * @param sources the folder `resources/cluster`
 * @param files by name
 */
export async function packageJob(sources: string, files: Readonly<Record<string, Uint8Array>>): Promise<JobPackage> {
  const content: Zippable = {};
  for (const name of jobSources)
    content[`studio/${name}.py`] = [await readFile(join(sources, 'studio', `${name}.py`)), NO_DATE];
  for (const [name, bytes] of Object.entries(files)) content[name] = [bytes, NO_DATE];
  const zip = zipSync(content, { level: 6 });
  return { name: packageName(zip), zip };
}
