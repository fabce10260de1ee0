import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorWords, errorWordsFor } from '../../../renderer/widgets/error-unit.ts';

it('errors are written in the unit that was chosen, whichever they come in', () => {
  const squared = errorWordsFor('squared-error', [28, 28, 1]);
  expect([squared.name, squared.short, squared.times]).toEqual(['squared error per image', 'squared error', 784]);
  expect([squared.format(0.01), squared.of(7.84), squared.show(7.84)]).toEqual(['7.84', 7.84, '7.84']);
  const mse = errorWordsFor('mse', [28, 28, 1]);
  expect([mse.name, mse.short, mse.times]).toEqual(['MSE per pixel', 'MSE', 1]);
  expect([mse.format(0.01), mse.of(7.84), mse.show(7.84)]).toEqual(['0.01000', 0.01, '0.01000']);
  expect(errorWords('mse', 0).show(7.84)).toBe('not finite');
});

it('no place writes a squared error past the choice, but those that write both units', () => {
  const both = ['run/Figures.svelte', 'places/reconstruct/DetailFigures.svelte'];
  const writers = ['widgets/format-number.ts', 'widgets/error-unit.ts', ...both];
  const root = join(import.meta.dirname, '..', '..', '..', 'renderer');
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|svelte)$/.test(path))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => readFileSync(join(root, path), 'utf8').includes('formatSquaredError'));
  expect(found.toSorted()).toEqual(writers.toSorted());
});
