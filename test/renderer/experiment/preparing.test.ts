import { expect, it } from 'vitest';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import { RECIPE_ID } from '../../../electron/domain/recipe.ts';
import type { ImageSetSummary } from '../../../electron/domain/words.ts';
import { Preparing } from '../../../renderer/experiment/preparing.svelte.ts';

const set = (id: string): ImageSetSummary => ({
  id,
  name: id,
  shape: [28, 28, 1],
  trainingCount: 60_000,
  testCount: 10_000,
  labelNames: [],
});

it('a window that is loaded anew begins with the set that was chosen in it, where it is still here', () => {
  const kept = new Map<string, string>();
  const store = {
    get: (name: string) => kept.get(name),
    set: (name: string, value: string) => void kept.set(name, value),
  };
  let sets = [set('mnist'), set('shoes')];
  const before = new Preparing(() => sets, store);
  before.fill(undefined);
  expect(before.draft?.base.imageSet).toBe('mnist');
  before.chooseImageSet('shoes');
  const after = new Preparing(() => sets, store);
  after.fill(undefined);
  expect(after.draft?.base.imageSet).toBe('shoes');
  // Nor are a run's settings bent onto other images than its own.
  const run = presetExperiment(
    presets.find(({ id }) => id === 'denoising')!,
    'mnist',
    [28, 28, 1],
  );
  const looked = new Preparing(() => sets, store);
  looked.fill(run);
  expect(looked.draft?.base).toMatchObject({ imageSet: 'shoes', preset: RECIPE_ID });
  looked.chooseImageSet('mnist');
  const same = new Preparing(() => sets, store);
  same.fill(run);
  expect(same.draft?.base).toEqual(run);
  sets = [set('mnist')];
  const without = new Preparing(() => sets, store);
  without.fill(undefined);
  expect(without.draft?.base.imageSet).toBe('mnist');
});
