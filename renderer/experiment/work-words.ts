import type { Experiment } from '../../electron/domain/experiment.ts';
import { secondsOf, stepsOf } from '../../electron/domain/recipe.ts';
import type { ImageSetSummary } from '../../electron/domain/words.ts';

/** How much work a training is: "2,006 steps of 32 images in 59 epochs, about 2 minutes". */
export function workWords(experiment: Experiment, { trainingCount }: Pick<ImageSetSummary, 'trainingCount'>): string {
  const { training } = experiment;
  const count = trainingCount - training.validationCount;
  const batch = Math.min(training.batchSize, count);
  const steps = `${stepsOf(training, count).toLocaleString('en')} steps of ${batch} images`;
  const epochs = training.epochs === 1 ? '1 epoch' : `${training.epochs.toLocaleString('en')} epochs`;
  return `${steps} in ${epochs}, ${timeWords(secondsOf(experiment, count))}`;
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
