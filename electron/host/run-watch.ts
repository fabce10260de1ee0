import type { Answer, EventName, Events, Request } from '../contract/contract.ts';
import type { RunPaused } from '../contract/runs.ts';
import type { ActiveRun } from './run-store.ts';

export interface RunWatchOptions {
  /** Has the engine start a run, or take one up. */
  readonly ask: <C extends 'run:start' | 'run:resume'>(channel: C, request: Request<C>) => Promise<Answer<C>>;
  /** A run has begun or could not: another may be next. */
  readonly onSettled: () => void;
}

/** Follows the run that trains here, from before the engine has answered until its end. */
export class RunWatch {
  readonly #options: RunWatchOptions;
  #id: string | undefined;
  /** Its pause, while it lasts. */
  #pause: RunPaused | undefined;
  /** Runs asked for that have not been answered yet. */
  #starting = 0;
  /** Those among them that are taken up again. */
  readonly #resuming = new Set<string>();

  constructor(options: RunWatchOptions) {
    this.#options = options;
  }

  get id(): string | undefined {
    return this.#id;
  }

  get active(): ActiveRun | undefined {
    if (this.#id === undefined) return undefined;
    return { id: this.#id, ...(this.#pause === undefined ? {} : { pause: this.#pause }) };
  }

  /** Whether a run trains or is about to; a paused one counts. */
  get isBusy(): boolean {
    return this.#id !== undefined || this.#starting > 0;
  }

  /** Whether a run is being taken up again at this moment. */
  isResuming(runId: string): boolean {
    return this.#resuming.has(runId);
  }

  start(request: Request<'run:start'>): Promise<Answer<'run:start'>> {
    return this.#begin('run:start', request);
  }

  async resume(request: Request<'run:resume'>): Promise<Answer<'run:resume'>> {
    this.#resuming.add(request.runId);
    try {
      return await this.#begin('run:resume', request);
    } finally {
      this.#resuming.delete(request.runId);
    }
  }

  /** Takes note of what the engine tells. */
  hear<E extends EventName>(name: E, payload: Events[E]): void {
    if (name === 'run:started') this.#id = (payload as Events['run:started']).summary.id;
    if (name === 'run:paused') this.#pause = payload as Events['run:paused'];
    if (name === 'run:started' || name === 'run:resumed' || name === 'run:ended') this.#pause = undefined;
    if (name === 'run:ended') this.#id = undefined;
  }

  /** The engine is gone. @returns the run that it was training */
  lost(): string | undefined {
    const runId = this.#id;
    this.#id = undefined;
    this.#pause = undefined;
    return runId;
  }

  async #begin<C extends 'run:start' | 'run:resume'>(channel: C, request: Request<C>): Promise<Answer<C>> {
    this.#starting += 1;
    try {
      return await this.#options.ask(channel, request);
    } finally {
      this.#starting -= 1;
      this.#options.onSettled();
    }
  }
}
