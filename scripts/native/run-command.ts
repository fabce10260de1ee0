import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { interrupted } from './native-error.ts';

export interface CommandResult {
  /** Exit status; undefined where a signal ended it. */
  readonly status: number | undefined;
  readonly killedBy: NodeJS.Signals | undefined;
  /** Standard output alone. */
  readonly stdout: string;
  /** Both streams as they came, the last `keptCharacters` of them. */
  readonly output: string;
}

const keptCharacters = 200_000;

/**
 * Runs a command to its end, whatever its exit status. On `signal` the command and all its children are killed and the
 * promise is rejected with `interrupted`.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly signal: AbortSignal;
    readonly cwd?: string;
    readonly timeoutMs?: number;
  },
): Promise<CommandResult> {
  const { env, signal, cwd, timeoutMs } = options;
  if (signal.aborted) return Promise.reject(interrupted());
  // A process group of its own: killing the group reaches the compiler behind make behind node-gyp.
  const group = process.platform !== 'win32';
  const child = spawn(command, args, {
    env,
    cwd,
    detached: group,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let stdout = '';
  let output = '';
  const keep = (text: string, more: string): string => (text + more).slice(-keptCharacters);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = keep(stdout, text);
    output = keep(output, text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = keep(output, text);
  });
  const kill = (): void => {
    killTree(child.pid, group);
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
  signal.addEventListener('abort', kill, { once: true });
  return new Promise<CommandResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, killedBy) => {
      if (signal.aborted) reject(interrupted());
      else resolve({ status: status ?? undefined, killedBy: killedBy ?? undefined, stdout, output });
    });
  }).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  });
}

function killTree(pid: number | undefined, group: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(group ? -pid : pid, 'SIGKILL');
  } catch {
    return;
  }
}

/** The full path of an executable on `env`'s PATH, or undefined. */
export function findExecutable(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const endings = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';') : [''];
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The last line of a command's output that says something, for a message. */
export function lastLine(output: string, matching = /\S/): string {
  const lines = output.split(/\r?\n/).filter((line) => matching.test(line));
  return (lines.at(-1) ?? output.trim().split('\n').at(-1) ?? '').trim();
}
