import { describe, expect, test } from 'vitest';
import { nearestCodes, searchCodes } from '../../electron/engine/neighbours.ts';
import { normal, randomFrom } from '../random.ts';
import { expectNoLeak } from './no-leak.ts';
import { breathe } from './samples.ts';

/** The same by sorting all distances in float64. */
function byBruteForce(codes: Float32Array, query: Float32Array, size: number, k: number): number[] {
  const far = (place: number): number =>
    query.reduce((sum, value, unit) => sum + (codes[place * size + unit]! - value) ** 2, 0);
  const places = Array.from({ length: codes.length / size }, (_, place) => place);
  return places.sort((a, b) => far(a) - far(b) || a - b).slice(0, k);
}

async function search(codes: Float32Array, queries: Float32Array, size: number, k: number) {
  const index = searchCodes(codes, size);
  try {
    return await nearestCodes(index, queries, k, breathe);
  } finally {
    index.dispose();
  }
}

describe('the nearest codes', () => {
  test.each([1, 2, 3, 40])('%i dimensions: as by sorting all distances', (size) =>
    expectNoLeak(async () => {
      const random = randomFrom(size);
      // Far from zero, where float32 alone would mistake one for another.
      const draw = (count: number) => Float32Array.from({ length: count * size }, () => 100 + normal(random));
      const [codes, queries] = [draw(500), draw(130)];
      const found = await search(codes, queries, size, 7);
      expect(found.k).toBe(7);
      for (let row = 0; row < 130; row += 1) {
        const query = queries.subarray(row * size, (row + 1) * size);
        expect(Array.from(found.indices.subarray(row * 7, row * 7 + 7))).toEqual(byBruteForce(codes, query, size, 7));
      }
      const [first] = found.indices;
      const exact = Math.hypot(...queries.subarray(0, size).map((value, unit) => value - codes[first! * size + unit]!));
      expect(found.distances[0]).toBeCloseTo(exact, 5);
    }),
  );

  test('a known code is its own nearest, at no distance; fewer than asked for are all', () =>
    expectNoLeak(async () => {
      const codes = Float32Array.of(0, 0, 0, 3, 4, 0, 9, 9, 9);
      expect(await search(codes, codes.slice(3, 6), 3, 100)).toEqual({
        k: 3,
        indices: Uint32Array.of(1, 0, 2),
        distances: Float32Array.of(0, 5, Math.hypot(6, 5, 9)),
      });
    }));

  test('of equal codes the first come first', () =>
    expectNoLeak(async () => {
      for (const size of [2, 3]) {
        const found = await search(new Float32Array(6 * size), new Float32Array(size), size, 6);
        expect(Array.from(found.indices)).toEqual([0, 1, 2, 3, 4, 5]);
      }
    }));

  test.each([2, 3])('%i dimensions: refuses what is no number', (size) =>
    expectNoLeak(async () => {
      const broken = new Float32Array(4 * size).fill(Number.NaN);
      const whole = new Float32Array(4 * size);
      const refusal = { code: 'engine-failed' };
      await expect(search(broken, whole, size, 2)).rejects.toMatchObject(refusal);
      await expect(search(whole, broken, size, 2)).rejects.toMatchObject(refusal);
    }),
  );
});
