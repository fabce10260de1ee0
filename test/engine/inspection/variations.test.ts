import { describe, expect, it } from 'vitest';
import { fitLines, lineDistances } from '../../../electron/engine/inspection/lines.ts';
import type { Plane } from '../../../electron/engine/inspection/planes.ts';
import { principalOf, projected } from '../../../electron/engine/inspection/principal.ts';
import {
  fitVariations,
  judgeVariations,
  variationsOf,
  type VariationStatistics,
} from '../../../electron/engine/inspection/variations.ts';
import { expectNoLeak } from '../no-leak.ts';
import { asked, expected, picture, pictures, SIDE, SIZE } from './noise-pictures.ts';

const SHAPE = [SIDE, SIDE, 1] as const;
const everything = (map: Plane): Float32Array => map.values;
const fitted = (training: Float32Array, heldOut: Float32Array, cut = everything) =>
  fitVariations(training, heldOut, SHAPE, cut, fitLines(training, heldOut, SHAPE));

const judged = (statistics: VariationStatistics, given: Float32Array, cut = everything) =>
  judgeVariations(
    statistics,
    variationsOf(statistics, given, SHAPE)[0]!,
    lineDistances(statistics.lines, given, 1),
    SHAPE,
    cut,
  );

describe('principal components', () => {
  it('are those of scikit-learn, from long rows and from many', () =>
    expectNoLeak(async () => {
      const rows = pictures(24, 1);
      const { variances } = principalOf(rows, SIZE, 8);
      expect(variances).toHaveLength(8);
      variances.forEach((variance, at) => expect(variance / expected.variances[at]!).toBeCloseTo(1, 3));
      // Points on a line through (1, 2) along (3, 4) / 5: one direction, and nothing is left.
      const line = Float32Array.from([-2, -1, 0, 1, 2].flatMap((t) => [1 + 3 * t, 2 + 4 * t]));
      const found = principalOf(line, 2, 2);
      expect([...found.mean]).toEqual([1, 2]);
      expect(found.variances).toHaveLength(1);
      expect(found.variances[0]).toBeCloseTo(50, 3);
      const row = Float32Array.of(4, 6);
      const { coordinates, left } = projected(found, row);
      expect(Math.abs(coordinates[0]!)).toBeCloseTo(5, 5);
      for (const value of left) expect(value).toBeCloseTo(0, 5);
    }));

  it('stay finite of one row, and of rows that are all alike', () => {
    for (const rows of [Float32Array.of(1, 2, 3), new Float32Array(9).fill(0.5)]) {
      const found = principalOf(rows, 3, 4);
      expect([...found.components, ...found.variances].every(Number.isFinite)).toBe(true);
    }
  });
});

describe('usual variations', () => {
  it('score pictures and show where as scikit-learn and SciPy do', () =>
    expectNoLeak(async () => {
      const { all, without } = fitted(pictures(24, 1), pictures(12, 101));
      expect(without).toHaveLength(5);
      const given = asked();
      for (const [at, score] of expected.scores.entries()) {
        expect(judged(all, picture(given, at)).score / score).toBeCloseTo(1, 3);
      }
      const { map } = judged(all, picture(given, 1));
      const most = Math.max(...expected.map);
      map.values.forEach((value, at) => expect(Math.abs(value - expected.map[at]!)).toBeLessThan(1e-3 * most));
    }));

  it('look at nothing but the part that counts for what is left over', () => {
    const left = (map: Plane): Float32Array =>
      map.values.filter((_, at) => at % SIDE < 4 && Math.floor(at / SIDE) > 11);
    const [training, heldOut, given] = [pictures(24, 1), pictures(12, 101), asked()];
    const score = (cut: (map: Plane) => Float32Array, at: number): number =>
      judged(fitted(training, heldOut, cut).all, picture(given, at), cut).score;
    const gain = (cut: (map: Plane) => Float32Array): number => score(cut, 1) - score(cut, 0);
    expect(gain(left)).toBeLessThan(gain(everything));
  });

  it('measure a held-out picture by what the others of them are like', () => {
    const heldOut = pictures(12, 101);
    // One that is odd is of the fold 1, and widens what is usual for all others.
    heldOut.set(picture(asked(), 1), SIZE);
    const { all, without } = fitted(pictures(24, 1), heldOut);
    const worst = 2;
    expect(without[1]!.deviation[worst]).toBeLessThan(0.5 * all.deviation[worst]!);
    expect(without[1]!.mean[worst]).toBeLessThan(all.mean[worst]!);
    for (const fold of [0, 2, 3, 4])
      expect(without[fold]!.deviation[worst]).toBeGreaterThan(0.8 * all.deviation[worst]!);
    const own = judged(without[1]!, picture(heldOut, 1)).score;
    expect(own).toBeGreaterThan(judged(all, picture(heldOut, 1)).score);
  });

  it('are learnt of pictures that are all alike', () => {
    const flat = new Float32Array(SIZE * 6).fill(0.5);
    const { all } = fitted(flat, flat.slice(0, SIZE * 5));
    const given = asked();
    expect(judged(all, picture(flat, 0)).score).toBeLessThan(judged(all, picture(given, 0)).score);
  });
});
