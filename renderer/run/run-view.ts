import type { EventName, Events } from '../../electron/contract/contract.ts';
import type {
  EpochMetrics,
  RunProgress,
  RunRecord,
  RunStatus,
  RunSummary,
  Snapshot,
} from '../../electron/domain/words.ts';
import { epochShown } from '../../electron/domain/epoch-shown.ts';
import { curveOf } from '../../electron/domain/run-curve.ts';
import { emptyTrace, traced, type Trace } from './trace.ts';

/** A run as the window shows it. Values are replaced, never changed. */
export interface RunView {
  readonly record: RunRecord;
  /** Only while the run lives. */
  readonly progress?: RunProgress;
  /** Batch costs that this window saw live, x in epochs; empty for a run that it only opened from its folder. */
  readonly batches: Trace;
  /** The newest snapshot at hand; of a run that has ended what its kept weights show. */
  readonly snapshot?: Snapshot;
  /** Checkpoints that were passed over when it was resumed: a sentence each, naming the file. */
  readonly skipped?: readonly string[];
  /** What goes on at its cluster, and how many epochs were done when that was told. */
  readonly told?: { readonly sentence: string; readonly epochsDone: number };
}

export const newView = (record: RunRecord, batches: Trace = emptyTrace): RunView => ({ record, batches });

/** The run's own events; those of other runs, and those too late to be true, leave the view as it is. */
export function applyToView<E extends WatchedEvent>(view: RunView, name: E, payload: Events[E]): RunView {
  const event = { name, payload } as StudioEvent;
  switch (event.name) {
    case 'run:progressed':
      return isLive(view, event.payload.runId) ? progressed(view, event.payload) : view;
    case 'run:epoch-ended':
      return isLive(view, event.payload.runId) ? epochEnded(view, event.payload.metrics) : view;
    case 'run:path-chosen':
      return isLive(view, event.payload.runId)
        ? { ...view, record: { ...view.record, path: event.payload.path } }
        : view;
    case 'run:snapshot-taken':
      return event.payload.runId === view.record.summary.id ? withSnapshot(view, event.payload) : view;
    case 'run:paused':
      return isLive(view, event.payload.runId) ? standing(view, 'paused', event.payload.problem) : view;
    case 'run:resumed':
      return isLive(view, event.payload.runId) ? resumed(view, event.payload) : view;
    case 'run:told':
      return isLive(view, event.payload.runId) ? told(view, event.payload.sentence) : view;
    case 'run:ended':
      return isLive(view, event.payload.runId) ? ended(view, event.payload) : view;
    case 'run:started':
    case 'engine:state-changed':
      return view;
  }
}

/** What the views of runs follow; imports and image sets have listeners of their own. */
export type WatchedEvent = Extract<EventName, `run:${string}`> | 'engine:state-changed';
export type StudioEvent = { [E in WatchedEvent]: { readonly name: E; readonly payload: Events[E] } }[WatchedEvent];

export const isWatched = (name: EventName): name is WatchedEvent =>
  name.startsWith('run:') || name === 'engine:state-changed';

