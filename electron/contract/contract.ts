import * as v from 'valibot';
import { appRequests, type AppAnswers, type AppEvents } from './app.ts';
import {
  clusterEngineRequests,
  clusterRequests,
  type ClusterAnswers,
  type ClusterEngineAnswers,
  type ClusterEvents,
} from './cluster-calls.ts';
import type { CommandEvents } from './commands.ts';
import {
  compressionEngineRequests,
  compressionRequests,
  type CompressionAnswers,
  type CompressionEngineAnswers,
  type CompressionEvents,
} from './compression.ts';
import type { Result } from '../domain/errors.ts';
import { exportFormatIds, modelParts } from '../domain/export-formats.ts';
import type { ExportAnswer } from './export-answer.ts';
import { GivenFileSchema, PathSchema, type HandedFile, type PageFile, type Staged } from './files.ts';
import { IdSchema, Index, Split } from '../domain/ids.ts';
import { imageChangeRequests, type ImageChangeAnswers } from './image-changes.ts';
import { imageRequests, type ImageAnswers, type ImportEvents } from './images.ts';
import { importedModelRequests, type ImportedModelAnswers, type ImportedModelEvents } from './imported-models.ts';
import {
  inspectionEngineRequests,
  inspectionRequests,
  type InspectionAnswers,
  type InspectionEngineAnswers,
  type InspectionEvents,
} from './inspection.ts';
import { modelRequests, type ModelAnswers, type ModelEvents } from './models.ts';
import { queueRequests, type QueueAnswers, type QueueEvents } from './queue.ts';
import { SettingsChangesSchema, type SettingsAnswer, type SettingsEvents } from './settings.ts';
import { runRequests, type RunAnswers, type RunEngineChannel, type RunEvents } from './runs.ts';
import { storedRunRequests, type StoredRunAnswers, type StoredRunEvents } from './stored-runs.ts';
import { sweepRequests, type SweepAnswers } from './sweep.ts';
import {
  torchEngineRequests,
  torchRequests,
  type TorchAnswers,
  type TorchEngineAnswers,
  type TorchEvents,
} from './torch-calls.ts';
import type {
  Baseline,
  EngineState,
  ImageColumns,
  ImageSetSummary,
  MapColumns,
  PcaNeighbours,
} from '../domain/words.ts';

const Nothing = v.strictObject({});

/** As many as a code may have units. */
const Components = v.pipe(Index, v.minValue(1), v.maxValue(4_096));

/** `part` left out: the whole, and its encoder and decoder by themselves; without a format it is TensorFlow.js. */
const exportEntries = {
  runId: IdSchema,
  weights: v.picklist(['best', 'last']),
  format: v.exactOptional(v.picklist(exportFormatIds)),
  part: v.exactOptional(v.picklist(modelParts)),
  /** Bytes go in; only where the format scales inside. */
  scalingInside: v.exactOptional(v.boolean()),
} as const;

/** Every call's request. What a window sends is checked against these, in one place (host/answer.ts). */
export const requestSchemas = {
  ...appRequests,
  'settings:read': Nothing,
  /** Other threads are refused as `busy` while a run trains, because the engine is started anew. */
  'settings:change': v.strictObject({ changes: SettingsChangesSchema }),
  'image-set:list': Nothing,
  /** Images [first, first + count) of a split. */
  'image-set:images': v.strictObject({
    imageSet: IdSchema,
    split: Split,
    first: Index,
    count: v.pipe(Index, v.maxValue(1_000)),
  }),
  /** The test images that stand for the set: one a class where it has labels. */
  'image-set:examples': v.strictObject({ imageSet: IdSchema }),
  ...imageRequests,
  ...imageChangeRequests,
  'image-set:baseline': v.strictObject({ imageSet: IdSchema, validationCount: Index }),
  /** How well PCA with so many components keeps the classes together: what a code of that size is held against. */
  'image-set:pca-neighbours': v.strictObject({ imageSet: IdSchema, validationCount: Index, components: Components }),
  /** Every image of a split on the plane of the baseline's map. */
  'image-set:plane': v.strictObject({ imageSet: IdSchema, validationCount: Index, split: Split }),
  ...runRequests,
  ...storedRunRequests,
  ...queueRequests,
  ...sweepRequests,
  ...clusterRequests,
  ...torchRequests,
  ...modelRequests,
  ...importedModelRequests,
  ...compressionRequests,
  ...inspectionRequests,
  'model:export': v.strictObject(exportEntries),
  /** Preload → host only, on a port that the page cannot reach: what a person has dropped or chosen. */
  'preload:stage': v.strictObject({ files: v.pipe(v.array(GivenFileSchema), v.maxLength(1_000_000)) }),
  /** Host → engine only: what a window has staged, before each call that names it. */
  'engine:stage': v.strictObject({ staged: IdSchema, paths: v.array(PathSchema) }),
  /** Host → engine only: the host has asked where. */
  'engine:describe': Nothing,
  'engine:export': v.strictObject({
    ...exportEntries,
    folder: PathSchema,
    /** For the model card. */
    appVersion: v.exactOptional(v.string()),
  }),
  ...clusterEngineRequests,
  ...torchEngineRequests,
  ...compressionEngineRequests,
  ...inspectionEngineRequests,
} as const;

