import { expect, it } from 'vitest';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import { recipeFor } from '../../../electron/domain/recipe.ts';
import { sweepExperiments } from '../../../electron/domain/sweep-experiments.ts';
import { workOfAll, workWords } from '../../../renderer/experiment/work-words.ts';

const modern = presets.find(({ id }) => id === 'modern')!;
const experiment = presetExperiment(modern, 'mnist', [28, 28, 1]);
const mnist = { trainingCount: 60_000 };

it('the work of a sweep is the steps of all its runs, and longer than that of one', () => {
  const sweep = sweepExperiments(experiment, [2, 8, 32], 20, 'sweep');
  expect(workOfAll(sweep, mnist)).toMatch(/^3 runs, 12,840 steps, about /);
  expect(workOfAll(sweep.slice(0, 1), mnist)).toMatch(/^1 run, 4,280 steps, /);
  expect(workWords(sweep[0]!, mnist)).toMatch(/^4,280 steps of 256 images in 20 epochs, /);
});

it('takes as long as trainings take here', () => {
  expect(workWords(experiment, mnist)).toMatch(/about 50 seconds$/);
  expect(workWords(experiment, mnist, 8)).toMatch(/about 7 minutes$/);
  expect(workOfAll([experiment, experiment], mnist, 8)).toMatch(/about 13 minutes$/);
});

it('says how much memory it takes where that is much', () => {
  const pictures = { id: 'own', trainingCount: 300, shape: [256, 256, 3] as const };
  expect(workWords(recipeFor(pictures).experiment, pictures)).toMatch(/, 4\.7 GB of memory$/);
  expect(workWords(experiment, mnist)).not.toContain('memory');
});
