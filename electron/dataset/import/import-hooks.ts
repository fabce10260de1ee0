import type { ImportProgress } from '../../contract/import-plan.ts';
import type { ImportSystem } from './system.ts';

/** How an import is watched and stopped. */
export interface ImportHooks {
  readonly signal?: AbortSignal;
  /** At most 30 times a second. */
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly system?: ImportSystem;
}

const LEAST_MS_BETWEEN = 1000 / 30;

/** `onProgress`, left out where the last was too short a time ago. */
export function throttled({ onProgress }: ImportHooks): (progress: ImportProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (onProgress === undefined || now - last < LEAST_MS_BETWEEN) return;
    last = now;
    onProgress(progress);
  };
}
