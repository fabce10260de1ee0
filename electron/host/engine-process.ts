import type { Answer, EngineChannel, EventName, Events, Request } from '../contract/contract.ts';
import { StudioError, type Result } from '../domain/errors.ts';
import { Caller, eventNames, type Port, type Report } from '../contract/rpc.ts';
import type { EngineState } from '../domain/words.ts';

/** How an engine process ended. */
export interface EngineEnd {
  readonly code: number | null;
  readonly signal?: string;
  /** Its last lines on stderr. */
  readonly lastWords?: string;
}

/** A running engine process, however the host launched it. */
export interface EngineChild extends Port {
  /** Called once, when the process is gone, also when it could not be started. */
  onExit(listener: (end: EngineEnd) => void): void;
  /** Asks the process to end, or ends it by force. */
  kill(force: boolean): void;
}

export type LaunchEngine = () => EngineChild;

interface Running {
  readonly child: EngineChild;
  readonly caller: Caller<EngineChannel>;
  readonly ended: Promise<void>;
}

type EventListener = <E extends EventName>(name: E, payload: Events[E]) => void;

/**
 * Owns the engine process: starts it, notices when it is gone, starts it again. One that dies before it was ready is
 * not restarted by itself (it would only die again); the next call tries anew.
 */
export class EngineProcess {
  readonly #launch: LaunchEngine;
  readonly #report: Report;
  readonly #listeners = new Set<EventListener>();
  #running: Running | undefined;
  #state: EngineState = { kind: 'starting' };
  #closed = false;
  /** Settles when the process that was last replaced is gone. */
  #retired = Promise.resolve();

  constructor(launch: LaunchEngine, report: Report) {
    this.#launch = launch;
    this.#report = report;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Starts the process unless it runs. */
  start(): void {
    if (!this.#closed) this.#ensureRunning();
  }

  /** What the process tells, and its own state's changes. Returns its unsubscribe. */
  onEvent(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Asks the engine; a process that was lost is started first. A process lost meanwhile answers `engine-lost`. */
  call<C extends EngineChannel>(channel: C, request: Request<C>): Promise<Result<Answer<C>>> {
    if (this.#closed) {
      return Promise.resolve({ ok: false, error: { code: 'engine-lost', message: 'The app is closing.' } });
    }
    return this.#ensureRunning().caller.call(channel, request);
  }

  /** Starts a new process, launched as things stand now, in place of the one that runs; calls to that one are answered `engine-lost`. */
  restart(): void {
    const running = this.#running;
    this.#running = undefined;
    if (running) {
      const message = 'The engine is started anew.';
      this.#retired = this.#end(running, message);
      // What it was at work on is lost with it.
      this.#setState({ kind: 'lost', message, wanted: true });
    }
    this.start();
  }

  /** Asks the process to end, waits, then ends it by force; resolves when it is gone. */
  async close(patienceMs = 2_000): Promise<void> {
    this.#closed = true;
    if (this.#running) await this.#end(this.#running, 'The app is closing.', patienceMs);
    await this.#retired;
  }

  async #end(running: Running, why: string, patienceMs = 2_000): Promise<void> {
    running.caller.close(new StudioError('engine-lost', why));
    running.child.kill(false);
    const force = setTimeout(() => running.child.kill(true), patienceMs);
    await running.ended;
    clearTimeout(force);
  }

  #ensureRunning(): Running {
    if (this.#running) return this.#running;
    this.#setState({ kind: 'starting' });
    const child = this.#launch();
    const caller = new Caller<EngineChannel>(child, (problem) => this.#report(`From the engine: ${problem}`));
    for (const name of eventNames) caller.listen(name, (payload) => this.#tell(name, payload));
    let settleEnded: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => (settleEnded = resolve));
    const running = { child, caller, ended };
    this.#running = running;
    child.onExit((end) => {
      settleEnded?.();
      this.#lost(running, end);
    });
    void this.#greet(running);
    return running;
  }

  async #greet(running: Running): Promise<void> {
    const described = await running.caller.call('engine:describe', {});
    if (this.#running !== running) return;
    if (described.ok) {
      const { tensorflow, threads } = described.value;
      this.#setState({ kind: 'ready', tensorflow, threads });
      return;
    }
    // It answers, but with an error (TensorFlow did not load): keep it, so that calls bring that message.
    this.#setState({ kind: 'lost', message: described.error.message });
  }

  #lost(running: Running, end: EngineEnd): void {
    if (this.#running !== running) return;
    const wasReady = this.#state.kind === 'ready';
    this.#running = undefined;
    const message = endSentence(end);
    const error = new StudioError('engine-lost', message, end.lastWords ? { detail: end.lastWords } : {});
    running.caller.close(error);
    if (this.#closed) return;
    this.#report(end.lastWords ? `${message} Its last words: ${end.lastWords}` : message);
    this.#setState({ kind: 'lost', message });
    if (wasReady) this.#ensureRunning();
  }

  #setState(state: EngineState): void {
    this.#state = state;
    this.#tell('engine:state-changed', state);
  }

  #tell: EventListener = (name, payload) => {
    for (const listener of [...this.#listeners]) listener(name, payload);
  };
}

function endSentence({ code, signal }: EngineEnd): string {
  if (signal) return `The engine process was ended by signal ${signal}.`;
  if (code === null) return 'The engine process could not be started.';
  return `The engine process ended with exit code ${code}.`;
}
