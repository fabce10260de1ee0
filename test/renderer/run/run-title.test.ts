import { expect, it } from 'vitest';
import { runTitle } from '../../../renderer/run/run-title.ts';
import { mnist, record } from '../samples.ts';

it('a run’s title says its error in the unit that was chosen', () => {
  const run = { ...record('a', 'finished').summary, name: 'Deep', codeSize: 30, testSquaredError: 7.84 };
  expect(runTitle(run, [mnist], 'squared-error')).toContain('Deep, 30-D · MNIST · error 7.84 · ');
  expect(runTitle(run, [mnist], 'mse')).toContain('Deep, 30-D · MNIST · MSE 0.01000 · ');
  const larger = { ...run, imageValues: 7_840 };
  expect(runTitle(larger, [mnist], 'mse')).toContain(' · MSE 0.001000 · ');
});
