import * as v from 'valibot';
import {
  ClusterOrderSchema,
  ClusterAddressSchema,
  type ClusterDescription,
  type ClusterResult,
  type PreparedJob,
  type LoadedWeights,
} from './cluster.ts';
import { ExperimentSchema } from '../domain/experiment.ts';
import { PathSchema } from './files.ts';
import { IdSchema, Index } from '../domain/ids.ts';
import { MOST_QUEUED } from './queue.ts';

/** Longer than any token: Ray's own is 64 characters. */
const MOST_TOKEN = 4_096;

const run = { runId: IdSchema } as const;

/** What a window asks of a cluster, and of the runs that one trains. Rejects with a sentence for whatever keeps a cluster from answering. */
export const clusterRequests = {
  /** What is there; with the token that is held for the address. */
  'cluster:test': v.strictObject({ address: ClusterAddressSchema }),
  /** What training these there would send. Packs the images, sends nothing. */
  'cluster:plan': v.strictObject({
    experiments: v.pipe(v.array(ExperimentSchema), v.minLength(1), v.maxLength(MOST_QUEUED)),
    order: ClusterOrderSchema,
  }),
  /** Answered when the run's folder is there: that images are sent, and all that follows, comes as the run's events. */
  'cluster:start': v.strictObject({ experiment: ExperimentSchema, order: ClusterOrderSchema }),
  /** Takes up a run whose job goes on, or has ended unseen. */
  'cluster:follow': v.strictObject(run),
  /** Stops following; the job goes on. */
  'cluster:leave': v.strictObject(run),
  /** Ends the job; what it leaves is still fetched. */
  'cluster:stop': v.strictObject(run),
  /** Follows the job never again, whatever becomes of it: where its cluster is gone for good. */
  'cluster:give-up': v.strictObject(run),
  /** What is held of a token; never the token. */
  'cluster:token': v.strictObject({ address: ClusterAddressSchema }),
  /** Keeps a token for an address; an empty one is forgotten. */
  'cluster:keep-token': v.strictObject({
    address: ClusterAddressSchema,
    token: v.pipe(v.string(), v.maxLength(MOST_TOKEN, `must be at most ${MOST_TOKEN} characters`)),
  }),
} as const;

/** Host → engine only: what of a cluster run needs TensorFlow. */
export const clusterEngineRequests = {
  'engine:cluster-prepare': v.strictObject({
    ...run,
    experiment: ExperimentSchema,
    imageSource: v.exactOptional(v.string()),
  }),
  'engine:cluster-load-weights': v.strictObject({
    ...run,
    path: PathSchema,
    epoch: Index,
    as: v.array(v.picklist(['best', 'last'])),
  }),
  'engine:cluster-measure': v.strictObject({ ...run, epoch: Index }),
  /** Lets go of what is held for a run. */
  'engine:cluster-close': v.strictObject(run),
} as const;

export interface ClusterAnswers {
  'cluster:test': ClusterDescription;
  'cluster:plan': ClusterPlan;
  'cluster:start': { readonly runId: string };
  'cluster:follow': Record<string, never>;
  'cluster:leave': Record<string, never>;
  'cluster:stop': Record<string, never>;
  'cluster:give-up': Record<string, never>;
  'cluster:token': TokenState;
  'cluster:keep-token': TokenState;
}

export interface ClusterEngineAnswers {
  'engine:cluster-prepare': PreparedJob;
  'engine:cluster-load-weights': LoadedWeights;
  'engine:cluster-measure': ClusterResult;
  'engine:cluster-close': Record<string, never>;
}

/** Where the token for an address is: in the system's keychain, in memory until the app ends, in the environment, or nowhere. */
export interface TokenState {
  readonly held: 'keychain' | 'session' | 'environment' | 'none';
  /** Why the keychain does not hold it, or cannot. */
  readonly reason?: string;
}

/** What would be sent, in bytes. */
export interface ClusterPlan {
  readonly rayVersion: string;
  /** The images, packed. None where the workers find them themselves. */
  readonly images: { readonly packages: number; readonly bytes: number; readonly held: number };
  /** Program, model and initial weights of all experiments. */
  readonly modelBytes: number;
  /** Of the images not held there, and of the models. */
  readonly bytesToSend: number;
  /** That each worker sends at each step, of the largest model; 0 for one worker. */
  readonly bytesEachStep: number;
}

export interface ClusterEvents {
  /** What goes on at the cluster, in a sentence; it stands until the next. */
  'run:told': { readonly runId: string; readonly sentence: string };
}
