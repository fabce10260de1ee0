import { describe, expect, it } from 'vitest';
import { pointsInside, pointsWithin } from '../../../renderer/maths/enclose.ts';
import { classCounts, histogram, joined } from '../../../renderer/places/latent/map/selections.ts';

const columns = (...points: readonly (readonly [number, number])[]) => ({
  x: Float32Array.from(points, ([x]) => x),
  y: Float32Array.from(points, ([, y]) => y),
});
const line = (...corners: readonly (readonly [number, number])[]) => corners.map(([x, y]) => ({ x, y }));
const square = line([0, 0], [10, 0], [10, 10], [0, 10]);

describe('the lasso', () => {
  it('takes what is inside, whichever way round it was drawn', () => {
    const points = columns([5, 5], [11, 5], [5, -1], [0.1, 9.9]);
    expect([...pointsInside(points, square)]).toEqual([0, 3]);
    expect([...pointsInside(points, square.toReversed())]).toEqual([0, 3]);
  });

  it('follows a line that turns inwards', () => {
    const notched = line([0, 0], [10, 0], [10, 10], [5, 2], [0, 10]);
    expect([...pointsInside(columns([5, 5], [1, 5], [9, 5], [5, 1]), notched)]).toEqual([1, 2, 3]);
  });

  it('takes both loops of an eight, and the middle of a line drawn twice around', () => {
    const eight = line([0, 0], [10, 10], [10, 0], [0, 10]);
    expect([...pointsInside(columns([1, 5], [9, 5], [5, 1], [5, 9]), eight)]).toEqual([0, 1]);
    const twice = [...square, ...square];
    expect([...pointsInside(columns([5, 5], [11, 5]), twice)]).toEqual([0]);
  });

  it('takes nothing with a point, a stroke, a line without height or no line', () => {
    const points = columns([0, 0], [5, 5], [10, 10]);
    for (const corners of [[], line([5, 5]), line([0, 0], [10, 10]), line([0, 5], [5, 5], [10, 5])]) {
      expect([...pointsInside(points, corners)]).toEqual([]);
    }
  });

  it('leaves out what is hidden or nowhere, and corners that are', () => {
    const points = columns([5, 5], [5, 6], [Number.NaN, 5]);
    expect([...pointsInside(points, square, Uint8Array.of(1, 0, 1))]).toEqual([0]);
    expect([...pointsInside(points, line([Number.NaN, 0], [1, 1], [2, 0]))]).toEqual([]);
  });

  it('agrees with a plain count of crossings on many random lines', () => {
    let state = 7;
    const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
    const points = { x: Float32Array.from({ length: 500 }, random), y: Float32Array.from({ length: 500 }, random) };
    for (let round = 0; round < 20; round++) {
      // Star-shaped lines cross nowhere: odd-even and winding agree on them.
      const corners = Array.from({ length: 40 }, (_, at) => {
        const reach = 0.1 + 0.4 * random();
        return { x: 0.5 + reach * Math.cos((at * Math.PI) / 20), y: 0.5 + reach * Math.sin((at * Math.PI) / 20) };
      });
      const plainly = Array.from(points.x.keys()).filter((index) =>
        isInside(points.x[index]!, points.y[index]!, corners),
      );
      expect([...pointsInside(points, corners)]).toEqual(plainly);
    }
  });
});

function isInside(x: number, y: number, corners: readonly { x: number; y: number }[]): boolean {
  let inside = false;
  corners.forEach((from, at) => {
    const to = corners[(at + 1) % corners.length]!;
    if (from.y > y !== to.y > y && x < from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)) inside = !inside;
  });
  return inside;
}

it('a rectangle takes its border too', () => {
  const limits = { left: 0, right: 1, bottom: 0, top: 1 };
  expect([...pointsWithin(columns([0, 0], [1, 1], [1.1, 0], [0.5, Number.NaN]), limits)]).toEqual([0, 1]);
});

describe('selections', () => {
  it('are replaced, added to and taken from, always ascending', () => {
    const selection = Uint32Array.of(2, 5, 7);
    expect([...joined(selection, Uint32Array.of(5, 1), 'add')]).toEqual([1, 2, 5, 7]);
    expect([...joined(selection, Uint32Array.of(5, 1), 'remove')]).toEqual([2, 7]);
    expect([...joined(selection, Uint32Array.of(3), 'replace')]).toEqual([3]);
    expect([...joined(Uint32Array.of(30, 4), Uint32Array.of(100), 'add')]).toEqual([4, 30, 100]);
  });

  it('are counted by class, the most frequent first', () => {
    expect(classCounts(Uint32Array.of(0, 1, 2), Uint8Array.of(7, 3, 3))).toEqual([
      { label: 3, count: 2 },
      { label: 7, count: 1 },
    ]);
    expect(classCounts(Uint32Array.of(0), new Uint8Array(0))).toEqual([]);
  });

  it('have a histogram whose bins hold every value once', () => {
    expect(histogram(Float32Array.of(0, 1, 2, 3, 4), 2)).toEqual([
      { from: 0, to: 2, count: 2 },
      { from: 2, to: 4, count: 3 },
    ]);
    expect(histogram(Float32Array.of(5, 5), 8)).toEqual([{ from: 5, to: 5, count: 2 }]);
    expect(histogram(new Float32Array(0), 8)).toEqual([]);
  });
});
