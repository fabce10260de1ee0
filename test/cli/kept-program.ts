// The command line in a process that stays, for `run-cli.ts`: carries out one line after another, TensorFlow loaded once for all.
import { join } from 'node:path';
import { launchEngine } from '../../electron/cli/launch-engine.ts';
import { runCommandLine } from '../../electron/cli/program.ts';

/** A command line, and the environment that it is given. */
export interface Line {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** What a line has written, and its exit status. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

const entry = join(import.meta.dirname, '../../electron/cli/index.ts');
const own = { ...process.env };
const { exit } = process;

/** As in a process of its own: nothing of the line before is left. */
async function carryOut({ args, env }: Line): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    process[stream].write = (chunk: string | Uint8Array) => {
      written[stream] += Buffer.from(chunk).toString();
      return true;
    };
  }
  setEnvironment(env);
  const ended = (): Ended => ({ ...written, code: Number(process.exitCode ?? 0) });
  let left: Ended | undefined;
  // What comes of it is said to nobody.
  process.exit = (code) => {
    process.exitCode = code ?? process.exitCode;
    left ??= ended();
    throw new Error('The process would have ended.');
  };
  await runCommandLine({ args, entry, launchEngine });
  return left ?? ended();
}

function setEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (env[name] === undefined) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
}

function forget(): void {
  for (const stream of [process.stdout, process.stderr]) {
    Reflect.deleteProperty(stream, 'write');
    stream.removeAllListeners('error');
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
  setEnvironment(own);
  process.exit = exit;
  process.exitCode = undefined;
}

let turn = Promise.resolve();
process.on('message', (line: Line) => {
  turn = turn.then(async () => {
    const ended = await carryOut(line).finally(forget);
    process.send!(ended);
  });
});
