import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { StoredTensor } from '../../electron/files/safetensors.ts';
import { normal, randomFrom } from '../random.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** The command line, run to its end. */
export async function cli(...args: readonly string[]): Promise<Ended> {
  const line = [join(ROOT, 'electron/cli/index.ts'), ...args];
  return promisify(execFile)(process.execPath, line).then(
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
