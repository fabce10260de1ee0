import { describe, expect, it } from 'vitest';
import { classPlaces, placeRow } from '../../../renderer/charts/class-places.ts';

const columns = (...points: readonly (readonly [number, number])[]) => ({
  x: Float32Array.from(points, ([x]) => x),
  y: Float32Array.from(points, ([, y]) => y),
});

describe('where classes lie on a map', () => {
  it('is their mean, their spread around it and the class nearest to it', () => {
    const points = columns([-1, 0], [1, 0], [3, 4], [3, 4], [30, 40]);
    expect(classPlaces(points, Uint8Array.of(0, 0, 2, 2, 1), ['zero', 'one', 'two'])).toEqual([
      { name: 'zero', count: 2, x: 0, y: 0, spread: 1, nearest: { name: 'two', distance: 5 } },
      { name: 'one', count: 1, x: 30, y: 40, spread: 0, nearest: { name: 'two', distance: 45 } },
      { name: 'two', count: 2, x: 3, y: 4, spread: 0, nearest: { name: 'zero', distance: 5 } },
    ]);
  });

  it('leaves out points that are nowhere', () => {
    const points = columns([1, 1], [Number.NaN, 9], [2, Infinity]);
    expect(classPlaces(points, Uint8Array.of(7, 7, 3), [])).toEqual([
      { name: '7', count: 1, x: 1, y: 1, spread: 0, nearest: undefined },
    ]);
  });

  it('takes points without labels for one class', () => {
    expect(classPlaces(columns([0, 0], [2, 0]), new Uint8Array(), [])).toEqual([
      { name: 'all images', count: 2, x: 1, y: 0, spread: 1, nearest: undefined },
    ]);
    expect(classPlaces(columns(), new Uint8Array(), [])).toEqual([]);
  });

  it('is written in the cells of a table', () => {
    const place = { name: '4', count: 1_234, x: -0.5, y: 2, spread: 1.256, nearest: { name: '9', distance: 0.75 } };
    expect(placeRow(place)).toEqual(['4', '1,234', '−0.50', '2.00', '1.26', '9, 0.75 away']);
  });
});
