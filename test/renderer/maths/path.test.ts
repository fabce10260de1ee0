import { describe, expect, it } from 'vitest';
import { lineLength, resampled } from '../../../renderer/maths/path.ts';

const at = (x: number, y: number) => ({ x, y });

describe('a drawn path', () => {
  it('is walked in even steps of its length, however unevenly it was drawn', () => {
    const drawn = [at(0, 0), at(0.1, 0), at(0.2, 0), at(4, 0), at(4, 4)];
    expect(resampled(drawn, 5)).toEqual([at(0, 0), at(2, 0), at(4, 0), at(4, 2), at(4, 4)]);
    expect(lineLength(drawn)).toBe(8);
  });

  it('begins and ends exactly where it was begun and ended', () => {
    const drawn = Array.from({ length: 50 }, (_, i) => at(Math.sin(i) / 3, Math.cos(i * 1.7) / 7));
    const walked = resampled(drawn, 33);
    expect(walked[0]).toEqual(drawn[0]);
    expect(walked.at(-1)).toEqual(drawn.at(-1));
    expect(walked).toHaveLength(33);
  });

  it('crosses itself', () => {
    const eight = [at(0, 0), at(2, 2), at(2, 0), at(0, 2)];
    const walked = resampled(eight, 101);
    const steps = walked
      .slice(1)
      .map((place, index) => Math.hypot(place.x - walked[index]!.x, place.y - walked[index]!.y));
    // Corners are cut by a part of one step; nothing is left out or walked twice.
    expect(Math.max(...steps)).toBeLessThanOrEqual(lineLength(eight) / 100 + 1e-9);
    expect(Math.min(...steps)).toBeGreaterThan(0.5 * (lineLength(eight) / 100));
  });

  it('of nothing is nothing, of one point that point', () => {
    expect(resampled([], 5)).toEqual([]);
    expect(lineLength([])).toBe(0);
    expect(resampled([at(1, 2)], 3)).toEqual([at(1, 2), at(1, 2), at(1, 2)]);
    expect(resampled([at(1, 2), at(3, 4)], 0)).toEqual([]);
    expect(resampled([at(1, 2), at(3, 4)], 1)).toEqual([at(1, 2)]);
  });

  it('stands still nowhere for points that were drawn twice', () => {
    const drawn = [at(0, 0), at(0, 0), at(1, 0), at(1, 0), at(1, 0), at(2, 0), at(2, 0)];
    expect(resampled(drawn, 3)).toEqual([at(0, 0), at(1, 0), at(2, 0)]);
    expect(resampled([at(5, 5), at(5, 5)], 3)).toEqual([at(5, 5), at(5, 5), at(5, 5)]);
  });

  it('leaves out what is not finite', () => {
    expect(resampled([at(Number.NaN, 0), at(0, 0), at(1, Infinity), at(2, 0)], 3)).toEqual([
      at(0, 0),
      at(1, 0),
      at(2, 0),
    ]);
    expect(resampled([at(Number.NaN, 0)], 3)).toEqual([]);
  });
});
