import { describe, expect, it } from 'vitest';
import { shownSide, stripScale } from '../../../renderer/charts/image-scale.ts';

const row = { columns: 10, gap: 4, imageWidth: 28, imageHeight: 28 };

describe('the scale of a row of digits', () => {
  it('is the largest whole number that fits both ways', () => {
    expect(stripScale({ width: 820, height: 84 }, row, 1)).toBe(2);
    expect(stripScale({ width: 880, height: 84 }, row, 1)).toBe(3);
    expect(stripScale({ width: 880, height: 83 }, row, 1)).toBe(2);
    expect(stripScale({ width: 5_000, height: 5_000 }, row, 1)).toBe(4);
  });

  it('counts device pixels, so that it stays whole on a dense screen', () => {
    expect(stripScale({ width: 820, height: 84 }, row, 1.5)).toBe(4);
  });

  it('shrinks images that are too large for the room, and no more than that', () => {
    const large = { columns: 10, gap: 4, imageWidth: 256, imageHeight: 256 };
    const scale = stripScale({ width: 816, height: 512 }, large, 1);
    expect(scale).toBeCloseTo(780 / 2_560, 12);
    expect(shownSide(256, scale)).toBe(78);
    expect(stripScale({ width: 5_000, height: 128 }, large, 1)).toBe(0.5);
    expect(stripScale({ width: 2_596, height: 512 }, large, 1)).toBe(1);
  });

  it('never vanishes', () => {
    expect(shownSide(8, 0.01)).toBe(1);
    expect(stripScale({ width: 0, height: 0 }, row, 1)).toBe(1);
  });
});
