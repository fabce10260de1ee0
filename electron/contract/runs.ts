import * as v from 'valibot';
import { ExperimentSchema } from '../domain/experiment.ts';
import { IdSchema, Index } from '../domain/ids.ts';
import { DeviceOrderSchema } from './torch.ts';
import type {
  EpochMetrics,
  RunEnded,
  RunProgress,
  RunRecord,
  RunSummary,
  Snapshot,
  TrainedWhere,
  TrainingPath,
} from '../domain/words.ts';

export const runRequests = {
  /** `device`: through PyTorch, on that; left out, by the engine on the processor. */
  'run:start': v.strictObject({ experiment: ExperimentSchema, device: v.exactOptional(DeviceOrderSchema) }),
  /** Answered at once; `run:paused` comes when a checkpoint has been written. */
  'run:pause': v.strictObject({ runId: IdSchema }),
  /** Lets a paused run go on, or takes up one that was cut off or stopped, from its checkpoint: `run:started` comes again. */
  'run:resume': v.strictObject({
    runId: IdSchema,
    /** Left out: on what it was trained on before. `engine`: not through PyTorch any more. */
    device: v.exactOptional(v.union([DeviceOrderSchema, v.literal('engine')])),
  }),
  /** By default now: within one call of the step runner. A stopped run can be resumed. */
  'run:stop': v.strictObject({ runId: IdSchema, when: v.exactOptional(v.picklist(['now', 'after-epoch'])) }),
  'run:list': v.strictObject({}),
  'run:open': v.strictObject({ runId: IdSchema }),
  'run:snapshot': v.strictObject({ runId: IdSchema, epoch: Index }),
} as const;

export interface RunAnswers {
  'run:start': { readonly runId: string };
  'run:pause': Record<string, never>;
  'run:resume': Record<string, never>;
  'run:stop': Record<string, never>;
  'run:list': readonly RunSummary[];
  'run:open': RunRecord;
  'run:snapshot': Snapshot;
}

/** Those that need the engine; the host answers the others from disk. */
export type RunEngineChannel = 'run:start' | 'run:pause' | 'run:resume' | 'run:stop';

/** Where a run stood when it paused or went on. */
export interface RunPlace {
  readonly runId: string;
  /** The epoch in training, from 1, and the steps done since the run began. */
  readonly epoch: number;
  readonly step: number;
}

export interface RunPaused extends RunPlace, TrainedWhere {
  /** Why it paused by itself (a full disk, which it tries again); absent when a person asked for it. */
  readonly problem?: string;
}

export interface RunResumed extends RunPlace, TrainedWhere {
  /** Where the run may from now on differ from one that was never interrupted, and why; absent where it is the same. */
  readonly inexact?: string;
  /** A sentence for each checkpoint that was skipped, naming the file. */
  readonly problems: readonly string[];
}

export interface RunEvents {
  /** A run trains from now on: a new one, or one taken up from a checkpoint, with the epochs that it keeps. */
  'run:started': RunRecord;
  'run:path-chosen': { readonly runId: string; readonly path: TrainingPath };
  'run:progressed': RunProgress;
  'run:epoch-ended': { readonly runId: string; readonly metrics: EpochMetrics };
  'run:snapshot-taken': Snapshot;
  'run:paused': RunPaused;
  'run:resumed': RunResumed;
  'run:ended': RunEnded;
}
