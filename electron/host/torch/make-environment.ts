import { spawn } from 'node:child_process';
import { statfs, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StudioError } from '../../domain/errors.ts';
import { makeFolder, removeFolder } from '../../files/atomic.ts';
import { endGroup } from '../../files/end-group.ts';
import { traineeEnvironment } from '../../files/trainee-environment.ts';
import { pythonIn } from './find-pythons.ts';

/** Stands in a folder whose environment is whole. */
const COMPLETE = 'complete';
const MOST_LOG = 8_000;
/** Pip's own newer versions say how far a download has come. */
const NEWER_PIP = ['pip>=24.1'];

export interface EnvironmentOptions {
  /** The Python that it is made of. */
  readonly python: string;
  readonly folder: string;
  /** What pip installs, a call after the other. */
  readonly installs: readonly (readonly string[])[];
  /** Expected, for what is told of the progress. */
  readonly downloadBytes: number;
  readonly onProgress: (fraction: number, message: string) => void;
  readonly signal: AbortSignal;
}

export const isWhole = (folder: string): boolean => existsSync(join(folder, COMPLETE));

/** Free for this program, where a folder lies or is to lie. */
export async function freeBytesAt(folder: string): Promise<number> {
  let place = folder;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  const { bavail, bsize } = await statfs(place);
  return bavail * bsize;
}

/**
 * Makes a virtual environment and installs into it.
 * @returns its Python
 * @throws StudioError `stopped` where the signal came; `disk-full`, `not-found` (the network), `refused` in pip's words. Nothing is left then.
 */
export async function makeEnvironment(options: EnvironmentOptions): Promise<string> {
  const { folder, python, installs, onProgress, signal } = options;
  await removeFolder(folder);
  // Unpacked there, and not where the system keeps a little memory for such things.
  const temporary = join(folder, 'unpacking');
  const program = pythonIn(folder);
  try {
    onProgress(0, 'Making the environment');
    await makeFolder(folder);
    await run(python, ['-m', 'venv', folder], { signal, cwd: folder });
    await makeFolder(temporary);
    const pip = [
      program,
      ['-m', 'pip', 'install', '--no-input', '--no-cache-dir', '--disable-pip-version-check'],
    ] as const;
    const downloads = new Downloads(options.downloadBytes, onProgress);
    const quiet = { signal, cwd: folder, temporary };
    await run(pip[0], [...pip[1], '--upgrade', ...NEWER_PIP], quiet);
    for (const wanted of installs) {
      const args = [...pip[1], '--only-binary=:all:', '--progress-bar', 'raw', ...wanted];
      await run(pip[0], args, { ...quiet, onLine: (line) => downloads.read(line) });
    }
    await removeFolder(temporary);
    await writeFile(join(folder, COMPLETE), '');
    return program;
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

/** Pip's lines as progress: "Progress 1048576 of 565000000", "Downloading torch-…whl (539.1 MB)", "Installing collected packages". */
export class Downloads {
  private done = 0;
  private current = 0;
  private message = 'Looking for the packages';
  private readonly expected: number;
  private readonly onProgress: (fraction: number, message: string) => void;

  constructor(expected: number, onProgress: (fraction: number, message: string) => void) {
    this.expected = expected;
    this.onProgress = onProgress;
  }

  read(line: string): void {
    const file = /^\s*Downloading (\S+)/.exec(line)?.[1];
    const [, at] = /^Progress (\d+) of (\d+)/.exec(line) ?? [];
    if (file !== undefined) {
      this.done += this.current;
      this.current = 0;
      this.message = `Fetching ${file.split('/').at(-1)?.split('-')[0] ?? ''}`;
    } else if (at !== undefined) this.current = Number(at);
    else if (line.startsWith('Installing collected packages')) this.message = 'Unpacking';
    else return;
    this.onProgress(Math.min(0.99, (this.done + this.current) / this.expected), this.message);
  }
}

interface RunOptions {
  readonly signal: AbortSignal;
  /** The folder that it is started in: Python takes files there for modules, so it is one of the app's own. */
  readonly cwd: string;
  readonly temporary?: string;
  readonly onLine?: (line: string) => void;
}

async function run(
  program: string,
  args: readonly string[],
  { signal, cwd, temporary, onLine }: RunOptions,
): Promise<void> {
  if (signal.aborted) throw cancelled();
  const folders = temporary === undefined ? {} : { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const child = spawn(program, [...args], {
    cwd,
    env: { ...traineeEnvironment(), ...folders },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    // Of a group of its own, which ends as one.
    detached: process.platform !== 'win32',
  });
  let log = '';
  let rest = '';
  const hear = (text: string): void => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine?.(line);
    log = (log + text).slice(-MOST_LOG);
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-MOST_LOG)));
  const stop = (): void => endGroup(child);
  signal.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number | null | Error>((resolve) => {
    child.once('error', resolve);
    child.once('close', resolve);
  });
  signal.removeEventListener('abort', stop);
  if (signal.aborted) throw cancelled();
  if (code !== 0) throw problemIn(log, program, code);
}

const cancelled = (): StudioError => new StudioError('stopped', 'The making was cancelled; nothing of it is left.');

/** What went wrong, in pip's or venv's own words where there are none better. */
export function problemIn(log: string, program: string, code: number | null | Error): StudioError {
  const detail = { detail: log };
  if (/No space left|Errno 28|not enough space/i.test(log)) {
    return new StudioError('disk-full', 'The disk has no room for PyTorch.', detail);
  }
  if (
    /name resolution|getaddrinfo|NewConnectionError|ConnectTimeout|Read timed out|Connection (?:refused|reset)/i.test(
      log,
    )
  ) {
    return new StudioError(
      'not-found',
      'The packages could not be fetched: this computer does not reach them.',
      detail,
    );
  }
  if (/ensurepip is not available|No module named (?:venv|ensurepip|pip)/.test(log)) {
    const how = 'On Debian and Ubuntu: sudo apt install python3-venv.';
    return new StudioError('refused', `${program} cannot make virtual environments. ${how}`, detail);
  }
  const missing = /No matching distribution found for (\S+)/.exec(log)?.[1];
  if (missing !== undefined) {
    return new StudioError('refused', `There is no ${missing} for this system and this Python.`, detail);
  }
  const last = log.trim().split('\n').at(-1) ?? '';
  const ended = code instanceof Error ? code.message : `It ended with exit code ${code}. ${last}`;
  return new StudioError('refused', `${program} could not make the environment. ${ended}`, detail);
}
