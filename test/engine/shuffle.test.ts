import { describe, expect, test } from 'vitest';
import { shuffled } from '../../electron/engine/shuffle.ts';

describe('the shuffle', () => {
  test.each([0, 1, 2, 3, 100, 55_000])('of %i is a permutation', (count) => {
    const order = shuffled(count, 1, 1);
    expect(order).toHaveLength(count);
    const sorted = Int32Array.from(order).sort();
    expect(sorted.every((value, index) => value === index)).toBe(true);
  });

  test('depends on nothing but the seed and the epoch', () => {
    const orders = [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
      [0, 0],
      [2_147_483_647, 100_000],
    ] as const;
    const texts = orders.map(([seed, epoch]) => shuffled(100, seed, epoch).join());
    const again = orders.toReversed().map(([seed, epoch]) => shuffled(100, seed, epoch).join());
    expect(again.toReversed()).toEqual(texts);
    expect(new Set(texts).size).toBe(orders.length);
  });

  test('is this one: a run that was saved goes on in the same order', () => {
    expect([...shuffled(10, 1, 1)]).toEqual([4, 8, 3, 9, 1, 0, 6, 2, 7, 5]);
  });
});

/** Pearson's statistic of counts that should all be equal. */
function chiSquare(counts: ArrayLike<number>, expected: number): number {
  return Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('is uniform enough', () => {
  test('each image comes to each place equally often, over epochs', () => {
    const [size, epochs] = [20, 8_000];
    const counts = new Uint32Array(size * size);
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      shuffled(size, 7, epoch).forEach((image, place) => (counts[image * size + place]! += 1));
    }
    // 19 × 19 degrees of freedom: mean 361, deviation 27; 4.5 deviations either way.
    const found = chiSquare(counts, epochs / size);
    expect(found).toBeGreaterThan(240);
    expect(found).toBeLessThan(482);
  });

  test('the same over seeds', () => {
    const [size, seeds] = [20, 8_000];
    const counts = new Uint32Array(size * size);
    for (let seed = 0; seed < seeds; seed += 1) {
      shuffled(size, seed, 1).forEach((image, place) => (counts[image * size + place]! += 1));
    }
    const found = chiSquare(counts, seeds / size);
    expect(found).toBeGreaterThan(240);
    expect(found).toBeLessThan(482);
  });

  test('all 24 orders of four images are equally frequent', () => {
    const counts = new Map<string, number>();
    for (let epoch = 1; epoch <= 24_000; epoch += 1) {
      const order = shuffled(4, 11, epoch).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 23 degrees of freedom: 0.01 % of fair shuffles lie above 58.6, 0.01 % below 5.1.
    const found = chiSquare([...counts.values()], 1_000);
    expect(found).toBeGreaterThan(5.1);
    expect(found).toBeLessThan(58.6);
  });

  test('neighbours in the file do not stay neighbours', () => {
    const order = shuffled(55_000, 3, 1);
    let together = 0;
    for (let place = 1; place < order.length; place += 1) {
      if (Math.abs(order[place]! - order[place - 1]!) === 1) together += 1;
    }
    // Two of 54,999 pairs are expected (Poisson): twelve are a one-in-a-million surprise.
    expect(together).toBeLessThan(12);
  });
});
