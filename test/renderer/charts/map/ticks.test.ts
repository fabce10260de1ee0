import { expect, it } from 'vitest';
import { ticksBetween } from '../../../../renderer/charts/map/axis.ts';

it.each([
  [1.2345671, 1.2345679],
  [-3e-9, 5e-9],
  [1_234_567, 1_234_569],
  [0.00001, 0.000011],
  [0, 1],
])('ticks of a deep zoom are told apart: %d to %d', (from, to) => {
  const texts = ticksBetween(from, to, 5).map(({ text }) => text);
  expect(texts.length).toBeGreaterThan(2);
  expect(new Set(texts).size).toBe(texts.length);
});
