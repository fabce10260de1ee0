import { describe, expect, it } from 'vitest';
import { wholeScale } from '../../../renderer/charts/image-scale.ts';

const row = { columns: 10, gap: 4, imageWidth: 28, imageHeight: 28 };

describe('the scale of a row of digits', () => {
  it('is the largest whole number that fits both ways', () => {
    expect(wholeScale({ width: 820, height: 84 }, row, 1)).toBe(2);
    expect(wholeScale({ width: 880, height: 84 }, row, 1)).toBe(3);
    expect(wholeScale({ width: 880, height: 83 }, row, 1)).toBe(2);
    expect(wholeScale({ width: 5_000, height: 5_000 }, row, 1)).toBe(4);
  });

  it('counts device pixels, so that it stays whole on a dense screen', () => {
    expect(wholeScale({ width: 820, height: 84 }, row, 1.5)).toBe(4);
  });

  it('never vanishes', () => {
    expect(wholeScale({ width: 0, height: 0 }, row, 1)).toBe(1);
  });
});
