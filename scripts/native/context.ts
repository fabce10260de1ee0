import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from './cache.ts';
import type { PlatformRow } from './platforms.ts';
import type { Report } from './report.ts';

/** Names the environment variables a person may set. */
export const libraryVariable = 'AUTOENCODER_STUDIO_LIBTENSORFLOW';

/** What the native step works with; tests hand in their own. */
export interface StepContext {
  /** The folder that holds node_modules. */
  readonly projectRoot: string;
  /** tfjs-node's folder in it. */
  readonly packageFolder: string;
  /** This step's folder in the per-user cache. */
  readonly cacheFolder: string;
  readonly row: PlatformRow;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Free space for this user at `folder`, in bytes. */
  readonly freeBytes: (folder: string) => number;
}

/** A context for `projectRoot`, with the cache and the disk of this machine. */
export function createContext(options: {
  readonly projectRoot: string;
  readonly row: PlatformRow;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly freeBytes?: (folder: string) => number;
}): StepContext {
  return {
    freeBytes: (folder) => {
      const stats = statfsSync(folder);
      return stats.bavail * stats.bsize;
    },
    ...options,
    packageFolder: join(options.projectRoot, 'node_modules/@tensorflow/tfjs-node'),
    cacheFolder: join(cacheRoot(options.env, process.platform), 'native'),
  };
}