export interface Answers
  extends
    AppAnswers,
    ImageAnswers,
    ImageChangeAnswers,
    RunAnswers,
    StoredRunAnswers,
    QueueAnswers,
    SweepAnswers,
    ClusterAnswers,
    ClusterEngineAnswers,
    TorchAnswers,
    TorchEngineAnswers,
    ModelAnswers,
    ImportedModelAnswers,
    CompressionAnswers,
    CompressionEngineAnswers,
    InspectionAnswers,
    InspectionEngineAnswers {
  'settings:read': SettingsAnswer;
  'settings:change': SettingsAnswer;
  'image-set:list': readonly ImageSetSummary[];
  'image-set:images': ImageColumns;
  /** Their places among the test images. */
  'image-set:examples': { readonly indices: Uint32Array };
  'image-set:baseline': Baseline;
  'image-set:pca-neighbours': PcaNeighbours;
  'image-set:plane': MapColumns;
  /** And what was written, relative to its folder. */
  'model:export': ExportAnswer & { readonly files: readonly string[] };
  'preload:stage': { readonly staged: string };
  'engine:stage': Record<string, never>;
  'engine:describe': { readonly tensorflow: string; readonly threads: number; readonly residentBytes: number };
  'engine:export': { readonly files: readonly string[] };
}

export interface Events
  extends
    AppEvents,
    ClusterEvents,
    CommandEvents,
    CompressionEvents,
    ImportedModelEvents,
    ImportEvents,
    InspectionEvents,
    ModelEvents,
    QueueEvents,
    RunEvents,
    SettingsEvents,
    StoredRunEvents,
    TorchEvents {
  'engine:state-changed': EngineState;
}

export type Channel = keyof Answers & keyof typeof requestSchemas;
export type Request<C extends Channel> = v.InferOutput<(typeof requestSchemas)[C]>;
export type Answer<C extends Channel> = Answers[C];
export type EventName = keyof Events;
/** Tells whoever listens what has happened. */
export type Emit = <E extends EventName>(name: E, payload: Events[E]) => void;

/** What a page may call: all but the calls between host and engine, and between preload and host. */
export type WindowChannel = Exclude<Channel, `engine:${string}` | `preload:${string}`>;
/** What the engine process answers; the host answers the rest itself. */
export type EngineChannel =
  | 'image-set:list'
  | 'image-set:images'
  | 'image-set:examples'
  | 'image-set:baseline'
  | 'image-set:pca-neighbours'
  | 'image-set:plane'
  | Exclude<keyof ImageAnswers, `files:${string}`>
  | keyof ImageChangeAnswers
  | keyof ModelAnswers
  | keyof ImportedModelAnswers
  | keyof SweepAnswers
  | RunEngineChannel
  | keyof ClusterEngineAnswers
  | keyof TorchEngineAnswers
  | 'engine:stage'
  | 'engine:describe'
  | 'engine:export'
  | 'compression:measure'
  | 'compression:cancel'
  | keyof CompressionEngineAnswers
  | Exclude<keyof InspectionAnswers, 'inspection:train' | 'inspection:export'>
  | keyof InspectionEngineAnswers;

export type Handlers<C extends Channel> = { readonly [K in C]: (request: Request<K>) => Promise<Answer<K>> };

export type { AppDescription } from './app.ts';
export type { HandedFile, PageFile, Staged } from './files.ts';

/** The one interface the renderer sees, whichever host is behind it. */
export interface StudioApi {
  call<C extends WindowChannel>(channel: C, request: Request<C>): Promise<Result<Answer<C>>>;
  /**
   * Makes files known to the host: where they lie on this machine, or uploaded (`onProgress` then tells the share sent, 0-1).
   * A desktop window need not open folders: the host reads them.
   */
  stage(files: readonly HandedFile[], onProgress?: (fraction: number) => void): Promise<Result<Staged>>;
  /** Whether dropped folders are handed over as they are; else the window lists what is in them. */
  readonly takesFolders: boolean;
  /** Returns its unsubscribe. */
  listen<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
}

/** What the desktop's preload gives its page, which makes a `StudioApi` of it. */
export interface DesktopBridge extends Pick<StudioApi, 'call' | 'listen'> {
  /** Adds a file to the next `stage`: that a `File` crosses into the preload's world is documented for an argument only. */
  hand(file: PageFile, path: string): void;
  stage(): Promise<Result<{ readonly staged: string }>>;
}
