// `npm run check`: types, Svelte, ESLint and formatting, as many of them at a time as there are cores; what each has found is printed when
// it has ended.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot, tools } from './step.ts';

interface Check {
  readonly name: string;
  /** A tool's JavaScript and its arguments. */
  readonly line: readonly string[];
}

/** Where tools keep what they know of files; `npm ci` removes it. */
const CACHE = join(projectRoot, 'node_modules', '.cache', 'eslint');

/** Those that take longest first: each core takes the next. */
const checks: Check[] = [
  // No rule of ours looks into another file, so that what was found in one that has not changed still holds.
  { name: 'ESLint', line: [tools.eslint, '--cache', '--cache-strategy', 'content', '--cache-location', CACHE, '.'] },
  { name: 'formatting', line: [tools.prettier, '--cache', '--check', '--log-level', 'warn', '.'] },
  { name: 'types', line: [tools.tsc, '-b'] },
  { name: 'Svelte', line: [tools.svelteCheck, '--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings'] },
];

/** @returns whether it has found nothing */
async function run({ name, line }: Check): Promise<boolean> {
  const began = performance.now();
  const env = { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) };
  const child = spawn(process.execPath, line, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'], env });
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status === 0));
  });
  const [said, complained, passed] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const seconds = Math.round((performance.now() - began) / 1_000);
  process.stdout.write(`${said}${complained}${passed ? '✓' : '✗'} ${name}, ${seconds} s\n`);
  return passed;
}

/** @returns whether none of those that it has taken has found anything */
async function takeChecks(): Promise<boolean> {
  let passed = true;
  for (let next = checks.shift(); next; next = checks.shift()) passed = (await run(next)) && passed;
  return passed;
}

const passed = await Promise.all(Array.from({ length: availableParallelism() }, takeChecks));
process.exitCode = passed.every(Boolean) ? 0 : 1;
