import type { ClusterDescription, ClusterOrder } from '../../electron/contract/cluster.ts';
import type { ClusterPlan, TokenState } from '../../electron/contract/cluster-calls.ts';
import type { Request, StudioApi } from '../../electron/contract/contract.ts';
import type { ErrorData } from '../../electron/domain/errors.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import type { RunSummary } from '../../electron/domain/words.ts';
import { emptyForm, clusterFormOf, readOrder, type ClusterForm } from './cluster-form.ts';
import { LatestRequest, type RequestToken } from '../link/latest-request.svelte.ts';
import type { Preferences } from '../window/preferences.svelte.ts';

/** What clusters need of the window. */
export interface ClusterHost {
  readonly api: StudioApi;
  readonly preferences: Preferences;
  readonly runs: readonly RunSummary[];
  /** Shows a run in Train. */
  show(runId: string): Promise<void>;
}

/** Experiments about to be sent, until the person has said yes. */
export interface Sending {
  readonly experiments: readonly Experiment[];
  readonly order: ClusterOrder;
  /** Nothing while it is worked out. */
  readonly plan?: ClusterPlan;
  readonly problem?: ErrorData;
}

/** On the processor, on this computer's graphics card, or on a cluster. */
export type Where = 'here' | 'card' | 'cluster';

type RunVerb = 'cluster:stop' | 'cluster:leave' | 'cluster:follow' | 'cluster:give-up';

/** Where to train, as the window has it: the cluster that is set up, what it said, and what is about to be sent there. */
export class Clusters {
  where = $state<Where>('here');
  /** The dialog that sets it up is open. */
  settingUp = $state(false);
  /** Typed, until it is handed over; the host never gives it back. */
  token = $state('');
  tokenState = $state.raw<TokenState>();
  found = $state.raw<ClusterDescription>();
  problem = $state.raw<ErrorData>();
  sending = $state.raw<Sending>();
  /** The sending dialog's answer is on its way. */
  starting = $state(false);
  /** What was asked of a run: until it is answered, then why it was refused. */
  asking = $state<RunVerb>();
  runProblem = $state.raw<{ readonly runId: string; readonly error: ErrorData }>();
  readonly #tests = new LatestRequest();
  readonly #tokens = new LatestRequest();
  readonly #sendings = new LatestRequest();
  #typed = $state.raw<ClusterForm>();
  /** What was typed is kept: whatever needs it waits. */
  #kept = Promise.resolve();
  readonly #host: ClusterHost;

  /** What is typed, else what was set up last. */
  readonly form = $derived.by<ClusterForm>(() => {
    const { cluster } = this.#host.preferences.settings;
    return this.#typed ?? (cluster ? clusterFormOf(cluster) : emptyForm);
  });
  readonly reading = $derived(readOrder(this.form));
  readonly order = $derived(this.reading.kind === 'ready' ? this.reading.order : undefined);

  constructor(host: ClusterHost) {
    this.#host = host;
  }

  /** What is there is being asked for. */
  get testing(): boolean {
    return this.#tests.busy;
  }

  choose(where: Where): void {
    this.where = where;
    if (where === 'cluster' && !this.order) this.openSetup();
  }

  openSetup(): void {
    this.settingUp = true;
    void this.#readToken();
  }

  /** Keeps what was typed, and the token with whoever keeps it. */
  async closeSetup(): Promise<void> {
    this.settingUp = false;
    this.#kept = this.#keep();
    await this.#kept;
  }

  type(change: Partial<ClusterForm>): void {
    this.#typed = { ...this.form, ...change };
    if (change.address === undefined) return;
    this.#tests.cancel();
    this.found = undefined;
    this.problem = undefined;
    void this.#readToken();
  }

