import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ToHdf5Thread } from '../../../electron/model/import/hdf5/hdf5-messages.ts';

let kept: Worker | undefined;

/** A file of a model that programs beside this app have written. */
export function modelFixture(name: string): string {
  const path = resolve('test/fixtures/models', name);
  if (name.endsWith('.h5') || name.endsWith('.keras')) keepLibrary();
  return path;
}

/**
 * Each HDF5 file is read in a thread of its own, and what V8 compiles of the library is shared by a process's threads only while one of
 * them lives: this one stays, with a file of its own, until the process ends.
 */
function keepLibrary(): void {
  if (kept !== undefined) return;
  kept = new Worker(resolve('electron/model/import/hdf5/hdf5-worker.ts'), { execArgv: [] });
  kept.unref();
  const bytes = Uint8Array.from(readFileSync(resolve('test/fixtures/models/dense.h5')));
  kept.postMessage({ kind: 'open', bytes, name: 'dense.h5', mostMemoryBytes: 2 ** 26 } satisfies ToHdf5Thread);
}
