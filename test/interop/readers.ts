import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { StudioError } from '../../electron/domain/errors.ts';

/** What a reader made of one export. */
export interface Reading {
  /** Largest difference of each part, in the order they were checked. */
  readonly differences: Readonly<Record<string, number>>;
  /** Images that were compared. */
  readonly images: number;
  readonly problem?: string;
}

/** A line of read_exports.py. */
interface Answer {
  readonly folder: string;
  /** As text: "nan" has no place in JSON. */
  readonly differences?: Readonly<Record<string, string>>;
  readonly images?: number;
  readonly problem?: string;
}

/** Runs the verify scripts of these folders in one Python, which loads its packages once. */
export async function readInPython(python: string, folders: readonly string[]): Promise<ReadonlyMap<string, Reading>> {
  const { status, stdout, stderr } = await runOnce(
    python,
    [join(import.meta.dirname, 'read_exports.py')],
    folders.join('\n'),
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (status !== 0 || lines.length !== folders.length) {
    const message = `read_exports.py: expected ${folders.length} answers, found ${lines.length} and exit status ${status}.`;
    throw new StudioError('internal', message, { detail: stderr });
  }
  return new Map(
    lines.map((line) => {
      const { folder, differences = {}, images = 0, ...rest } = JSON.parse(line) as Answer;
      const numbers = Object.entries(differences).map(([part, difference]) => [part, Number(difference)] as const);
      return [folder, { differences: Object.fromEntries(numbers), images, ...rest }];
    }),
  );
}

/** Runs an export's own verify.mjs in this Node; TensorFlow.js must be found from its folder. */
export async function readInNode(folder: string): Promise<Reading> {
  const { status, stdout, stderr } = await runOnce(process.execPath, ['--no-warnings', join(folder, 'verify.mjs')], '');
  const found = [...stdout.matchAll(/^(\w+): largest difference (\S+) on (\d+) samples/gm)];
  const differences = Object.fromEntries(found.map(([, part, difference]) => [part!, Number(difference)]));
  const images = found.length === 0 ? 0 : Math.min(...found.map(([, , , count]) => Number(count)));
  return { differences, images, ...(status === 0 ? {} : { problem: stderr.trim().split('\n').at(-1) ?? '' }) };
}

/** One thread: the machine may be busy, and these models are small. */
const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

/** Runs a program to its end: what it is told on stdin, what it says, in this folder or the current one. */
export async function runOnce(
  command: string,
  args: readonly string[],
  input: string,
  folder?: string,
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(command, args, { env: { ...process.env, ...oneThread }, cwd: folder });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
  // Where it ends before it has read everything, its exit says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}
