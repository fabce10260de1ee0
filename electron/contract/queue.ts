import * as v from 'valibot';
import { ClusterOrderSchema, type ClusterOrder } from './cluster.ts';
import { ExperimentSchema, type Experiment } from '../domain/experiment.ts';
import { IdSchema, Index } from '../domain/ids.ts';
import { DeviceOrderSchema, type DeviceOrder } from './torch.ts';

export const MOST_QUEUED = 200;

/** Experiments that wait to be trained: one after the other here, several at a time on a cluster; kept on disk by the host. */
export const queueRequests = {
  'queue:read': v.strictObject({}),
  /** At the end, in order; the first starts at once when nothing trains and the queue is not held. */
  'queue:add': v.strictObject({
    experiments: v.pipe(v.array(ExperimentSchema), v.minLength(1), v.maxLength(MOST_QUEUED)),
    /** Absent: on this computer. */
    cluster: v.exactOptional(ClusterOrderSchema),
    /** Through PyTorch, on this computer. */
    device: v.exactOptional(DeviceOrderSchema),
  }),
  'queue:remove': v.strictObject({ entries: v.array(IdSchema) }),
  /** `to`: the entry's new place, from 0. */
  'queue:move': v.strictObject({ entry: IdSchema, to: Index }),
  /** A held queue starts nothing. */
  'queue:hold': v.strictObject({ held: v.boolean() }),
} as const;

export interface QueueAnswers {
  'queue:read': Queue;
  'queue:add': Queue;
  'queue:remove': Queue;
  'queue:move': Queue;
  'queue:hold': Queue;
}

export interface QueueEvents {
  'queue:changed': Queue;
}

export interface Queue {
  readonly held: boolean;
  /** Why it is held where nobody asked for that: the app was started anew, the disk is full. */
  readonly heldReason?: string;
  /** Those that wait, the next first. */
  readonly entries: readonly QueueEntry[];
  /** Why entries that were to start did not: they were taken out. A sentence each, naming the experiment; the last ten. */
  readonly problems: readonly string[];
}

export interface QueueEntry {
  readonly id: string;
  /** ISO 8601. */
  readonly addedAt: string;
  readonly experiment: Experiment;
  /** Absent: on this computer. */
  readonly cluster?: ClusterOrder;
  readonly device?: DeviceOrder;
}
