import { expect, it } from 'vitest';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
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
