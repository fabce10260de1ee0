import { spawn } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judged, pythonMessages, type FoundPython, type PythonWords } from '../../contract/pythons.ts';
import { readToldLine } from '../../contract/told-lines.ts';
import { removeFolder } from '../../files/atomic.ts';
import { traineeEnvironment } from '../../files/trainee-environment.ts';

/** PyTorch is loaded from a cold disk within this; what is no Python may never end. */
const PATIENCE_MS = 90_000;
const MOST_OUTPUT = 100_000;

export interface ProbeOptions {
  /** The folder `resources/cluster`. */
  readonly sources: string;
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/** Asks a program what it can train with. One that is no Python, or does not answer, is found with its problem; never throws. */
export async function probePython(path: string, { sources, ...options }: ProbeOptions): Promise<FoundPython> {
  return (await describePython(path, await readFile(join(sources, 'studio', 'probe.py'), 'utf8'), options)).found;
}

/** The same, with all that it says of itself. */
export async function describePython(
  path: string,
  probe: string,
  { patienceMs = PATIENCE_MS, signal }: Omit<ProbeOptions, 'sources'> = {},
): Promise<{ readonly found: FoundPython; readonly said?: PythonWords }> {
  // Python takes files where it is started for modules, and anybody may put some among the system's temporary ones.
  const cwd = await mkdtemp(join(tmpdir(), 'studio-python-'));
  const answer = await run({ path, probe, cwd }, patienceMs, signal);
  await removeFolder(cwd).catch(() => undefined);
  for (const line of answer.output.split('\n')) {
    const told = readToldLine(line, pythonMessages);
    if (told !== undefined) return { found: judged(path, told.fields), said: told.fields };
  }
  return { found: { path, version: '', devices: [], problem: `Expected a Python, found ${answer.problem}` } };
}

interface Answer {
  readonly output: string;
  /** What it did in place of answering. */
  readonly problem: string;
}

interface Asked {
  readonly path: string;
  readonly probe: string;
  /** The folder that it is started in. */
  readonly cwd: string;
}

function run({ path, probe, cwd }: Asked, patienceMs: number, signal: AbortSignal | undefined): Promise<Answer> {
  return new Promise((resolve) => {
    let output = '';
    let errors = '';
    const child = spawn(path, ['-c', probe], {
      cwd,
      env: traineeEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const end = (problem: string): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve({ output, problem });
    };
    const stop = (problem: string): void => {
      child.kill('SIGKILL');
      // What it has started may hold its output open.
      child.stdout.destroy();
      child.stderr.destroy();
      end(problem);
    };
    const abort = (): void => stop('nothing: it was not waited for.');
    const timer = setTimeout(() => stop(`a program that did not answer in ${patienceMs / 1000} s.`), patienceMs);
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < MOST_OUTPUT) output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-1_000)));
    child.once('error', (error) => end(`no program that can be started (${error.message}).`));
    child.once('close', (code) => {
      const last = errors.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
      end(`a program that ended with exit code ${code}${last === '' ? '.' : `: ${last}`}`);
    });
  });
}
