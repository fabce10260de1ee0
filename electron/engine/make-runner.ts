import type { Experiment } from '../contract/experiment.ts';
import type { ImageColumns } from '../contract/words.ts';
import type { TrainingStep } from './step.ts';
import { EagerRunner, type StepRunner } from './step-runner.ts';

/** The way this experiment's steps are executed. */
export async function makeRunner(
  step: TrainingStep,
  images: ImageColumns,
  experiment: Experiment,
): Promise<StepRunner> {
  return new EagerRunner(step, images, experiment.training.seed);
}
