import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '..');

const nodeModules = (...parts: string[]) => join(projectRoot, 'node_modules', ...parts);

/** The JavaScript behind a tool's command, so that it runs on this very Node whatever the PATH says. */
export const tools = {
  electronVite: nodeModules('electron-vite', 'bin', 'electron-vite.js'),
  tsc: nodeModules('@typescript', 'native', 'bin', 'tsc'),
  svelteCheck: nodeModules('svelte-check', 'bin', 'svelte-check'),
  eslint: nodeModules('eslint', 'bin', 'eslint.js'),
  prettier: nodeModules('prettier', 'bin', 'prettier.cjs'),
  vitest: nodeModules('vitest', 'vitest.mjs'),
  playwright: nodeModules('@playwright', 'test', 'cli.js'),
  ensureNative: join(projectRoot, 'scripts', 'native', 'ensure.ts'),
} as const;

export interface StepOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Keeps the step's stdout off ours. */
  readonly quiet?: boolean;
  /** How much it gives way to other programs: 0, unless told, to 19. */
  readonly niceness?: number;
}

/** Runs a program in the project's folder with our own terminal; resolves to its exit status, 128 + n for signal n. */
export function runStep(command: string, args: readonly string[], options: StepOptions = {}): Promise<number> {
  const child = spawn(command, args, {
    cwd: projectRoot,
    stdio: ['inherit', options.quiet ? 'ignore' : 'inherit', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  if (options.niceness !== undefined && child.pid !== undefined) setPriority(child.pid, options.niceness);
  // Ctrl-C reaches the child by itself, being in our group; what it makes of it decides how we end.
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  const ignore = () => undefined;
  process.on('SIGTERM', pass).on('SIGINT', ignore);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve(status ?? (signal === 'SIGINT' ? 130 : 143)));
  }).finally(() => process.off('SIGTERM', pass).off('SIGINT', ignore));
}

/** The same for a script or tool of ours, on this Node. */
export function runNode(script: string, args: readonly string[] = [], options: StepOptions = {}): Promise<number> {
  return runStep(process.execPath, [script, ...args], options);
}
