import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type * as Electron from 'electron';
import { tellHarness } from './link.ts';

const parentPort = fileURLToPath(new URL('./parent-port.ts', import.meta.url));

type Members = 'postMessage' | 'kill' | 'pid' | 'stderr';

/** A Node process in place of Electron's utility process. */
export class StandInUtilityProcess extends EventEmitter implements Pick<Electron.UtilityProcess, Members> {
  readonly #child: ChildProcess;

  static fork(entry: string, args: string[] = [], options: Electron.ForkOptions = {}): StandInUtilityProcess {
    return new StandInUtilityProcess(entry, args, options);
  }

  private constructor(entry: string, args: string[], options: Electron.ForkOptions) {
    super();
    this.#child = fork(entry, args, {
      execArgv: ['--import', parentPort],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      env: options.env as NodeJS.ProcessEnv,
    });
    this.#child.on('message', (message) => this.emit('message', message));
    // Electron tells a code and no signal; which code a signal makes is the platform's affair.
    this.#child.on('close', (code) => this.emit('exit', code ?? 1));
    tellHarness({ kind: 'forked', service: options.serviceName ?? '', pid: this.#child.pid! });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stderr(): NodeJS.ReadableStream | null {
    return this.#child.stderr;
  }

  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}
