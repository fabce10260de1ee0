import * as v from 'valibot';
import { ExperimentSchema } from './experiment.ts';
import type { Result } from './errors.ts';
import { SettingsSchema, type SettingsAnswer } from './settings.ts';
import type {
  Baseline,
  EngineState,
  EpochMetrics,
  ImageColumns,
  ImageSetSummary,
  RunEnded,
  RunProgress,
  RunRecord,
  RunSummary,
  Snapshot,
  TrainingPath,
} from './words.ts';

/** An id names a folder: it can never climb out of one. */
export const IdSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,79}$/, 'must be lower-case letters, digits and dashes'),
);
const Index = v.pipe(v.number(), v.integer(), v.minValue(0));
const Weights = v.picklist(['best', 'last']);
const Nothing = v.strictObject({});
const Path = v.pipe(v.string(), v.minLength(1), v.maxLength(4_096));

/** Every call's request. What a window sends is checked against these, in one place (host/answer.ts). */
export const requestSchemas = {
  'app:describe': Nothing,
  'settings:read': Nothing,
  /** Replaces all settings; refused as `busy` while a run trains, because the engine is started anew. */
  'settings:write': v.strictObject({ settings: SettingsSchema }),
  'image-set:list': Nothing,
  /** Images [first, first + count) of a split. */
  'image-set:images': v.strictObject({
    imageSet: IdSchema,
    split: v.picklist(['training', 'test']),
    first: Index,
    count: v.pipe(Index, v.maxValue(1_000)),
  }),
  'image-set:baseline': v.strictObject({ imageSet: IdSchema, validationCount: Index }),
  'run:start': v.strictObject({ experiment: ExperimentSchema }),
  'run:stop': v.strictObject({ runId: IdSchema }),
  'run:list': Nothing,
  'run:open': v.strictObject({ runId: IdSchema }),
  'run:snapshot': v.strictObject({ runId: IdSchema, epoch: Index }),
  'model:export': v.strictObject({ runId: IdSchema, weights: Weights }),
  /** Host → engine only: the host has asked where. */
  'engine:describe': Nothing,
  'engine:export': v.strictObject({ runId: IdSchema, weights: Weights, folder: Path }),
} as const;

export interface Answers {
  'app:describe': AppDescription;
  'settings:read': SettingsAnswer;
  'settings:write': SettingsAnswer;
  'image-set:list': readonly ImageSetSummary[];
  'image-set:images': ImageColumns;
  'image-set:baseline': Baseline;
  'run:start': { readonly runId: string };
  'run:stop': Record<string, never>;
  'run:list': readonly RunSummary[];
  'run:open': RunRecord;
  'run:snapshot': Snapshot;
  'model:export': ExportAnswer;
  'engine:describe': { readonly tensorflow: string; readonly threads: number; readonly residentBytes: number };
  'engine:export': { readonly files: readonly string[] };
}

export interface Events {
  'run:started': RunRecord;
  'run:path-chosen': { readonly runId: string; readonly path: TrainingPath };
  'run:progressed': RunProgress;
  'run:epoch-ended': { readonly runId: string; readonly metrics: EpochMetrics };
  'run:snapshot-taken': Snapshot;
  'run:ended': RunEnded;
  'engine:state-changed': EngineState;
}

export interface AppDescription {
  readonly host: 'desktop' | 'browser';
  readonly version: string;
  readonly dataFolder: string;
  readonly engine: EngineState;
  /** The run that is training now. */
  readonly activeRun?: string;
}

export type ExportAnswer =
  | { readonly kind: 'saved'; readonly folder: string }
  /** The browser host: an address on this origin, to be followed once. */
  | { readonly kind: 'download'; readonly address: string; readonly name: string }
  | { readonly kind: 'cancelled' };

export type Channel = keyof Answers & keyof typeof requestSchemas;
export type Request<C extends Channel> = v.InferOutput<(typeof requestSchemas)[C]>;
export type Answer<C extends Channel> = Answers[C];
export type EventName = keyof Events;

/** What a window may call: all but the calls between host and engine. */
export type WindowChannel = Exclude<Channel, `engine:${string}`>;
/** What the engine process answers; the host answers the rest itself. */
export type EngineChannel =
  | 'image-set:list'
  | 'image-set:images'
  | 'image-set:baseline'
  | 'run:start'
  | 'run:stop'
  | 'engine:describe'
  | 'engine:export';

export type Handlers<C extends Channel> = { readonly [K in C]: (request: Request<K>) => Promise<Answer<K>> };

/** The one interface the renderer sees, whichever host is behind it. */
export interface StudioApi {
  call<C extends WindowChannel>(channel: C, request: Request<C>): Promise<Result<Answer<C>>>;
  /** Returns its unsubscribe. */
  listen<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
}
