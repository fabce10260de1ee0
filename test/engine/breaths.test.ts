import { expect, test } from 'vitest';
import { breathsOf } from '../../electron/engine/breaths.ts';
import { pairDistances } from '../../electron/engine/distances.ts';
import { encodeImages } from '../../electron/engine/inference.ts';
import { fitLeading } from '../../electron/engine/leading-components.ts';
import { neighbourAccuracy } from '../../electron/engine/neighbours.ts';
import { modelSpec, noiseImages, onNetwork } from './samples.ts';

/** What a work has told of itself. */
function told() {
  const fractions: (number | undefined)[] = [];
  return { fractions, breathe: async (fraction?: number) => void fractions.push(fraction) };
}

/** It has told more each time, several times, and in the end that all is done. */
function expectRisingToOne(fractions: readonly (number | undefined)[]): void {
  expect(fractions.length).toBeGreaterThan(1);
  expect(fractions).toEqual([...new Set(fractions)].sort((a, b) => a! - b!));
  expect(fractions[0]).toBeGreaterThan(0);
  expect(fractions.at(-1)).toBe(1);
}

test('parts that follow one another tell how much of the whole is done', async () => {
  const { fractions, breathe } = told();
  const { first, none, last } = breathsOf({ first: 1, none: 0, last: 3 }, breathe);
  for (const done of [0.5, 1]) await first(done);
  await none(1);
  await last(0.5);
  await last();
  await last(1);
  expect(fractions).toEqual([0.125, 0.25, 0.25, 0.625, undefined, 1]);
});

test('encoding tells of images', () =>
  onNetwork(modelSpec(), async (network) => {
    const { fractions, breathe } = told();
    await encodeImages(network, noiseImages(2_500, network.spec.inputShape), breathe);
    expect(fractions).toEqual([0.4, 0.8, 1]);
  }));

test('comparing pairs tells of pairs', async () => {
  const { fractions, breathe } = told();
  // Two looks at least: 400 × 400 pairs of 800 values are 6.4e7 differences of two.
  await pairDistances(new Uint8Array(400 * 800), 800, breathe);
  expect(fractions.length).toBeGreaterThan(1);
  expect(fractions[0]).toBeGreaterThan(0.2);
  expect(fractions[0]).toBeLessThan(0.4);
});

test('looking for neighbours tells of those who look', async () => {
  const { fractions, breathe } = told();
  const codes = { codes: Float32Array.from({ length: 300 }, (_, at) => at), labels: new Uint8Array(150) };
  await neighbourAccuracy(codes, codes, 2, 3, breathe);
  expect(fractions).toEqual([64 / 150, 128 / 150, 1]);
});

test.each([
  ['all at once', [4_100, 4]],
  ['in rounds, of larger ones', [300, 33]],
] as const)('components tell of images, %s', async (_how, [count, side]) => {
  const { fractions, breathe } = told();
  const pca = await fitLeading(noiseImages(count, [side, side, 1]), 2, breathe);
  pca.dispose();
  expectRisingToOne(fractions);
});
