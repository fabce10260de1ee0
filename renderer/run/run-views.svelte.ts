import { SvelteMap } from 'svelte/reactivity';
import type { StudioApi } from '../../electron/contract/contract.ts';
import type { ErrorData } from '../../electron/domain/errors.ts';
import type { EngineState, RunRecord, RunSummary } from '../../electron/domain/words.ts';
import { epochShown } from '../../electron/domain/epoch-shown.ts';
import { LatestRequest } from '../link/latest-request.svelte.ts';
import type { Remembered } from '../window/remembered.ts';
import { BatchCurves } from './batch-curves.ts';
import { rememberPace } from './pace.ts';
import { recordsElsewhere } from './records-elsewhere.ts';
import { isLiving, withSnapshot, type RunView, type StudioEvent } from './run-view.ts';
import {
  emptyWindow,
  reduce,
  withActive,
  withRecord,
  withRuns,
  withSummary,
  withView,
  withViewsOnly,
  withoutLoss,
  type WindowState,
} from './window-state.ts';

/** What the runs on view need of the window. */
export interface RunViewsContext {
  readonly api: StudioApi;
  readonly remembered: Remembered;
  /** The list of runs could not be read. */
  listFailed(error: ErrorData): void;
}

/** The runs as the window knows them: the list, those that are open, and which of them Train and Runs show. */
export class RunViews {
  #window = $state.raw<WindowState>(emptyWindow);
  #currentId = $state<string>();
  #chosenId = $state<string>();
  readonly #listing = new LatestRequest();
  #listed = Promise.resolve();
  /** Why runs could not be opened, by id. */
  readonly #openProblems = new SvelteMap<string, ErrorData>();
  readonly #context: RunViewsContext;
  readonly #curves: BatchCurves;

  readonly engine = $derived(this.#window.engine);
  readonly loss = $derived(this.#window.loss);
  readonly runs = $derived(this.#window.runs);
  /** The run that this computer trains, the run Train shows, the run chosen in Runs. */
  readonly active = $derived(this.#view(this.#window.activeId));
  readonly current = $derived(this.#view(this.#currentId));
  readonly chosen = $derived(this.#view(this.#chosenId));
  readonly chosenId = $derived(this.#chosenId);

  constructor(context: RunViewsContext) {
    this.#context = context;
    this.#curves = new BatchCurves(context);
  }

  /** What kept the run that Train shows from opening, or the one chosen in Runs. */
  openProblem(of: 'current' | 'chosen'): ErrorData | undefined {
    const id = of === 'chosen' ? this.#chosenId : this.#currentId;
    return id === undefined ? undefined : this.#openProblems.get(id);
  }

  /** Takes in what the host told, oldest first, and opens what has more to show since. */
  receive(events: readonly StudioEvent[]): void {
    this.#window = events.reduce(reduce, this.#window);
    for (const event of events) {
      if (event.name === 'run:started') this.#began(event.payload);
      if (event.name === 'run:epoch-ended' || event.name === 'run:ended') this.#note(event.payload.runId);
      if (event.name === 'run:ended') void this.#open(event.payload.runId);
    }
  }

  takeEngine(engine: EngineState): void {
    this.#window = reduce(this.#window, { name: 'engine:state-changed', payload: engine });
  }

  /** Reads the list of runs anew; an answer that another reading has overtaken is dropped. */
  async list(): Promise<void> {
    this.#listed = this.#listing.run(async (token) => {
      const listed = await this.#context.api.call('run:list', {});
      if (token.isStale) return;
      if (listed.ok) this.#window = withRuns(this.#window, listed.value);
      else this.#context.listFailed(listed.error);
    });
    // Whoever waits for a list that was overtaken waits for the one that overtook it.
    do await this.#listed;
    while (this.#listing.busy);
  }

  /** Takes up the run that trains, here or on a cluster, or goes back to the one last looked at. */
  async attach(activeId: string | undefined): Promise<void> {
    const left = this.#window.activeId;
    this.#window = withActive(this.#window, activeId);
    // It ended while this window could not hear it.
    if (left !== undefined && left !== activeId) await this.#open(left);
    if (activeId !== undefined) {
      this.#currentId = activeId;
      this.#chosenId ??= activeId;
      return this.#open(activeId);
    }
    const { runs } = this.#window;
    const there = runs.find(({ cluster, status }) => cluster && isLiving(status));
    const shown = there ?? runs.find(({ id }) => id === this.#context.remembered.get('run'));
    if (!shown || this.#currentId !== undefined) return;
    // Whoever has only looked at a sample finds Train as it was.
    if (shown.sample !== true) this.#currentId = shown.id;
    await this.choose(shown.id);
  }

  /** Hears of every run that a cluster trains, looked at or not. */
  async attachElsewhere(): Promise<void> {
    for (const record of await recordsElsewhere(this.#context.api, this.#window)) this.#take(record);
  }

  /** Opens a run in Runs. */
  async choose(runId: string): Promise<void> {
    this.#chosenId = runId;
    this.#context.remembered.set('run', runId);
    await this.#open(runId);
  }

  /** Shows a run in Train. */
  async show(runId: string): Promise<void> {
    this.#currentId = runId;
    this.#chosenId = runId;
    this.#context.remembered.set('run', runId);
    if (!this.#window.views.has(runId)) await this.#open(runId);
  }

  /** Train shows no run. */
  showNone(): void {
    this.#currentId = undefined;
  }

  /** What a run is called and tagged from now on. */
  takeSummary(summary: RunSummary): void {
    this.#window = withSummary(this.#window, summary);
  }

  /** The person has read that the engine was lost. */
  dismissLoss(): void {
    this.#window = withoutLoss(this.#window);
  }

  #view(id: string | undefined): RunView | undefined {
    return id === undefined ? undefined : this.#window.views.get(id);
  }

  #take(record: RunRecord): void {
    this.#window = withRecord(this.#window, record, this.#curves.of(record.summary.id));
  }

  /** What is kept of a run that is followed live. */
  #note(runId: string): void {
    const view = this.#view(runId);
    if (!view) return;
    this.#curves.keep(runId, view.batches);
    rememberPace(this.#context.remembered, view);
  }

  /** A queued run takes the place of one that has ended; one taken up from a checkpoint has pictures already. */
  #began({ summary, snapshotEpochs }: RunRecord): void {
    if (!this.current || !isLiving(this.current.record.summary.status)) this.#currentId = summary.id;
    if (snapshotEpochs.length > 0) void this.#open(summary.id);
  }

  async #open(runId: string): Promise<void> {
    const { api } = this.#context;
    this.#window = withViewsOnly(this.#window, [this.#currentId, this.#chosenId]);
    const opened = await api.call('run:open', { runId });
    if (!opened.ok) return void this.#openProblems.set(runId, opened.error);
    this.#openProblems.delete(runId);
    this.#take(opened.value);
    const record = this.#view(runId)?.record;
    const epoch = record && epochShown(record);
    if (epoch === undefined || epoch === this.#view(runId)?.snapshot?.epoch) return;
    const snapshot = await api.call('run:snapshot', { runId, epoch });
    const view = this.#view(runId);
    if (snapshot.ok && view) this.#window = withView(this.#window, withSnapshot(view, snapshot.value));
    if (!snapshot.ok) this.#openProblems.set(runId, snapshot.error);
  }
}
