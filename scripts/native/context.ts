import { statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
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

/** The app's per-user cache folder, as the platform wants it; AUTOENCODER_STUDIO_CACHE moves it. */
export function cacheRoot(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (env['AUTOENCODER_STUDIO_CACHE']) return resolve(env['AUTOENCODER_STUDIO_CACHE']);
  const home = env['HOME'] ?? homedir();
  if (platform === 'darwin') return join(home, 'Library/Caches/autoencoder-studio');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData/Local'), 'autoencoder-studio/Cache');
  return join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'autoencoder-studio');
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
