import type { EngineState, RunRecord, RunSummary } from '../../electron/domain/words.ts';
import { applyToView, closed, isLiving, newView, refreshed, type RunView, type StudioEvent } from './run-view.ts';
import type { Trace } from './trace.ts';

export interface EngineLoss {
  readonly message: string;
  /** Whether a run was cut off by it. */
  readonly cutOff: boolean;
}

/** What the window knows of the engine and the runs. Values are replaced, never changed. */
export interface WindowState {
  readonly engine: EngineState;
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** The runs opened in this window, by id. */
  readonly views: ReadonlyMap<string, RunView>;
  /** The run that this computer trains now. */
  readonly activeId?: string;
  /** How the engine was lost; it stands until the person has read it or a new run starts. */
  readonly loss?: EngineLoss;
}

export const emptyWindow: WindowState = { engine: { kind: 'starting' }, runs: [], views: new Map() };

export function reduce(state: WindowState, event: StudioEvent): WindowState {
  switch (event.name) {
    case 'engine:state-changed':
      return event.payload.kind === 'lost' && event.payload.wanted !== true
        ? interrupted({ ...state, engine: event.payload }, event.payload.message)
        : { ...state, engine: event.payload };
    case 'run:started':
      // Replaced, not joined: a run taken up from a checkpoint has lost the epochs after it.
      return began(withView(state, newView(event.payload)), event.payload.summary);
    case 'run:ended':
      return withoutActive(inView(state, event.payload.runId, event), event.payload.runId);
    default:
      return inView(state, event.payload.runId, event);
  }
}

/** A record read from the run's folder. @param batches what was seen live of a run that is not open yet */
export function withRecord(state: WindowState, record: RunRecord, batches: Trace): WindowState {
  const known = state.views.get(record.summary.id);
  return withView(state, known ? refreshed(known, record) : newView(record, batches));
}

export function withView(state: WindowState, view: RunView): WindowState {
  const { summary } = view.record;
  const views = new Map(state.views).set(summary.id, view);
  return { ...state, views, runs: listed(state.runs, summary) };
}

/** The list as the host tells it; runs started since it was asked stay on top. */
export function withRuns(state: WindowState, runs: readonly RunSummary[]): WindowState {
  const told = new Set(runs.map((run) => run.id));
  const started = state.runs.filter((run) => run.id === state.activeId && !told.has(run.id));
  const sorted = [...started, ...runs].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const views = new Map(state.views);
  for (const run of runs) {
    const view = views.get(run.id);
    if (view) views.set(run.id, labelled(view, run));
  }
  // A run in the trash is shown nowhere.
  for (const id of views.keys()) if (!told.has(id) && id !== state.activeId) views.delete(id);
  return { ...state, views, runs: sorted };
}

/** A run's name, tags and notes as they are from now on, in the list and in its view. */
export function withSummary(state: WindowState, summary: RunSummary): WindowState {
  const view = state.views.get(summary.id);
  const known = state.runs.some(({ id }) => id === summary.id);
  const runs = known ? listed(state.runs, view ? labelled(view, summary).record.summary : summary) : state.runs;
  const views = view ? new Map(state.views).set(summary.id, labelled(view, summary)) : state.views;
  return { ...state, views, runs };
}

/** Forgets the views of runs that no place shows and that do not train, here or on a cluster: their pictures take memory. */
export function withViewsOnly(state: WindowState, shown: readonly (string | undefined)[]): WindowState {
  const kept = [...state.views].filter(
    ([id, { record }]) => id === state.activeId || shown.includes(id) || isLiving(record.summary.status),
  );
  return kept.length === state.views.size ? state : { ...state, views: new Map(kept) };
}

/** What the host says trains now, or that nothing does. */
export function withActive(state: WindowState, activeId: string | undefined): WindowState {
  if (activeId !== undefined) return { ...state, activeId };
  return state.activeId === undefined ? state : withoutActive(state, state.activeId);
}

/** A run that a cluster trains is one beside others: nothing here is busy with it. */
function began(state: WindowState, { id, cluster }: RunSummary): WindowState {
  return cluster ? state : { ...withoutLoss(state), activeId: id };
}

function inView(state: WindowState, runId: string, event: StudioEvent): WindowState {
  const view = state.views.get(runId);
  if (!view) return state;
  const next = applyToView(view, event.name, event.payload);
  return next === view ? state : withView(state, next);
}

function withoutActive(state: WindowState, runId: string): WindowState {
  if (state.activeId !== runId) return state;
  const { engine, runs, views, loss } = state;
  return { engine, runs, views, ...(loss === undefined ? {} : { loss }) };
}

export function withoutLoss(state: WindowState): WindowState {
  const { engine, runs, views, activeId } = state;
  return { engine, runs, views, ...(activeId === undefined ? {} : { activeId }) };
}

function interrupted(state: WindowState, message: string): WindowState {
  const { activeId } = state;
  const lost = { ...state, loss: { message, cutOff: activeId !== undefined } };
  if (activeId === undefined) return lost;
  const view = state.views.get(activeId);
  return withoutActive(view ? withView(lost, closed(view, 'interrupted')) : lost, activeId);
}

/** Its progress is known better here than on disk. */
function labelled(view: RunView, { name, tags, notes }: RunSummary): RunView {
  const { record } = view;
  return { ...view, record: { ...record, summary: { ...record.summary, name, tags, notes } } };
}

function listed(runs: readonly RunSummary[], summary: RunSummary): readonly RunSummary[] {
  const at = runs.findIndex((run) => run.id === summary.id);
  // Progress within an epoch changes no list.
  if (at >= 0 && runs[at] === summary) return runs;
  return at < 0 ? [summary, ...runs] : runs.with(at, summary);
}
