import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { StoredTensor } from '../../electron/files/safetensors.ts';
import { isBuilt } from '../../scripts/build.ts';
import { normal, randomFrom } from '../random.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The command line: the built one where it was built from just these sources, because it starts sooner; else the sources themselves. */
export const PROGRAM = join(ROOT, (await isBuilt()) ? 'out/main/cli.js' : 'electron/cli/index.ts');

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** The command line, run to its end. */
export async function cli(...args: readonly string[]): Promise<Ended> {
  return promisify(execFile)(process.execPath, [PROGRAM, ...args]).then(
    (output) => ({ ...output, code: 0 }),
    (failed: Ended) => failed,
  );
}

/** Done, with nothing to say on stderr. */
export async function done(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await cli(...args);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout;
}

/** Done, its steps told on stderr meanwhile, the first of them this one; TensorFlow may greet there too. */
export async function doneInSteps(first: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await cli(...args);
  expect({ first: stderr.split('\n')[0], code }).toEqual({ first, code: 0 });
  return stdout;
}

/** Weights of this shape, the same for one number of axes. */
export function drawn(...shape: readonly number[]): StoredTensor {
  const random = randomFrom(shape.length);
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length }, () => normal(random) / 10) };
}
