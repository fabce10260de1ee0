import type { Experiment } from '../../domain/experiment.ts';
import type { Preparation } from '../../contract/import-options.ts';
import type { EpochMetrics, TestMetrics } from '../../domain/words.ts';

/** What is known of where a model comes from; a model that was taken away from its run knows nothing. */
export interface ModelOrigin {
  readonly appVersion?: string;
  /** Those that were best on the validation images, or the last. */
  readonly weights?: 'best' | 'last';
  /** Of training that the weights have had, where their file says so. */
  readonly epochs?: number;
  readonly experiment?: Experiment;
  /** ISO 8601. */
  readonly startedAt?: string;
  readonly metrics?: readonly EpochMetrics[];
  readonly test?: TestMetrics;
  readonly imageSet?: ImageSetOrigin;
}

export interface ImageSetOrigin {
  readonly name: string;
  readonly trainingCount: number;
  readonly testCount: number;
  /** A sentence on whose the images are and on what terms. */
  readonly licence: string;
  /** How its images were made of pictures; absent where that is not known. */
  readonly preparation?: Preparation;
}
