import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type * as Electron from 'electron';
import { appLife } from './app.ts';
import { tellFault } from './faults.ts';
import { tellHarness } from './link.ts';
import { isFault } from './port-fault.ts';
import { strictClone } from './strict-clone.ts';

const parentPort = fileURLToPath(new URL('./parent-port.ts', import.meta.url));

/** What V8 writes when it cannot go on: why, and before that where. */
const FATAL = /^FATAL ERROR: (\S+)/m;

type Members = 'postMessage' | 'kill' | 'pid' | 'stderr';

/** A Node process in place of Electron's utility process. */
export class StandInUtilityProcess extends EventEmitter implements Pick<Electron.UtilityProcess, Members> {
  readonly #child: ChildProcess;
  #pid: number | undefined;
  #stderr: PassThrough | null = new PassThrough();

  static fork(entry: string, args: string[] = [], options: Electron.ForkOptions = {}): StandInUtilityProcess {
    appLife.expectReady('utilityProcess.fork');
    return new StandInUtilityProcess(entry, args, options);
  }

  private constructor(entry: string, args: string[], options: Electron.ForkOptions) {
    super();
    this.#child = fork(entry, args, {
      // As Electron sets Node there: a rejection that nobody handles is a warning, and the process goes on.
      execArgv: ['--unhandled-rejections=warn-with-error-code', '--import', parentPort],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      env: options.env as NodeJS.ProcessEnv,
    });
    const child = this.#child;
    child.stderr!.pipe(this.#stderr!);
    let fatal: string | undefined;
    child.stderr!.on('data', (text: Buffer) => (fatal ??= FATAL.exec(text.toString())?.[1]));
    child.on('message', (message) => {
      if (isFault(message)) tellFault(message.fault);
      // As in Electron, each in a turn of its own: Node tells all that have come together in one go.
      else setImmediate(() => this.emit('message', message));
    });
    child.once('spawn', () => {
      this.#pid = child.pid;
      tellHarness({ kind: 'forked', service: options.serviceName ?? '', pid: child.pid! });
      this.emit('spawn');
    });
    // At its end, not when all it wrote has been read: as in Electron that may come later.
    child.once('exit', (code) => {
      setImmediate(() => {
        if (fatal !== undefined) this.emit('error', 'FatalError', fatal, '{}');
        // Electron tells a code and no signal; which code a signal makes is the platform's affair.
        this.#emitExit(code ?? 1);
      });
    });
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  get stderr(): NodeJS.ReadableStream | null {
    return this.#stderr;
  }

  postMessage(message: unknown): void {
    const cloned = strictClone('main → engine', message);
    // To a process that is ending it gets lost.
    if (this.#child.connected) this.#child.send(cloned as object, () => undefined);
  }

  kill(): boolean {
    return this.#child.kill();
  }

  #emitExit(code: number): void {
    try {
      this.emit('exit', code);
    } finally {
      this.#pid = undefined;
      this.#stderr?.removeAllListeners();
      this.#stderr = null;
    }
  }
}
