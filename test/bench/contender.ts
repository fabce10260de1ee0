import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { StudioError } from '../../electron/domain/errors.ts';
import type { Answer, Ask, CommandName, Reply } from './protocol.ts';

/** How to start one contender. */
export interface Entrant {
  /** As the report calls it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Lines of stderr kept for an error's detail. */
const KEPT_LINES = 40;

/** How long `quit` may take before the process is killed. */
const QUIT_MS = 5_000;

/** A contender's process: asks one question at a time, each with its own time limit. */
export class ContenderProcess {
  readonly name: string;
  readonly startedAt = performance.now();
  readonly #child: ChildProcess;
  readonly #replies: AsyncIterator<string>;
  readonly #complaints: string[] = [];
  /** Ended, and all it printed has been read. */
  readonly #closed: Promise<unknown>;

  constructor(entrant: Entrant) {
    this.name = entrant.name;
    const env = { ...process.env, ...entrant.env };
    this.#child = spawn(entrant.command, entrant.args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => this.#complaints.push(String(error)));
    this.#closed = new Promise((resolve) => this.#child.once('close', resolve));
    // A write to a process that has died is reported by the missing answer.
    this.#child.stdin!.on('error', () => undefined);
    this.#replies = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
    createInterface({ input: this.#child.stderr! }).on('line', (line) => {
      this.#complaints.push(line);
      if (this.#complaints.length > KEPT_LINES) this.#complaints.shift();
    });
  }

  /** Throws a StudioError when the contender refuses, dies or takes longer than `limitSeconds`; it is then dead. */
  async ask<Name extends CommandName>(name: Name, question: Ask<Name>, limitSeconds: number): Promise<Answer<Name>> {
    this.#child.stdin!.write(`${JSON.stringify({ cmd: name, ...question })}\n`);
    const line = await this.#nextLine(name, limitSeconds);
    const reply = JSON.parse(line) as Reply;
    if (!reply.ok) throw this.#problem(`${name}: ${reply.message}`);
    return reply as unknown as Answer<Name>;
  }

  /** Asks it to quit and kills it when it does not. */
  async quit(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    this.#child.stdin!.end(`${JSON.stringify({ cmd: 'quit' })}\n`);
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), QUIT_MS);
    await this.#closed;
    clearTimeout(killer);
  }

  async #nextLine(name: CommandName, limitSeconds: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), limitSeconds * 1_000);
    });
    const next = await Promise.race([this.#replies.next(), late]);
    clearTimeout(timer);
    if (next === 'late') {
      this.#child.kill('SIGKILL');
      throw this.#problem(`${name}: expected an answer within ${Number(limitSeconds.toPrecision(2))} s, found none`);
    }
    if (next.done) await this.#closed;
    if (next.done) throw this.#problem(`${name}: expected an answer, found that the process had ended`);
    return next.value;
  }

  #problem(message: string): StudioError {
    return new StudioError('engine-failed', `${this.name}: ${message}`, { detail: this.#complaints.join('\n') });
  }
}
