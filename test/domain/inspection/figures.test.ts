import { describe, expect, it } from 'vitest';
import { caughtAt, figuresOf, thresholdAtRate, wrongSide } from '../../../electron/domain/inspection/figures.ts';
import {
  auroc,
  aurocInterval,
  averagePrecision,
  bestF1,
  chanceError,
} from '../../../electron/domain/inspection/ranking.ts';

/** Made by random numbers, rounded so that scores tie; figures of scikit-learn 1.9, intervals of 1,500 bootstrap samples there. */
const stored = [
  {
    normal: [1.1, 0.8, 1.7, 3.4, 2.6, 2.4, 1.4, 2.5, 1.8, 4.8, 1.9, 1.6],
    odd: [1.2, 4.2, 2.0, 1.1, 3.3, 1.3, 5.2, 3.8],
    auroc: 0.588541666667,
    ap: 0.598893833849,
    f1: 0.592592592593,
    low: 0.28125,
    high: 0.854166666667,
  },
  {
    normal: [
      1.4, 1.6, 1.1, 0.2, 1.1, 1.7, 0.3, 2.0, 0.4, 0.8, 0.4, 2.4, 3.5, 0.8, 0.7, 4.0, 2.5, 1.1, 2.0, 0.7, 1.5, 1.6, 2.5,
      0.1, 4.2, 2.2, 2.3, 0.9, 2.7, 3.6, 2.3, 1.0, 0.6, 2.6, 3.4, 1.4, 3.0, 2.3, 2.2, 1.9,
    ],
    odd: [4.8, 2.1, 2.4, 2.4, 1.4, 2.2, 1.6, 1.4, 2.2, 2.2, 3.3, 1.1, 5.4, 2.3, 4.4],
    auroc: 0.675,
    ap: 0.497642719713,
    f1: 0.52380952381,
    low: 0.533729166667,
    high: 0.8125,
  },
  {
    normal: [
      3.39, 2.94, 1.79, 0.9, 1.73, 0.12, 2.17, 1.49, 0.91, 2.96, 1.53, 0.39, 1.38, 0.5, 0.53, 2.57, 1.04, 1.23, 2.68,
      0.87, 1.45, 0.93, 1.29, 0.28, 2.16, 0.49, 2.53, 2.15, 0.75, 2.49,
    ],
    odd: [1.19],
    auroc: 0.4,
    ap: 0.052631578947,
    f1: 0.1,
    low: 0.233333333333,
    high: 0.566666666667,
  },
  { normal: [1.48], odd: [2.56, 3.79, 1.81, 4.25, 3.06], auroc: 1.0, ap: 1.0, f1: 1.0, low: 1.0, high: 1.0 },
] as const;

describe('figures, as scikit-learn has them', () => {
  it.each(stored)('are the same of $normal.length normal and $odd.length odd pictures', ({ normal, odd, ...known }) => {
    expect(auroc(normal, odd)).toBeCloseTo(known.auroc, 10);
    expect(averagePrecision(normal, odd)).toBeCloseTo(known.ap, 10);
    const best = bestF1(normal, odd);
    expect(best.f1).toBeCloseTo(known.f1, 10);
    // The threshold is one at which that F1 is had.
    const { caught, falseAlarms } = caughtAt(normal, odd, best.threshold);
    expect((2 * caught) / (caught + falseAlarms + odd.length)).toBeCloseTo(best.f1, 10);
    if (odd.length < 2 || normal.length < 2) return;
    const { low, high } = aurocInterval(normal, odd);
    expect(Math.abs(low - known.low)).toBeLessThan(0.04);
    expect(Math.abs(high - known.high)).toBeLessThan(0.04);
  });

  it('count ties half, and leave out what has no score', () => {
    expect(auroc([1, 1], [1, 1])).toBe(0.5);
    expect(auroc([1, Number.NaN], [2, Number.NaN])).toBe(1);
    expect(averagePrecision([1, 1, 1], [1])).toBe(0.25);
  });

  it('are no numbers where there are pictures of one kind only', () => {
    expect(auroc([1, 2], [])).toBeNaN();
    expect(averagePrecision([1, 2], [])).toBeNaN();
    expect(bestF1([1, 2], []).f1).toBeNaN();
    expect(aurocInterval([], [1])).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN });
    const { separation, atThreshold } = figuresOf(
      { scores: [1, 2], groups: ['a', 'a'], truths: ['normal', 'normal'] },
      1.5,
      0,
    );
    expect(separation).toBeUndefined();
    expect(atThreshold).toMatchObject({ falseAlarms: 1, normal: 2, caught: 0, odd: 0 });
  });

  it('hold of one picture of each kind', () => {
    expect(auroc([1], [2])).toBe(1);
    expect(bestF1([1], [2])).toEqual({ f1: 1, threshold: 1.5 });
  });
});

