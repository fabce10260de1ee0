import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import type { Health, Snapshot, TestMetrics } from '../domain/words.ts';

/** Where the command line looks for a cluster's token. */
export const TOKEN_VARIABLE = 'AUTOENCODER_STUDIO_CLUSTER_TOKEN';

/** Ray's versions that are talked to: tokens exist from the first on; the next major one may change the Jobs API. */
export const RAY_VERSIONS = { least: '2.52', below: '3.0' } as const;

export const MOST_WORKERS = 1_024;

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** An address as a person gives it: the dashboard's, such as http://127.0.0.1:8265. Slashes at its end are taken off. */
export const ClusterAddressSchema = v.pipe(
  v.string(),
  v.url('must be an address such as http://127.0.0.1:8265'),
  v.regex(/^https?:\/\//, 'must begin with http:// or https://'),
  v.maxLength(500),
  // It is written down, and shown.
  v.regex(/^[^@?#]+$/, 'must hold no password and no question'),
  v.transform((address) => address.replace(/\/+$/, '')),
);

export const WorkersSchema = v.strictObject({
  count: v.pipe(
    Count,
    v.minValue(1, 'must be at least 1'),
    v.maxValue(MOST_WORKERS, `must be at most ${MOST_WORKERS}`),
  ),
  /** Of each worker. */
  cpus: v.pipe(Count, v.minValue(1, 'must be at least 1'), v.maxValue(1_024, 'must be at most 1024')),
  /** One for each worker. */
  gpu: v.boolean(),
});
export type Workers = v.InferOutput<typeof WorkersSchema>;

/** Jobs at a time that one window may ask for. */
export const MOST_JOBS = 64;

/** Where and how an experiment is to be trained; the token is no part of it. */
export const ClusterOrderSchema = v.strictObject({
  address: ClusterAddressSchema,
  workers: WorkersSchema,
  /** Where every worker finds the images by itself, as a path or an address: then none are sent. */
  imageSource: v.exactOptional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2_000))),
  /** Of the queue, at a time. */
  jobs: v.pipe(Count, v.minValue(1, 'must be at least 1'), v.maxValue(MOST_JOBS, `must be at most ${MOST_JOBS}`)),
});
export type ClusterOrder = v.InferOutput<typeof ClusterOrderSchema>;

/** What a cluster says of itself. */
export interface ClusterDescription {
  readonly address: string;
  readonly rayVersion: string;
  readonly nodes: number;
  readonly cpus: number;
  readonly gpus: number;
  /** Free for tasks; absent where the cluster does not say. */
  readonly freeCpus?: number;
  readonly freeGpus?: number;
  readonly freeMemoryBytes?: number;
}

/** cluster.json in a run's folder: the job that trains it. The token is never written. */
export const ClusterJobSchema = v.strictObject({
  address: ClusterAddressSchema,
  /** The job's name there. */
  submission: IdSchema,
  workers: WorkersSchema,
  submittedAt: v.string(),
  /** Somebody here has asked it to stop. */
  stopAsked: v.exactOptional(v.boolean()),
  /** All has been fetched, or nothing more will come. */
  ended: v.exactOptional(v.boolean()),
});
export type ClusterJob = v.InferOutput<typeof ClusterJobSchema>;

const Value = v.nullable(v.number());
const Resources = v.record(v.string(), v.number());
const Place = { epoch: Count, step: Count };

const MetricSchema = v.object({
  ...Place,
  secondsSinceStart: v.number(),
  lastBatchCost: Value,
  trainingCost: Value,
  validationMse: v.exactOptional(Value),
  stepsPerSecond: v.number(),
  learningRate: v.number(),
});

const ArtifactSchema = v.object({
  weights: v.picklist(['epoch', 'best', 'last']),
  epoch: Count,
  file: v.pipe(v.string(), v.regex(/^[\w.-]+$/)),
  bytes: Count,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  node: v.pipe(v.string(), v.regex(/^[0-9a-f]+$/)),
});
export type Artifact = v.InferOutput<typeof ArtifactSchema>;

/** What the job prints, one line a message: "@@KIND {json}" (resources/cluster/studio/protocol.py). */
export const jobMessages = {
  STARTED: v.object({}),
  PROGRESS: v.object({ ...Place, stepsPerEpoch: Count, cost: Value, stepsPerSecond: v.number() }),
  METRIC: MetricSchema,
  ARTIFACT: ArtifactSchema,
  WAITING: v.object({ workers: Count, each: Resources, free: Resources, total: Resources }),
  RESTARTED: v.object({ ...Place, attempt: Count }),
  PROBLEM: v.object({ kind: v.string(), message: v.string() }),
  FAILED: v.object({ kind: v.string(), message: v.string() }),
  STOPPED: v.object({}),
  DONE: v.object({}),
} as const;

export type JobMessageKind = keyof typeof jobMessages;
export type JobMessage = {
  readonly [K in JobMessageKind]: { readonly kind: K; readonly fields: v.InferOutput<(typeof jobMessages)[K]> };
}[JobMessageKind];

/** A package of images as it lies here, ready to be sent. */
export interface ImagePackage {
  /** What the job imports. */
  readonly module: string;
  /** The package's name there, which tells its content. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** What the engine makes of an experiment for a cluster. */
export interface PreparedJob {
  /** model.py and initial.safetensors, by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** What the job reads of the experiment; the sender adds where it runs. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** None where the workers find the images themselves. */
  readonly images: readonly ImagePackage[];
}

/** What the engine makes of weights that have come. */
export interface LoadedWeights {
  readonly snapshot: Snapshot;
  readonly health?: Health;
}

/** The end of a cluster run, as it is measured here. */
export interface ClusterResult {
  readonly test: TestMetrics;
  /** MSE per pixel of the best weights; absent where no images are held out. */
  readonly validationMse?: number;
}

/** The part of a cluster run that needs TensorFlow: done by the engine process, or in this one. */
export interface ClusterEngine {
  prepare(): Promise<PreparedJob>;
  /**
   * Makes weights that lie in a file the run's own, as the last, as the best, or both (and as the best where there are none yet).
   * @throws StudioError `bad-file` where they are not of this run's model
   */
  loadWeights(path: string, epoch: number, as: readonly ('best' | 'last')[]): Promise<LoadedWeights>;
  /** Measures the best weights. @param epoch they are of */
  measure(epoch: number): Promise<ClusterResult>;
}
