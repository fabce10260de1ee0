import { describe, expect, it } from 'vitest';
import { codeOf, difference, meanCode, moved } from '../../../renderer/maths/direction.ts';
import { codesAt, gridPlaces, placesOf } from '../../../renderer/maths/plane.ts';

const code = (...values: number[]) => Float32Array.from(values);

describe('a direction', () => {
  const codes = code(0, 0, 2, 0, 4, 6, 6, 10, Number.NaN, 1);

  it('leads from one group’s mean to the other’s', () => {
    const [from, to] = [meanCode(codes, 2, [0, 1])!, meanCode(codes, 2, [2, 3])!];
    expect([...from]).toEqual([1, 0]);
    expect([...to]).toEqual([5, 8]);
    expect([...difference(from, to)]).toEqual([4, 8]);
    expect([...moved(code(1, 1), difference(from, to), 0.5)]).toEqual([3, 5]);
    expect([...moved(code(1, 1), difference(from, to), -1)]).toEqual([-3, -7]);
  });

  it('leaves a code exactly as it is when it is not followed', () => {
    expect(moved(code(0.1, 0.2), code(Number.NaN, 1), 0)).toEqual(code(0.1, 0.2));
  });

  it('has no mean of nothing, and none of what is not finite', () => {
    expect(meanCode(codes, 2, [])).toBeUndefined();
    expect(meanCode(codes, 2, [4])).toBeUndefined();
    expect(meanCode(codes, 2, [99])).toBeUndefined();
    expect([...meanCode(codes, 2, [1, 4])!]).toEqual([2, 0]);
  });

  it('takes codes out of their column', () => expect([...codeOf(codes, 2, 2)]).toEqual([4, 6]));
});

describe('the plane', () => {
  const plane = { origin: code(1, 2, 3), axes: [code(2, 0, 0), code(0, 0, -1)] as const };

  it('gives places their codes, and codes their places', () => {
    const codes = codesAt(plane, [
      { x: 0, y: 0 },
      { x: 1.5, y: 4 },
    ]);
    expect([...codes]).toEqual([1, 2, 3, 4, 2, -1]);
    const places = placesOf(plane, codes);
    expect([...places.x]).toEqual([0, 1.5]);
    expect([...places.y]).toEqual([0, 4]);
  });

  it('looks at codes beside it from straight above', () => {
    const places = placesOf(plane, code(1, 50, 3));
    expect([places.x[0], places.y[0]]).toEqual([0, 0]);
  });

  it('of a 1-D code has one axis', () => {
    const line = { origin: code(0), axes: [code(1), code(0)] as const };
    expect([...codesAt(line, [{ x: 3, y: 9 }])]).toEqual([3]);
    const places = placesOf(line, code(3));
    expect([places.x[0], places.y[0]]).toEqual([3, 0]);
  });

  it('is gridded by the middles of cells, from the top left', () => {
    expect(gridPlaces({ left: 0, right: 4, bottom: 0, top: 2 }, 2, 2)).toEqual([
      { x: 1, y: 1.5 },
      { x: 3, y: 1.5 },
      { x: 1, y: 0.5 },
      { x: 3, y: 0.5 },
    ]);
  });
});
