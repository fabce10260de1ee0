import type { Experiment } from '../domain/experiment.ts';
import { layOut } from '../domain/model-layout.ts';
import { OPERATIONS_A_CALL } from '../engine/operations.ts';
import type { EpochPlan } from './epoch-plan.ts';

/** Of the time that goes into all else, so much at most goes into pictures. */
const PLANNED_SHARE = 0.05;
/** Films of a run show so many epochs at least. */
const LEAST_PICTURES = 15;
/** Seconds that an epoch's pictures take however small they are: ops one by one, and a file. */
const FIXED_SECONDS = 0.04;
/** Images that go through the model for them beside those of the map. */
const IMAGES_BESIDE = 100;

/**
 * After how many epochs each there are pictures. Follows from the experiment and its images alone, never from a clock, so that a resumed
 * run has pictures of the same epochs.
 * @param mapped images on the map
 */
export function picturesEvery(
  { model, training }: Pick<Experiment, 'model' | 'training'>,
  plan: Pick<EpochPlan, 'batchSize' | 'stepsPerEpoch'>,
  mapped: number,
): number {
  const { multiplyAdds, layers } = layOut(model);
  const kind = layers.some((layer) => layer.kind === 'conv') ? 'convolutional' : 'dense';
  const seconds = (images: number): number => (images * multiplyAdds) / (10 * OPERATIONS_A_CALL[kind]);
  const epoch = 3 * seconds(plan.batchSize * plan.stepsPerEpoch);
  const pictures = FIXED_SECONDS + seconds(mapped + IMAGES_BESIDE);
  const enough = Math.ceil(pictures / (PLANNED_SHARE * epoch));
  return Math.max(1, Math.min(enough, Math.floor(training.epochs / LEAST_PICTURES)));
}
