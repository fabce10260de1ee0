import { describe, expect, it } from 'vitest';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import { fitThreshold } from '../../../electron/domain/inspection/threshold.ts';
import { proposedTiling, tileCount, tilePlaces } from '../../../electron/domain/inspection/tile-places.ts';
import { fitTileThreshold } from '../../../electron/domain/inspection/tile-threshold.ts';

/** Exponential ones above 1, of mean 0.5. */
const exponential = (count: number, seed: number): number[] => {
  const random = splitmix(seed);
  return Array.from({ length: count }, () => 1 - 0.5 * Math.log(1 - random()));
};

describe('the threshold of pictures made of tiles', () => {
  it('is that of single pictures for one tile', () => {
    const scores = exponential(60, 1);
    expect(fitTileThreshold(scores, 0.02, 1)).toEqual(fitThreshold(scores, 0.02));
  });

  it('lies where the worst of so many tiles of a known tail is as rare as asked', () => {
    // P(worst of 300 > t) = 0.02 at t = 1 + 0.5 ln(1 / (1 - 0.98^(1/300))).
    const right = 1 - 0.5 * Math.log(1 - 0.98 ** (1 / 300));
    const { threshold, low, high, count } = fitTileThreshold(exponential(20_000, 2), 0.02, 300);
    expect(count).toBe(20_000);
    expect(Math.abs(threshold / right - 1)).toBeLessThan(0.03);
    expect(low).toBeLessThan(0.02);
    expect(high).toBeGreaterThan(0.02);
  });

  it('calls about so many normal pictures odd that were not there when it was fitted', () => {
    const { threshold } = fitTileThreshold(exponential(3_000, 3), 0.05, 100);
    const pictures = Array.from({ length: 1_000 }, (_, at) => Math.max(...exponential(100, 100 + at)));
    const alarms = pictures.filter((score) => score > threshold).length / pictures.length;
    expect(alarms).toBeGreaterThan(0.02);
    expect(alarms).toBeLessThan(0.1);
  });

  it('rises with the number of tiles, and is less sure the fewer scores there are', () => {
    const few = exponential(80, 4);
    expect(fitTileThreshold(few, 0.02, 400).threshold).toBeGreaterThan(fitTileThreshold(few, 0.02, 40).threshold);
    const widthOf = (scores: number[]): number => {
      const { low, high } = fitTileThreshold(scores, 0.02, 100);
      return high - low;
    };
    expect(widthOf(few)).toBeGreaterThan(widthOf(exponential(2_000, 4)));
    expect(fitTileThreshold([1, Number.NaN], 0.02, 100)).toMatchObject({ threshold: 1, count: 1, family: 'none' });
  });
});

describe('tiles', () => {
  it('cover a side from end to end, a quarter at least twice', () => {
    const places = tilePlaces(4_000, 256);
    expect([places[0], places.at(-1)]).toEqual([0, 4_000 - 256]);
    places.slice(1).forEach((place, at) => expect(place - places[at]!).toBeLessThanOrEqual(192));
    expect(tileCount({ width: 4_000, height: 3_000 }, 256)).toBe(places.length * tilePlaces(3_000, 256).length);
  });

  it('are proposed at a twelfth of the picture, more of each the fewer pictures there are', () => {
    expect(proposedTiling({ width: 4_000, height: 3_000 }, 30)).toEqual({ side: 256, most: 100 });
    expect(proposedTiling({ width: 300, height: 200 }, 100_000)).toEqual({ side: 64, most: 4 });
  });
});
