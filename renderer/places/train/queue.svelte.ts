import type { Request, StudioApi } from '../../../electron/contract/contract.ts';
import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { Experiment } from '../../../electron/domain/experiment.ts';
import type { Queue } from '../../../electron/contract/queue.ts';

type Verb = 'queue:add' | 'queue:remove' | 'queue:move' | 'queue:hold';

/** What waits to be trained, as the host keeps it; the Train and Runs places share it. */
export class QueueState {
  queue = $state.raw<Queue>({ held: false, entries: [], problems: [] });
  /** Why the last change was refused. */
  problem = $state.raw<ErrorData>();
  /** Something has been asked and is not answered yet. */
  busy = $state(false);
  readonly #api: StudioApi;

  constructor(api: StudioApi) {
    this.#api = api;
    api.listen('queue:changed', (queue) => (this.queue = queue));
  }

  /** Reads it as it is now: at the window's start, and when a lost connection is back. */
  async read(): Promise<void> {
    const result = await this.#api.call('queue:read', {});
    if (result.ok) this.queue = result.value;
  }

  /** Adds experiments at the end; answers whether they were taken. */
  add(experiments: readonly Experiment[]): Promise<boolean> {
    return this.#change('queue:add', { experiments: [...experiments] });
  }

  async remove(entries: readonly string[]): Promise<void> {
    await this.#change('queue:remove', { entries: [...entries] });
  }

  /** One place nearer to the front (−1) or to the end (+1); beyond the ends nothing is asked. */
  async move(entry: string, by: -1 | 1): Promise<void> {
    const at = this.queue.entries.findIndex(({ id }) => id === entry);
    const to = at + by;
    if (at < 0 || to < 0 || to >= this.queue.entries.length) return;
    await this.#change('queue:move', { entry, to });
  }

  /** A held queue starts nothing. */
  async hold(held: boolean): Promise<void> {
    await this.#change('queue:hold', { held });
  }

  async #change<C extends Verb>(channel: C, request: Request<C>): Promise<boolean> {
    this.busy = true;
    const result = await this.#api.call(channel, request);
    this.busy = false;
    this.problem = result.ok ? undefined : result.error;
    if (result.ok) this.queue = result.value;
    return result.ok;
  }
}
