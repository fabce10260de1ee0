import { describe, expect, it } from 'vitest';
import type { MapColumns } from '../../../electron/domain/words.ts';
import { aligned, alignment, between, gathered, scattered } from '../../../renderer/maths/align.ts';

const triangle = { x: Float32Array.of(0, 3, 0), y: Float32Array.of(0, 0, 1) };

function turned(angle: number, mirrored: boolean, shift: number) {
  const sign = mirrored ? -1 : 1;
  return {
    x: triangle.x.map((x, at) => Math.cos(angle) * x - sign * Math.sin(angle) * triangle.y[at]! + shift),
    y: triangle.x.map((x, at) => Math.sin(angle) * x + sign * Math.cos(angle) * triangle.y[at]! - shift),
  };
}

const expectSame = (a: MapColumns, b: MapColumns) => {
  a.x.forEach((x, at) => expect(x).toBeCloseTo(b.x[at]!, 5));
  a.y.forEach((y, at) => expect(y).toBeCloseTo(b.y[at]!, 5));
};

describe('alignment', () => {
  it.each([
    [0.7, false, 0],
    [3, false, 5],
    [-1.2, true, 2],
    [Math.PI, true, 0],
  ])('undoes a turn by %f, mirrored: %s, moved by %f', (angle, mirrored, shift) => {
    const other = turned(angle, mirrored, shift);
    expectSame(aligned(other, alignment(other, triangle)), triangle);
  });

  it('keeps distances: it turns, it does not stretch', () => {
    const large = { x: triangle.x.map((x) => 4 * x), y: triangle.y.map((y) => 4 * y) };
    const placed = aligned(large, alignment(large, triangle));
    expect(Math.hypot(placed.x[1]! - placed.x[0]!, placed.y[1]! - placed.y[0]!)).toBeCloseTo(12, 5);
  });

  it('gives points that are nowhere no say, and leaves them there', () => {
    const broken = { x: Float32Array.of(0, 3, 0, Number.NaN), y: Float32Array.of(0, 0, 1, 2) };
    const reference = { x: Float32Array.of(0, -3, 0, 9), y: Float32Array.of(0, 0, 1, 9) };
    const placed = aligned(broken, alignment(broken, reference));
    expect([placed.x[1], placed.x[3]]).toEqual([-3, Number.NaN]);
  });

  it('stands still for one point, equal points and none', () => {
    for (const points of [
      { x: Float32Array.of(1), y: Float32Array.of(2) },
      { x: Float32Array.of(1, 1), y: Float32Array.of(2, 2) },
      { x: new Float32Array(0), y: new Float32Array(0) },
    ]) {
      expectSame(aligned(points, alignment(points, points)), points);
    }
  });
});

it('points half way between two maps lie half way', () => {
  const to = { x: Float32Array.of(2, 3, 0), y: Float32Array.of(4, 0, 1) };
  expect(between(triangle, to, 0)).toBe(triangle);
  expect(between(triangle, to, 1)).toBe(to);
  expect([between(triangle, to, 0.5).x[0], between(triangle, to, 0.5).y[0]]).toEqual([1, 2]);
});

it('a subset stands at its places among all, and is gathered from there again', () => {
  const all = scattered(triangle, Uint32Array.of(4, 0, 2), 5);
  expect([...all.x]).toEqual([3, Number.NaN, 0, Number.NaN, 0]);
  expect(gathered(all, Uint32Array.of(4, 0, 2))).toEqual(triangle);
});
