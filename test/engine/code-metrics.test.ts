import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pairDistances } from '../../electron/engine/distances.ts';
import { neighbourAccuracy } from '../../electron/engine/neighbours.ts';
import { meanSilhouette } from '../../electron/engine/silhouette.ts';
import { trustworthiness } from '../../electron/engine/trustworthiness.ts';
import { expectNoLeak } from './no-leak.ts';
import { breathe } from './samples.ts';

interface Case {
  readonly name: string;
  readonly size: number;
  readonly labels: readonly number[];
  readonly pixels: readonly number[];
  readonly codes: readonly number[];
  /** The first so many vote on the others. */
  readonly known: number;
  readonly neighbourAccuracy: number;
  readonly trustworthiness: number;
  readonly silhouette: number | null;
}

/** Made by test/bench/make-metric-fixtures.py with scikit-learn. */
const cases = JSON.parse(
  readFileSync(new URL('../fixtures/code-metrics.json', import.meta.url), 'utf8'),
) as readonly Case[];

describe('figures of merit as scikit-learn has them', () => {
  test.each(cases)('$name', (expected) =>
    expectNoLeak(async () => {
      const { size, known } = expected;
      const codes = Float32Array.from(expected.codes);
      const labels = Uint8Array.from(expected.labels);
      const pixels = Uint8Array.from(expected.pixels);
      const accuracy = await neighbourAccuracy(
        { codes: codes.subarray(0, known * size), labels: labels.subarray(0, known) },
        { codes: codes.subarray(known * size), labels: labels.subarray(known) },
        size,
        10,
        breathe,
      );
      const far = await pairDistances(pixels, pixels.length / labels.length, breathe);
      const near = await pairDistances(codes, size, breathe);
      // With all codes equal every known code is as near as any other: which of them vote is chance.
      if (expected.name !== 'all codes equal') expect(accuracy).toBeCloseTo(expected.neighbourAccuracy, 6);
      else expect(accuracy).toBeLessThanOrEqual(1);
      expect(trustworthiness(far, near, 10)).toBeCloseTo(expected.trustworthiness, 6);
      const silhouette = meanSilhouette(near, labels);
      if (expected.silhouette === null) expect(silhouette).toBeUndefined();
      else expect(silhouette).toBeCloseTo(expected.silhouette, 6);
    }),
  );

  test('one image has no neighbours and no classes to compare', async () => {
    const none = await pairDistances(Uint8Array.of(1, 2, 3), 3, breathe);
    expect(Array.from(none)).toEqual([0]);
    expect(trustworthiness(none, none, 10)).toBeNaN();
    expect(meanSilhouette(none, Uint8Array.of(4))).toBeUndefined();
  });

  test('codes in the order of the images are trusted wholly', async () => {
    const line = await pairDistances(
      Float32Array.from({ length: 25 }, (_, index) => index ** 1.5),
      1,
      breathe,
    );
    expect(trustworthiness(line, line, 10)).toBe(1);
  });

  test('classes far apart have a silhouette near one; a point alone in its class counts nothing', async () => {
    const distances = await pairDistances(Float32Array.of(0, 1, 1000, 1001, 5000), 1, breathe);
    const outer = 1 - 1 / 1000.5;
    const inner = 1 - 1 / 999.5;
    const expected = (2 * outer + 2 * inner) / 5;
    expect(meanSilhouette(distances, Uint8Array.of(0, 0, 1, 1, 9))).toBeCloseTo(expected, 9);
  });

  test('breathes while it compares many values', async () => {
    let breaths = 0;
    await pairDistances(new Uint8Array(300 * 1_000), 1_000, async () => void (breaths += 1));
    expect(breaths).toBeGreaterThanOrEqual(2);
  });
});
