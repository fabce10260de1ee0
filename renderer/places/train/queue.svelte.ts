import type { Request, StudioApi } from '../../../electron/contract/contract.ts';
import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { Experiment } from '../../../electron/domain/experiment.ts';
import { InTurn } from '../../link/in-turn.svelte.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';
import type { Queue } from '../../../electron/contract/queue.ts';
import type { DeviceOrder } from '../../../electron/contract/torch.ts';

type Verb = 'queue:add' | 'queue:remove' | 'queue:move' | 'queue:hold';

/** What waits to be trained, as the host keeps it; the Train and Runs places share it. */
export class QueueState {
  queue = $state.raw<Queue>({ held: false, entries: [], problems: [] });
  /** Why the last change was refused. */
  problem = $state.raw<ErrorData>();
  readonly #reads = new LatestRequest();
  readonly #changes = new InTurn();
  readonly #api: StudioApi;

  constructor(api: StudioApi) {
    this.#api = api;
    api.listen('queue:changed', (queue) => this.#take(queue));
  }

  /** Something has been asked and is not answered yet. */
  get busy(): boolean {
    return this.#changes.busy;
  }

  /** Reads it as it is now: at the window's start, and when a lost connection is back. */
  async read(): Promise<void> {
    await this.#reads.run(async (token) => {
      const result = await this.#api.call('queue:read', {});
      if (result.ok && !token.isStale) this.#take(result.value);
    });
  }

  /** Adds experiments at the end, to be trained on the processor or on a device; answers whether they were taken. */
  add(experiments: readonly Experiment[], device?: DeviceOrder): Promise<boolean> {
    return this.#change('queue:add', { experiments: [...experiments], ...(device === undefined ? {} : { device }) });
  }

  async remove(entries: readonly string[]): Promise<void> {
    await this.#change('queue:remove', { entries: [...entries] });
  }

  /** One place nearer to the front (−1) or to the end (+1); beyond the ends nothing is asked. */
  async move(entry: string, by: -1 | 1): Promise<void> {
    await this.#changes.ask(() => this.#move(entry, by));
  }

  async #move(entry: string, by: -1 | 1): Promise<void> {
    const at = this.queue.entries.findIndex(({ id }) => id === entry);
    const to = at + by;
    if (at < 0 || to < 0 || to >= this.queue.entries.length) return;
    await this.#ask('queue:move', { entry, to });
  }

  /** A held queue starts nothing. */
  async hold(held: boolean): Promise<void> {
    await this.#change('queue:hold', { held });
  }

  #change<C extends Verb>(channel: C, request: Request<C>): Promise<boolean> {
    return this.#changes.ask(() => this.#ask(channel, request));
  }

  async #ask<C extends Verb>(channel: C, request: Request<C>): Promise<boolean> {
    const result = await this.#api.call(channel, request);
    this.problem = result.ok ? undefined : result.error;
    if (result.ok) this.#take(result.value);
    return result.ok;
  }

  #take(queue: Queue): void {
    // What is still being read is older.
    this.#reads.cancel();
    this.queue = queue;
  }
}