  /** Keeps what was typed, then asks what is there. */
  async test(): Promise<void> {
    const { order } = this;
    if (!order || this.testing) return;
    this.found = undefined;
    await this.#tests.run(async (token) => {
      await this.#keep();
      if (this.problem || token.isStale) return;
      const result = await this.#host.api.call('cluster:test', { address: order.address });
      if (token.isStale) return;
      if (result.ok) this.found = result.value;
      else this.problem = result.error;
    });
  }

  async forgetToken(): Promise<void> {
    this.token = '';
    await this.#handOver('');
  }

  /** Works out what training these on the cluster sends, and asks. */
  async propose(experiments: readonly Experiment[]): Promise<void> {
    const { order } = this;
    if (!order) return this.openSetup();
    this.sending = { experiments, order };
    await this.#sendings.run(async (token) => {
      await this.#kept;
      const result = await this.#host.api.call('cluster:plan', { experiments: [...experiments], order });
      if (token.isStale) return;
      this.sending = { experiments, order, ...(result.ok ? { plan: result.value } : { problem: result.error }) };
    });
  }

  /** What is on its way to the cluster goes on, and is not waited for. */
  cancelSending(): void {
    this.#sendings.cancel();
    this.sending = undefined;
  }

  /** Begins what was proposed: one at once, several by the queue. */
  async send(): Promise<void> {
    const { sending } = this;
    if (!sending || this.starting) return;
    this.starting = true;
    const { experiments, order } = sending;
    const [first] = experiments;
    const token = this.#sendings.begin();
    if (experiments.length === 1 && first && this.#isRoom(order))
      await this.#start(sending, { experiment: first, order }, token);
    else await this.#enqueue(sending, { experiments: [...experiments], cluster: order }, token);
    this.#sendings.end(token);
    this.starting = false;
  }

  async ask(verb: RunVerb, runId: string): Promise<void> {
    if (this.asking !== undefined) return;
    this.asking = verb;
    const result = await this.#host.api.call(verb, { runId });
    this.runProblem = result.ok ? undefined : { runId, error: result.error };
    this.asking = undefined;
  }

  #isRoom({ address, jobs }: ClusterOrder): boolean {
    const there = this.#host.runs.filter(({ status, cluster }) => status === 'running' && cluster?.address === address);
    return there.length < jobs;
  }

  async #start(sending: Sending, request: Request<'cluster:start'>, token: RequestToken): Promise<void> {
    const result = await this.#host.api.call('cluster:start', request);
    if (!result.ok) {
      // Also where it is no longer waited for: it was not done.
      this.sending = { ...sending, problem: result.error };
      return;
    }
    // Who has closed the dialog went to do something else.
    if (token.isStale) return;
    this.sending = undefined;
    await this.#host.show(result.value.runId);
  }

  async #enqueue(sending: Sending, request: Request<'queue:add'>, token: RequestToken): Promise<void> {
    const result = await this.#host.api.call('queue:add', request);
    if (!result.ok) this.sending = { ...sending, problem: result.error };
    else if (!token.isStale) this.sending = undefined;
  }

  async #keep(): Promise<void> {
    const { order } = this;
    this.problem = undefined;
    if (!order) return;
    if (this.#typed) {
      await this.#host.preferences.change({ cluster: order });
      this.problem = this.#host.preferences.problem;
      if (!this.problem) this.#typed = undefined;
    }
    if (this.token !== '') await this.#handOver(this.token);
  }

  async #handOver(token: string): Promise<void> {
    const { order } = this;
    if (!order) return;
    const result = await this.#host.api.call('cluster:keep-token', { address: order.address, token });
    this.#tokens.cancel();
    if (result.ok) {
      this.token = '';
      this.tokenState = result.value;
    } else this.problem = result.error;
  }

  async #readToken(): Promise<void> {
    this.tokenState = undefined;
    const { order } = this;
    if (!order) return this.#tokens.cancel();
    await this.#tokens.run(async (token) => {
      const result = await this.#host.api.call('cluster:token', { address: order.address });
      if (result.ok && !token.isStale) this.tokenState = result.value;
    });
  }
}
