import { expect, it } from 'vitest';
import { hasPrior } from '../../electron/domain/code-prior.ts';
import { presets } from '../../electron/domain/presets.ts';

it('has a prior what draws codes from the standard normal, or to it', () => {
  const having = presets.filter(({ model, training }) => hasPrior(model, training)).map(({ id }) => id);
  expect(having).toEqual([
    'variational',
    'variational-conv',
    'conditional',
    'importance-weighted',
    'total-correlation',
    'wasserstein',
  ]);
  const [{ model }] = presets.filter(({ id }) => id === 'wasserstein') as [(typeof presets)[number]];
  expect(hasPrior(model, undefined)).toBe(false);
});