describe('figures at a threshold', () => {
  const pictures = {
    scores: [1, 2, 3, 4, 5, Number.NaN],
    groups: ['good', 'good', 'crack', 'good', 'crack', 'crack'],
    truths: ['normal', 'normal', 'odd', 'normal', 'odd', 'odd'],
  } as const;

  it('are told by group, with those that have no score', () => {
    const { groups, atThreshold, separation } = figuresOf(pictures, 3.5, 0);
    expect(atThreshold).toEqual({ threshold: 3.5, caught: 1, odd: 3, falseAlarms: 1, normal: 3 });
    expect(groups).toEqual([
      { group: 'good', truth: 'normal', pictures: 3, over: 1, unscored: 0, auroc: Number.NaN },
      { group: 'crack', truth: 'odd', pictures: 3, over: 1, unscored: 1, auroc: 5 / 6 },
    ]);
    expect(separation?.atRate).toMatchObject({ caught: 1, falseAlarms: 0 });
  });

  it('tell a group by most of its pictures, whichever comes first, and count only its odd ones', () => {
    const marked = { ...pictures, truths: ['normal', 'normal', 'normal', 'normal', 'odd', 'odd'] } as const;
    const { groups } = figuresOf(marked, 3.5, 0);
    expect(groups.map(({ group, truth, auroc }) => [group, truth, auroc])).toEqual([
      ['good', 'normal', Number.NaN],
      ['crack', 'odd', 1],
    ]);
  });

  it('find the lowest threshold with so many false alarms', () => {
    const normal = [1, 2, 3, 4];
    expect(caughtAt(normal, [3.5], thresholdAtRate(normal, [3.5], 0.25))).toMatchObject({ caught: 1, falseAlarms: 1 });
    expect(caughtAt(normal, [3.5], thresholdAtRate(normal, [3.5], 0))).toMatchObject({ caught: 0, falseAlarms: 0 });
    expect(caughtAt(normal, [3.5], thresholdAtRate(normal, [3.5], 1))).toMatchObject({ caught: 1, falseAlarms: 4 });
    // Normal pictures that tie are let through together or not at all.
    expect(caughtAt([1, 4, 4], [5], thresholdAtRate([1, 4, 4], [5], 0.34))).toMatchObject({
      caught: 1,
      falseAlarms: 0,
    });
  });

  it('list what is on the wrong side, the furthest first', () => {
    expect(wrongSide(pictures, 3.5)).toEqual([2, 3, 5]);
  });
});

it('the standard error by chance is that of the Mann-Whitney statistic over its n²', () => {
  // scipy.stats: U of n and n without ties has variance n · n · (2n + 1) / 12.
  expect(chanceError(50)).toBeCloseTo(Math.sqrt((50 * 50 * 101) / 12) / 2500, 12);
  // Of 1 and 1 it is 0 or 1 with even odds.
  expect(chanceError(1)).toBeCloseTo(0.5, 12);
});
