import type { Experiment } from '../../electron/domain/experiment.ts';
import { memoryOf, secondsOf, stepsOf } from '../../electron/domain/recipe.ts';
import { formatBytes } from '../../electron/domain/number-words.ts';
import type { ImageSetSummary } from '../../electron/domain/words.ts';

/** Less than this any computer has. */
const MUCH_MEMORY = 1e9;

/**
 * How much work a training is: "2,006 steps of 32 images in 59 epochs, about 2 minutes, 2.2 GB of memory".
 * @param pace how long trainings take here, over what is estimated of them
 */
export function workWords(
  experiment: Experiment,
  { trainingCount }: Pick<ImageSetSummary, 'trainingCount'>,
  pace = 1,
): string {
  const { training } = experiment;
  const count = trainingCount - training.validationCount;
  const batch = Math.min(training.batchSize, count);
  const steps = `${stepsOf(training, count).toLocaleString('en')} steps of ${batch === 1 ? '1 image' : `${batch} images`}`;
  const epochs = training.epochs === 1 ? '1 epoch' : `${training.epochs.toLocaleString('en')} epochs`;
  const bytes = memoryOf(experiment, count);
  const memory = bytes < MUCH_MEMORY ? '' : `, ${formatBytes(bytes)} of memory`;
  return `${steps} in ${epochs}, ${timeWords(pace * secondsOf(experiment, count))}${memory}`;
}

/** How much work several trainings on the same images are, one after the other: "6 runs, 51,360 steps, about 9 minutes". */
export function workOfAll(
  experiments: readonly Experiment[],
  { trainingCount }: Pick<ImageSetSummary, 'trainingCount'>,
  pace = 1,
): string {
  const counted = experiments.map((experiment) => ({
    experiment,
    count: trainingCount - experiment.training.validationCount,
  }));
  const steps = counted.reduce((sum, { experiment, count }) => sum + stepsOf(experiment.training, count), 0);
  const seconds = counted.reduce((sum, { experiment, count }) => sum + secondsOf(experiment, count), 0);
  const runs = experiments.length === 1 ? '1 run' : `${experiments.length} runs`;
  return `${runs}, ${steps.toLocaleString('en')} steps, ${timeWords(pace * seconds)}`;
}

/** Rounded as far as the estimate is worth. */
function timeWords(seconds: number): string {
  const minutes = seconds / 60;
  if (seconds < 10) return 'a few seconds';
  if (seconds < 50) return `about ${10 * Math.round(seconds / 10)} seconds`;
  if (minutes < 1.5) return 'about a minute';
  if (minutes < 90) return `about ${Math.round(minutes)} minutes`;
  return `about ${Math.round(minutes / 60)} hours`;
}
