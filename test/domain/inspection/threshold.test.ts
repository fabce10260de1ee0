import { describe, expect, it } from 'vitest';
import {
  drawFrom,
  fitFamily,
  likelihood,
  normalAbove,
  numberAbove,
  shareAbove,
} from '../../../electron/domain/inspection/distributions.ts';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import { fitThreshold, rateWords, thresholdWords } from '../../../electron/domain/inspection/threshold.ts';

const drawn = (fitted: Parameters<typeof drawFrom>[0], count: number, seed = 3): number[] => {
  const random = splitmix(seed);
  return Array.from({ length: count }, () => drawFrom(fitted, random));
};

describe('distributions', () => {
  it('knows the tails of the normal distribution', () => {
    // scipy.stats.norm.sf
    expect(normalAbove(-1.5)).toBeCloseTo(0.9331927987311419, 12);
    expect(normalAbove(0.3)).toBeCloseTo(0.3820885778110474, 12);
    expect(normalAbove(2)).toBeCloseTo(0.022750131948179212, 12);
    expect(normalAbove(3.5) / 2.3262907903552504e-4).toBeCloseTo(1, 9);
    expect(normalAbove(6) / 9.865876450376981e-10).toBeCloseTo(1, 9);
  });

  it.each(['normal', 'log-normal', 'gumbel'] as const)('finds a %s again, and its tail', (family) => {
    const truth = { family, location: 1.2, scale: 0.4 };
    const numbers = drawn(truth, 4_000);
    const found = fitFamily(family, numbers);
    expect(found.location).toBeCloseTo(truth.location, 1);
    expect(found.scale).toBeCloseTo(truth.scale, 1);
    expect(shareAbove(truth, numberAbove(truth, 0.013))).toBeCloseTo(0.013, 9);
    const over = numbers.filter((number) => number > numberAbove(truth, 0.1)).length;
    expect(over / numbers.length).toBeCloseTo(0.1, 1);
    // The likeliest numbers are likelier than the true ones.
    expect(likelihood(found, numbers)).toBeGreaterThanOrEqual(likelihood(truth, numbers));
  });
});

describe('a threshold from normal pictures', () => {
  it.each(['normal', 'log-normal', 'gumbel'] as const)('leaves the wanted share of a %s above it', (family) => {
    const truth = { family, location: 2, scale: 0.5 };
    const { threshold, low, high, count } = fitThreshold(drawn(truth, 400), 0.02);
    expect(count).toBe(400);
    const share = shareAbove(truth, threshold);
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.04);
    expect(low).toBeLessThan(0.02);
    expect(high).toBeGreaterThan(0.02);
  });

  it('is as unsure as few pictures make it: 95 of 100 such sets have the true share between its ends', () => {
    const truth = { family: 'normal', location: 0, scale: 1 } as const;
    let inside = 0;
    const tries = 40;
    for (let seed = 0; seed < tries; seed += 1) {
      const { threshold, low, high } = fitThreshold(drawn(truth, 37, seed * 97 + 1), 0.02);
      const share = shareAbove(truth, threshold);
      if (share >= low && share <= high) inside += 1;
    }
    expect(inside / tries).toBeGreaterThan(0.8);
    const few = fitThreshold(drawn(truth, 37), 0.02);
    const many = fitThreshold(drawn(truth, 2_000), 0.02);
    expect(few.high - few.low).toBeGreaterThan(4 * (many.high - many.low));
  });

  it('is not moved by one picture that is odd itself', () => {
    const numbers = drawn({ family: 'normal', location: 10, scale: 1 }, 60);
    const without = fitThreshold(numbers, 0.02);
    const withOne = fitThreshold([...numbers, 80], 0.02);
    expect(withOne.outliers).toBe(1);
    expect(withOne.threshold).toBeCloseTo(without.threshold, 1);
  });

  it('lies above the highest of a few, and nowhere without any', () => {
    expect(fitThreshold([3, 1, 2])).toMatchObject({ threshold: 3, family: 'none', count: 3, low: 0 });
    // 1 - 0.025^(1/3), Clopper & Pearson
    expect(fitThreshold([3, 1, 2]).high).toBeCloseTo(0.7076, 4);
    expect(fitThreshold([2, 2, 2, 2, 2, 2]).threshold).toBe(2);
    expect(fitThreshold([])).toMatchObject({ threshold: Number.NaN, count: 0, high: 1 });
    expect(fitThreshold([Number.NaN, 1, 2]).count).toBe(2);
  });

  it('is said in words', () => {
    expect(rateWords(0.012, 0.08)).toBe('between 1 and 8 in a hundred');
    expect(rateWords(0, 0.04)).toBe('at most 4 in a hundred');
    expect(rateWords(0.0042, 0.0121)).toBe('between 4 and 13 in a thousand');
    expect(rateWords(0.02, 0.02)).toBe('20 in a thousand');
    expect(thresholdWords({ count: 37, low: 0.01, high: 0.08 })).toBe(
      '37 pictures: between 1 and 8 in a hundred normal ones would be called odd.',
    );
    expect(thresholdWords({ count: 400, low: 0, high: 0.03 }, 'tile')).toBe(
      '400 tiles: at most 3 in a hundred normal pictures would be called odd.',
    );
    expect(thresholdWords({ count: 0, low: 0, high: 1 })).toMatch(/^No held-out/);
  });
});
