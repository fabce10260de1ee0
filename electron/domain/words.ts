import type { Experiment } from './experiment.ts';

/** Images as one column: uint8 [count, height, width, channels], row by row. */
export interface ImageColumns {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export interface ImageSetSummary {
  readonly id: string;
  readonly name: string;
  readonly trainingCount: number;
  /** So many of the first training images were given to be held out for validation; absent where none were. */
  readonly validationCount?: number;
  readonly testCount: number;
  /** Principal components that keep 95 % of the variance of its training images, where that was worked out. */
  readonly components95?: number;
  readonly shape: readonly [height: number, width: number, channels: 1 | 3];
  /** The name of each class, in the order of the label numbers; empty without labels. */
  readonly labelNames: readonly string[];
  /** The id of the version that has taken its place; runs that used this one still find it. Absent of the newest. */
  readonly newer?: string;
}

/** Points of a 2-D map, as columns of equal length. */
export interface MapColumns {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/**
 * The fixed subset of the test images that every map shows (500 a class where there are labels), in the order of its columns.
 * `labels` is empty when the set has none; `indices` point into the test images.
 */
export interface MapSubset {
  readonly indices: Uint32Array;
  readonly labels: Uint8Array;
}

/** Principal component analysis of the training split's pixels: what a linear code of each size reaches. */
export interface Baseline {
  readonly imageSet: string;
  readonly subset: MapSubset;
  /** The subset on the first two components. */
  readonly map: MapColumns;
  /**
   * Test squared error per image with k components at index k; index 0 is the mean image alone. Images of more than 1,024
   * values have their first 256 components only.
   */
  readonly testSquaredError: Float32Array;
  /** The same for the validation images; empty when none are held out. */
  readonly validationSquaredError: Float32Array;
  /** Share of test codes (two components) whose ten nearest training codes vote for the right label; absent without labels. */
  readonly neighbourAccuracy?: number;
}

/** How well PCA with as many components as a code has units keeps the classes together. */
export interface PcaNeighbours {
  /** Components taken: at most as many as an image has values. */
  readonly size: number;
  /** Share of test images whose ten nearest training images, by these components, vote for the right label; absent without labels. */
  readonly accuracy?: number;
}

export interface EpochMetrics {
  /** From 1; 0 is the start in closed form, before the first step. */
  readonly epoch: number;
  /** Steps since the run began. */
  readonly step: number;
  /** Seconds at work since the run began; pauses and interruptions are left out. */
  readonly secondsSinceStart: number;
  /** The loss of the epoch's last batch: what the article prints. */
  readonly lastBatchCost: number;
  /** The mean of the loss over the epoch's batches. */
  readonly trainingCost: number;
  /** MSE per pixel on the validation images; absent when none are held out. */
  readonly validationMse?: number;
  /** MSE × pixels. */
  readonly validationSquaredError?: number;
  readonly stepsPerSecond: number;
  readonly learningRate: number;
  /** Absent in runs of older versions, and where no images are held out. */
  readonly health?: Health;
}

/** How the model's units behave on the first validation images, for the doctor (contract/doctor.ts). */
export interface Health {
  /** MSE of the training split's mean image on all validation images: what knowing nothing else costs. */
  readonly meanImageMse: number;
  /** Standard deviation of a pixel over those images, averaged over pixels (0-0.5): of the images, of their reconstructions. */
  readonly imageDeviation: number;
  readonly outputDeviation: number;
  readonly layers: readonly {
    /** "encoder.0", "code", "decoder.0". */
    readonly layer: string;
    readonly units: number;
    /** Units whose value hardly changes from image to image. */
    readonly constant: number;
    /** Share of values, over units and images, that lie in the flat ends of a sigmoid or tanh. */
    readonly saturated: number;
  }[];
  /** Units of a variational code whose divergence from the prior is above 0.01 nats. */
  readonly activeCodeUnits?: number;
  /** Of a codebook. */
  readonly codebook?: {
    readonly vectors: number;
    /** How many of them those images have. */
    readonly used: number;
    /** As many, each taken as often, would say as much: exp of the entropy of what is taken. */
    readonly perplexity: number;
  };
}

/** Measured once, on the test images, when a run has ended. */
export interface TestMetrics {
  readonly mse: number;
  readonly squaredError: number;
  /** 10-nearest-neighbour accuracy, test codes against the training split's; absent without labels. */
  readonly neighbourAccuracy?: number;
  /** The epoch of the weights that were measured (the best on validation, else the last). */
  readonly epoch: number;
}

/** How the training step was executed; kept with the run because paths differ in the last bits. */
export interface TrainingPath {
  readonly kind: 'xla-loop' | 'graph-loop' | 'eager' | 'torch';
  /** Why a faster path was not taken. */
  readonly reason?: string;
  /** Steps a call. */
  readonly stepsPerCall: number;
  /** Threads it computed with: another number may end in other bits. Absent in runs of older versions. */
  readonly threads?: number;
  /** Of a run that PyTorch trains. */
  readonly torch?: TorchPath;
}

export interface TorchPath {
  readonly version: string;
  /** As PyTorch names it: "cpu", "cuda:0", "mps", "xpu:0". */
  readonly device: string;
  /** The card's name. */
  readonly name: string;
  /** What was asked for, and what activations are of. */
  readonly precision: 'float32' | 'mixed';
  readonly activations: 'float32' | 'bfloat16' | 'float16';
}

/** `interrupted`: it was running or paused when its process ended; `imported`: its model is from elsewhere, never trained here. */
export type RunStatus = 'running' | 'paused' | 'finished' | 'stopped' | 'failed' | 'interrupted' | 'imported';

export interface RunSummary {
  readonly id: string;
  readonly name: string;
  readonly preset?: string;
  readonly imageSet: string;
  readonly status: RunStatus;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly epochs: number;
  readonly epochsDone: number;
  readonly codeSize: number;
  /** Of one image: pixels × channels; 0 where the run's files do not say. */
  readonly imageValues: number;
  readonly seed: number;
  readonly tags: readonly string[];
  readonly notes: string;
  /** The bottleneck sweep it belongs to. */
  readonly sweep?: string;
  /** It was trained before and came with the app: nobody trained it here. */
  readonly sample?: true;
  /** Validation squared error per image (without validation images, the training cost), at most 64 epochs evenly chosen. */
  readonly curve: readonly number[];
  readonly bestValidationSquaredError?: number;
  readonly testSquaredError?: number;
  /** Whether `run:resume` can take it up where it ended. */
  readonly resumable: boolean;
  /** What is wrong with the run or its files, naming the file. */
  readonly problem?: string;
  /** Where a graphics card had no room for its batch: one that has. */
  readonly batchThatFits?: number;
  /** Where a cluster trains it, or has trained it; absent where this computer does. */
  readonly cluster?: RunPlaceElsewhere;
}

export interface RunPlaceElsewhere {
  readonly address: string;
  readonly workers: number;
  /** Its job goes on there, or has ended and nobody here has seen it yet. */
  readonly open: boolean;
}

/** Where an imported model is from: the name of its file, and whose format that is. */
export interface ImportedFrom {
  readonly file: string;
  readonly format: string;
}

export interface RunRecord {
  readonly summary: RunSummary;
  readonly experiment: Experiment;
  readonly metrics: readonly EpochMetrics[];
  readonly snapshotEpochs: readonly number[];
  /** The epoch of the kept weights, where their pictures were taken at the run's end because no snapshot is of it. */
  readonly keptPictures?: number;
  readonly path?: TrainingPath;
  readonly test?: TestMetrics;
  /** From where on the run may differ in its last bits from one that was never interrupted, and why. */
  readonly inexact?: string;
  /** Where an imported model is from. */
  readonly imported?: ImportedFrom;
  /** Whether `model:export` has something to export. */
  readonly hasModel: boolean;
}

/** Codes and reconstructions of fixed test images after one epoch (0: before the first step). */
export interface Snapshot {
  readonly runId: string;
  readonly epoch: number;
  /** Which test images are the ten examples; absent in files of older versions: the first ones. */
  readonly examples?: Uint32Array;
  /** The examples as the model returns them. */
  readonly reconstructions: ImageColumns;
  /** MSE per pixel of each of them. */
  readonly errors: Float32Array;
  /** The codes of the map's subset: the code itself (1-D: y is 0), or its first two principal components. */
  readonly map: MapColumns;
  readonly mapIs: 'code' | 'principal-plane';
}

export type RunProgress = { readonly runId: string } & TrainedWhere &
  (
    | { readonly kind: 'preparing'; readonly fraction: number; readonly message: string }
    | {
        readonly kind: 'training';
        /** Of the whole run, 0-1. */
        readonly fraction: number;
        readonly epoch: number;
        readonly epochs: number;
        readonly step: number;
        readonly stepsPerEpoch: number;
        /** Loss of the latest batch. */
        readonly cost: number;
        readonly stepsPerSecond: number;
        readonly secondsLeft: number;
      }
    | { readonly kind: 'measuring'; readonly fraction: number; readonly message: string }
  );

/** Which machine an event of a run is of. */
export interface TrainedWhere {
  /** Address of the cluster that trains it; absent where this computer does. */
  readonly cluster?: string;
}

export interface RunEnded extends TrainedWhere {
  readonly runId: string;
  readonly status: Exclude<RunStatus, 'running' | 'paused' | 'imported'>;
  readonly test?: TestMetrics;
  readonly problem?: string;
  /** Where a graphics card had no room for the batch: one that has. */
  readonly batchThatFits?: number;
}

export type EngineState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly tensorflow: string; readonly threads: number }
  /** `wanted`: it was ended to be started anew, with other settings. */
  | { readonly kind: 'lost'; readonly message: string; readonly wanted?: true };
