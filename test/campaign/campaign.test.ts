import { expect, test } from 'vitest';
import { campaign } from './campaign.ts';

// The long campaign, on every way of training, is `npm run campaign`.
test('a run killed five times at random moments ends as one that never was', { timeout: 300_000 }, async () => {
  const outcome = await campaign({ experiment: 'dense', epochs: 10, kills: 5, seed: 7 }, () => undefined);
  expect(outcome.problems).toEqual([]);
  expect([outcome.kills, outcome.resumed]).toEqual([5, 5]);
  expect(outcome.filesRead).toBeGreaterThan(50);
});
