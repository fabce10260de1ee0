import type { ImageSet } from '../dataset/image-set.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { TrainingPath } from '../domain/words.ts';
import type { RunFolder } from '../files/run-folder.ts';
import type { CheckpointPolicy } from './checkpoints.ts';
import type { Emit } from './emit.ts';
import type { Resumption } from './resumption.ts';
import type { TorchPlace } from './torch/torch-runner.ts';

export interface RunOptions {
  readonly id: string;
  readonly experiment: Experiment;
  readonly set: ImageSet;
  readonly folder: RunFolder;
  readonly emit: Emit;
  /** Folder of the model whose weights it begins with; without one they are drawn. */
  readonly startFrom?: string;
  /** Of a run that is taken up again. */
  readonly resumption?: Resumption;
  /** The fastest path to try, where it is not taken up again from a checkpoint, which keeps its own; without it model and length decide. */
  readonly path?: TrainingPath['kind'];
  /** Trained through PyTorch, by that Python on that device. */
  readonly torch?: TorchPlace;
  /** Where what has been worked out of image sets is kept; without it all is worked out anew. */
  readonly cacheFolder?: string;
  readonly policy?: CheckpointPolicy;
  /** How long a run that the disk has no room for waits before it tries again by itself. */
  readonly retryMs?: number;
}
