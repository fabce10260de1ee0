import { execFile, fork, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { StoredTensor } from '../../electron/files/safetensors.ts';
import { isBuilt } from '../../scripts/build.ts';
import { normal, randomFrom } from '../random.ts';
import type { Ended, Line } from './kept-program.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The command line: the built one where it was built from just these sources, because it starts sooner; else the sources themselves. */
export const PROGRAM = join(ROOT, (await isBuilt()) ? 'out/main/cli.js' : 'electron/cli/index.ts');

/** The command line, run to its end by a process that stays for the next: loading TensorFlow takes longer than most lines. */
export const cli = (...args: readonly string[]): Promise<Ended> => cliIn(process.env, ...args);

/** The same in another environment. */
export function cliIn(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ended> {
  const answer = turn.then(() => answerOf({ args, env: { ...env } }));
  turn = answer.catch(() => undefined);
  return answer;
}

let turn: Promise<unknown> = Promise.resolve();
let kept: ChildProcess | undefined;

function answerOf(line: Line): Promise<Ended> {
  if (kept?.connected !== true) {
    kept = fork(join(import.meta.dirname, 'kept-program.ts'), { execArgv: ['--no-warnings'] });
    // It ends with this process, and does not hold it.
    kept.unref();
    kept.channel!.unref();
  }
  const child = kept;
  return new Promise((settle, reject) => {
    const lost = (): void => reject(new Error(`The process ended while it carried out: ${line.args.join(' ')}`));
    child.once('exit', lost);
    child.once('message', (ended: Ended) => {
      child.off('exit', lost);
      settle(ended);
    });
    child.send(line);
  });
}

/** The program started for this line alone, as a person does: once for each command is enough. */
export function started(...args: readonly string[]): Promise<Ended> {
  return startedIn(process.env, ...args);
}

/** The same in another environment. */
export async function startedIn(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ended> {
  return promisify(execFile)(process.execPath, [PROGRAM, ...args], { env }).then(
    (output) => ({ ...output, code: 0 }),
    (failed: Ended) => failed,
  );
}

/** Done, with nothing to say on stderr. */
export async function done(...args: readonly string[]): Promise<string> {
  return stdoutOf(await cli(...args));
}

/** The same of a program that was started for it. */
export async function startedAndDone(...args: readonly string[]): Promise<string> {
  return stdoutOf(await started(...args));
}

function stdoutOf({ stdout, stderr, code }: Ended): string {
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
