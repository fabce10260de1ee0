import type { StudioApi } from '../../electron/contract/contract.ts';
import type { ErrorData } from '../../electron/domain/errors.ts';
import type { RunSummary } from '../../electron/domain/words.ts';
import type { RunView } from './run-view.ts';

/** What run controls need of the window. */
export interface RunControlContext {
  readonly api: StudioApi;
  readonly active: RunView | undefined;
  readonly runs: readonly RunSummary[];
  /** Shows a run in Train. */
  show(runId: string): Promise<void>;
}

/** Pausing, resuming and stopping: what was asked, until the run's own events say that it is so. */
export class RunControl {
  /** How the run was asked to stop; cleared when it has ended. */
  stopping = $state<'now' | 'after-epoch'>();
  pausing = $state(false);
  /** The run that is being taken up. */
  resuming = $state<string>();
  /** Why the last wish was refused. */
  problem = $state.raw<ErrorData>();
  #dismissed = $state<string>();
  readonly #context: RunControlContext;

  /** The newest run where it was cut off and can be taken up, until somebody has answered. */
  readonly offer = $derived.by(() => {
    const [newest] = this.#context.runs;
    if (!newest || this.#context.active || newest.status !== 'interrupted' || !newest.resumable) return undefined;
    return newest.id === this.#dismissed || newest.id === this.resuming ? undefined : newest;
  });

  constructor(context: RunControlContext) {
    this.#context = context;
  }

  async pause(): Promise<void> {
    const runId = this.#activeId;
    if (runId === undefined || this.pausing) return;
    this.pausing = true;
    // The answer only says that it was heard; `run:paused` comes when a checkpoint has been written.
    if (!(await this.#ask('run:pause', { runId }))) this.pausing = false;
  }

  /** Lets a paused run go on, or takes up one that was cut off or stopped. @param on the engine, where PyTorch has trained it so far */
  async resume(runId: string, on?: 'engine'): Promise<void> {
    if (this.resuming !== undefined) return;
    this.resuming = runId;
    if ((await this.#ask('run:resume', { runId, ...(on ? { device: on } : {}) })) && this.#activeId !== runId)
      await this.#context.show(runId);
    this.resuming = undefined;
  }

  async stop(when: 'now' | 'after-epoch' = 'now'): Promise<void> {
    const runId = this.#activeId;
    if (runId === undefined || this.stopping === 'now' || this.stopping === when) return;
    const before = this.stopping;
    this.stopping = when;
    const heard = await this.#ask('run:stop', when === 'now' ? { runId } : { runId, when });
    if (!heard) this.stopping = before;
    else if (this.#activeId !== runId) this.stopping = undefined;
  }

  /** The person does not want the offered run now; it stays resumable in Runs. */
  dismissOffer(): void {
    this.#dismissed = this.offer?.id;
  }

  /** After the run's events: what was asked has come true, or the run is gone. */
  settle(): void {
    const status = this.#context.active?.record.summary.status;
    if (status !== 'running') this.pausing = false;
    if (status === undefined) this.stopping = undefined;
  }

  get #activeId(): string | undefined {
    return this.#context.active?.record.summary.id;
  }

  async #ask<C extends 'run:pause' | 'run:resume' | 'run:stop'>(
    channel: C,
    request: { readonly runId: string; readonly when?: 'now' | 'after-epoch'; readonly device?: 'engine' },
  ): Promise<boolean> {
    const result = await this.#context.api.call(channel, request);
    this.problem = result.ok ? undefined : result.error;
    return result.ok;
  }
}