/** A record read again from the run's folder, joined with what was seen live: neither may hide an epoch of the other. */
export function refreshed(view: RunView, record: RunRecord): RunView {
  const byEpoch = new Map([...view.record.metrics, ...record.metrics].map((metrics) => [metrics.epoch, metrics]));
  const metrics = [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
  const snapshotEpochs = [...new Set([...view.record.snapshotEpochs, ...record.snapshotEpochs])].sort((a, b) => a - b);
  // An answer written before the run ended may arrive after it: the end stands.
  const late = isLiving(record.summary.status) && !isLiving(view.record.summary.status);
  const { summary } = late ? view.record : record;
  const epochsDone = Math.max(summary.epochsDone, metrics.at(-1)?.epoch ?? 0);
  return {
    ...view,
    record: { ...view.record, ...record, metrics, snapshotEpochs, summary: { ...summary, epochsDone } },
  };
}

/** Keeps the snapshot that stands for the run, before its end the newest: another that arrives late is dropped. */
export function withSnapshot(view: RunView, snapshot: Snapshot): RunView {
  const { snapshotEpochs, keptPictures, test } = view.record;
  const kept = test && epochShown(view.record) === test.epoch ? test.epoch : undefined;
  const rank = ({ epoch }: Snapshot) => (epoch === kept ? Number.POSITIVE_INFINITY : epoch);
  if (view.snapshot && rank(snapshot) < rank(view.snapshot)) return view;
  const known = snapshotEpochs.includes(snapshot.epoch) || keptPictures === snapshot.epoch;
  const record = known ? view.record : { ...view.record, snapshotEpochs: [...snapshotEpochs, snapshot.epoch] };
  return { ...view, record, snapshot };
}

/** The run is over as far as this window knows: its progress goes, its curve stays. */
export function closed(
  view: RunView,
  status: Events['run:ended']['status'],
  problem?: string,
  batchThatFits?: number,
): RunView {
  const said = {
    ...(problem === undefined ? {} : { problem }),
    ...(batchThatFits === undefined ? {} : { batchThatFits }),
  };
  const summary = { ...view.record.summary, status, ...said };
  const { batches, snapshot } = view;
  return { record: { ...view.record, summary }, batches, ...(snapshot ? { snapshot } : {}) };
}

const isLive = (view: RunView, runId: string) =>
  view.record.summary.id === runId && isLiving(view.record.summary.status);

/** Whether its engine still has it in hand. */
export const isLiving = (status: RunStatus) => status === 'running' || status === 'paused';

/** The run of a view where a cluster trains it now. */
export function livingElsewhere(view: RunView | undefined): RunView | undefined {
  const summary = view?.record.summary;
  return summary?.cluster && isLiving(summary.status) ? view : undefined;
}

/** What was said of a run before no longer stands. */
function standing(view: RunView, status: 'running' | 'paused', problem?: string): RunView {
  const summary: { -readonly [K in keyof RunSummary]: RunSummary[K] } = { ...view.record.summary, status };
  delete summary.problem;
  if (problem !== undefined) summary.problem = problem;
  return { ...view, record: { ...view.record, summary } };
}

function resumed(view: RunView, { inexact, problems }: Events['run:resumed']): RunView {
  const going = { ...standing(view, 'running'), ...(problems.length > 0 ? { skipped: problems } : {}) };
  return inexact === undefined ? going : { ...going, record: { ...going.record, inexact } };
}

function progressed(view: RunView, progress: RunProgress): RunView {
  if (progress.kind !== 'training') return { ...view, progress };
  const batches = traced(view.batches, { x: progress.step / progress.stepsPerEpoch, y: progress.cost });
  return { ...view, progress, batches };
}

function told(view: RunView, sentence: string): RunView {
  return { ...view, told: { sentence, epochsDone: view.record.summary.epochsDone } };
}

function epochEnded(view: RunView, metrics: EpochMetrics): RunView {
  const { record } = view;
  if (metrics.epoch <= (record.metrics.at(-1)?.epoch ?? -1)) return view;
  const going = { ...view };
  // Of the epoch before this one: old by now.
  if (going.told && going.told.epochsDone + 1 < metrics.epoch) delete going.told;
  return {
    ...going,
    record: { ...record, metrics: [...record.metrics, metrics], summary: counted(record, metrics) },
  };
}

function counted({ summary, metrics: before }: RunRecord, metrics: EpochMetrics): RunSummary {
  const errors = [summary.bestValidationSquaredError, metrics.validationSquaredError].filter(
    (error) => error !== undefined,
  );
  const best = errors.length > 0 ? { bestValidationSquaredError: Math.min(...errors) } : {};
  return { ...summary, epochsDone: metrics.epoch, curve: curveOf([...before, metrics]), ...best };
}

function ended(view: RunView, end: Events['run:ended']): RunView {
  const over = closed(view, end.status, end.problem, end.batchThatFits);
  if (!end.test) return over;
  const summary = { ...over.record.summary, testSquaredError: end.test.squaredError };
  return { ...over, record: { ...over.record, summary, test: end.test } };
}
