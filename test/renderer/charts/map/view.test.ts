import { describe, expect, it } from 'vitest';
import { ticksBetween } from '../../../../renderer/charts/map/axis.ts';
import {
  fitted,
  isReachable,
  moved,
  resized,
  toPixels,
  toPlane,
  transformOf,
  zoomed,
} from '../../../../renderer/charts/map/view.ts';

const unit = { left: 0, right: 10, bottom: 0, top: 10 };

describe('the view', () => {
  it('spreads the plane over the surface, y upwards, and finds the way back', () => {
    const transform = transformOf(unit, { width: 100, height: 50 });
    expect(toPixels(transform, 0, 0)).toEqual({ x: 0, y: 50 });
    expect(toPixels(transform, 10, 10)).toEqual({ x: 100, y: 0 });
    expect(toPlane(transform, 25, 25)).toEqual({ x: 2.5, y: 5 });
  });

  it('counts device pixels on a dense screen', () => {
    expect(toPixels(transformOf(unit, { width: 100, height: 50 }, 2), 10, 0)).toEqual({ x: 200, y: 100 });
  });

  it('fits with equal scales by widening the side that has room', () => {
    expect(fitted(unit, { width: 200, height: 100 }, true, 0)).toEqual({ left: -5, right: 15, bottom: 0, top: 10 });
    expect(fitted(unit, { width: 200, height: 100 }, false, 0)).toEqual(unit);
  });

  it('keeps a margin of so many pixels', () => {
    const view = fitted(unit, { width: 120, height: 120 }, false, 10);
    expect(toPixels(transformOf(view, { width: 120, height: 120 }), 0, 0)).toEqual({ x: 10, y: 110 });
  });

  it('is finite on a surface that has no room for its margin, or none at all', () => {
    expect(fitted(unit, { width: 20, height: 20 }, false)).toEqual({ left: -95, right: 105, bottom: -95, top: 105 });
    expect(fitted(unit, { width: 0, height: 0 }, false)).toEqual(unit);
  });

  it('zooms around a place that stays where it is', () => {
    expect(zoomed(unit, 2, { x: 10, y: 0 })).toEqual({ left: 5, right: 10, bottom: 0, top: 5 });
    expect(zoomed(unit, 2, { x: 3, y: 4 })).toEqual({ left: 1.5, right: 6.5, bottom: 2, top: 7 });
    expect(zoomed(zoomed(unit, 4, { x: 3, y: 3 }), 1 / 4, { x: 3, y: 3 })).toEqual(unit);
  });

  it('moves by shares of itself, and keeps its scale when the surface grows', () => {
    expect(moved(unit, 0.5, -0.1)).toEqual({ left: 5, right: 15, bottom: -1, top: 9 });
    expect(resized(unit, { width: 100, height: 100 }, { width: 200, height: 100 })).toEqual({
      left: -5,
      right: 15,
      bottom: 0,
      top: 10,
    });
    expect(resized(unit, { width: 50, height: 50 }, { width: 25, height: 100 })).toEqual({
      left: 2.5,
      right: 7.5,
      bottom: -5,
      top: 15,
    });
  });

  it('stays as it is when the surface had no extent before', () => {
    for (const from of [
      { width: 0, height: 50 },
      { width: 50, height: 0 },
    ])
      expect(resized(unit, from, { width: 100, height: 100 })).toEqual(unit);
    expect(resized(unit, { width: 1, height: 1 }, { width: 2, height: 2 })).not.toEqual(unit);
  });

  it('goes no nearer than float32 can tell places apart, and no further than there is something to see', () => {
    const wide = (width: number, height: number) => ({ left: 3, right: 3 + width, bottom: 3, top: 3 + height });
    expect(isReachable(wide(1e-3, 1e-3), unit)).toBe(true);
    expect(isReachable(wide(1e-6, 1e-6), unit)).toBe(false);
    expect(isReachable(wide(10, 1e-6), unit)).toBe(false);
    expect(isReachable(wide(1e-6, 10), unit)).toBe(false);
    expect(isReachable(wide(500, 500), unit)).toBe(true);
    expect(isReachable(wide(1e4, 1e4), unit)).toBe(false);
    // Points on a line: the map is as wide as it is high, however little room they take in one direction.
    const line = { left: 0, right: 10, bottom: 4, top: 4.001 };
    expect(isReachable(wide(10, 10), line)).toBe(true);
    expect(isReachable(wide(501, 501), line)).toBe(false);
    expect(isReachable({ left: Number.NaN, right: 1, bottom: 0, top: 1 }, unit)).toBe(false);
  });
});

describe('ticks', () => {
  const texts = (from: number, to: number, wanted: number) => ticksBetween(from, to, wanted).map(({ text }) => text);

  it('are round numbers, about as many as wanted', () => {
    expect(texts(-1, 1, 4)).toEqual(['−1.0', '−0.5', '0', '0.5', '1.0']);
    expect(texts(0.3, 47, 5)).toEqual(['10', '20', '30', '40']);
    expect(texts(-4.2e-7, 4.2e-7, 5)).toEqual(['−4.0e-7', '−2.0e-7', '0', '2.0e-7', '4.0e-7']);
  });

  it('are none on an axis without length', () => {
    expect(texts(1, 1, 4)).toEqual([]);
    expect(texts(Number.NaN, 2, 4)).toEqual([]);
    expect(texts(0, Number.POSITIVE_INFINITY, 4)).toEqual([]);
  });
});
