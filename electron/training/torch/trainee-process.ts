import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readToldLine, type ToldLine } from '../../contract/told-lines.ts';
import { traineeMessages, type TraineeFields } from '../../contract/torch.ts';
import { StudioError } from '../../domain/errors.ts';
import { endGroup } from '../../files/end-group.ts';
import { traineeEnvironment } from '../../files/trainee-environment.ts';
import { lostWords, memoryWords, silentWords } from './sentences.ts';

type Told = ToldLine<typeof traineeMessages>;
type Answer = Exclude<keyof typeof traineeMessages, 'FAILED'>;

/** Of what it writes on stderr, so many last characters are kept. */
const KEPT_STDERR = 4_000;
const PATIENCE_MS = 3_000;
/** A command that has no answer for so long has none any more: steps come back several times a second. */
const SILENCE_MS = 10 * 60_000;

/** Thrown where the trainee's process, or its card, is gone: what was trained up to the last checkpoint can be gone on from. */
export class TraineeLost extends StudioError {
  constructor(message: string, detail: string) {
    super('engine-lost', message, detail === '' ? {} : { detail });
  }
}

/** Thrown where the device has no room for a step. */
export class OutOfMemory extends StudioError {
  /** The largest batch, of halves of the one asked for, that has room; 0 where none has. */
  readonly fits: number;

  constructor(message: string, fits: number) {
    super('refused', message);
    this.fits = fits;
  }
}

export interface TraineeLaunch {
  readonly python: string;
  /** What it is told to run. */
  readonly args: readonly string[];
  /** The folder that it runs in. */
  readonly folder: string;
  /** How long an answer may take; ten minutes unless told. */
  readonly silenceMs?: number;
}

/** Python as it trains: takes one command after another on stdin, and answers each on stdout. It ends when its stdin does. */
export class TraineeProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly gone: Promise<void>;
  private waiting: { readonly take: (told: Told) => void; readonly fail: (error: Error) => void } | undefined;
  private early: Told | undefined;
  private failed: StudioError | undefined;
  private stderr = '';
  private readonly silenceMs: number;

  constructor({ python, args, folder, silenceMs = SILENCE_MS }: TraineeLaunch) {
    this.silenceMs = silenceMs;
    this.child = spawn(python, [...args], {
      cwd: folder,
      // Threads that wait must not spin: the app's own and other programs want the cores.
      env: { OMP_WAIT_POLICY: 'PASSIVE', ...traineeEnvironment() },
      windowsHide: true,
      // Ctrl-C in a terminal is for the app, which ends this process by closing its stdin.
      detached: process.platform !== 'win32',
    });
    const { child } = this;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-KEPT_STDERR);
    });
    // Told by the process's end.
    child.stdin.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      const told = readToldLine(line, traineeMessages);
      if (told !== undefined) this.hear(told);
    });
    this.gone = new Promise((resolve) => {
      child.once('error', (error) => {
        this.fail(new TraineeLost(`${python}: the program could not be started.`, error.message));
        if (child.pid === undefined) resolve();
      });
      child.once('close', (code, signal) => {
        this.fail(new TraineeLost(lostWords(code, signal, this.stderr), this.stderr));
        resolve();
      });
    });
  }

  get processId(): number | undefined {
    return this.child.pid;
  }

  /** What it says of itself when it is ready. Rejects as `ask`. */
  ready(): Promise<TraineeFields<'READY'>> {
    return this.next('READY');
  }

  /**
   * One command and its answer.
   * @throws TraineeLost, also where it does not answer; OutOfMemory; StudioError `disk-full`, `bad-file` for its images, `engine-failed` in its own words
   */
  async ask<K extends Answer>(command: Readonly<Record<string, unknown>>, answer: K): Promise<TraineeFields<K>> {
    const silent = setTimeout(() => {
      this.fail(new TraineeLost(silentWords(this.silenceMs), this.stderr));
      endGroup(this.child);
    }, this.silenceMs);
    try {
      const told = this.next(answer);
      this.child.stdin.write(`${JSON.stringify(command)}\n`);
      return await told;
    } finally {
      clearTimeout(silent);
    }
  }

  /** Ends it: in peace, then by force, with all that it has started. */
  async close(): Promise<void> {
    this.child.stdin.end();
    const force = setTimeout(() => {
      endGroup(this.child);
      // What is left of it, and holds its output open, is not waited for.
      this.child.stdout.destroy();
      this.child.stderr.destroy();
    }, PATIENCE_MS);
    await this.gone;
    clearTimeout(force);
  }

  private async next<K extends Answer>(wanted: K): Promise<TraineeFields<K>> {
    const told = await new Promise<Told>((take, fail) => {
      if (this.failed !== undefined) fail(this.failed);
      else if (this.early !== undefined) take(this.early);
      else this.waiting = { take, fail };
      this.early = undefined;
    });
    if (told.kind === wanted) return told.fields as TraineeFields<K>;
    if (told.kind === 'UNWRITTEN') {
      const { full, message } = told.fields;
      throw new StudioError(full ? 'disk-full' : 'bad-file', message);
    }
    throw new StudioError('engine-failed', `The trainee: expected the answer ${wanted}, found ${told.kind}.`);
  }

  private hear(told: Told): void {
    if (told.kind === 'FAILED') {
      this.fail(problemOf(told.fields));
      return;
    }
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting === undefined) this.early = told;
    else waiting.take(told);
  }

  /** The first reason stands: that it ends afterwards is no other. */
  private fail(error: StudioError): void {
    this.failed ??= error;
    this.waiting?.fail(this.failed);
    this.waiting = undefined;
  }
}

function problemOf(fields: TraineeFields<'FAILED'>): StudioError {
  const { kind, message, fits = 0 } = fields;
  switch (kind) {
    case 'memory':
      return new OutOfMemory(memoryWords(fields), fits);
    case 'images':
      return new StudioError('bad-file', message);
    case 'package':
      return new StudioError('not-found', `This Python lacks what training needs: ${message}`);
    case 'lost':
      return new TraineeLost(`The graphics card no longer answers: ${message}.`, '');
    case 'error':
      return new StudioError('engine-failed', `Training through PyTorch failed: ${message}`);
  }
}
