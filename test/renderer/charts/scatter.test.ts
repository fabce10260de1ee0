import { describe, expect, it } from 'vitest';
import { labelColour } from '../../../renderer/charts/palette.ts';
import { centroidsOf, limitsOf, project, spread } from '../../../renderer/maths/scatter-geometry.ts';
import { coprimeStride, splat } from '../../../renderer/charts/splat.ts';

const columns = (...points: readonly (readonly [number, number])[]) => ({
  x: Float32Array.from(points, ([x]) => x),
  y: Float32Array.from(points, ([, y]) => y),
});

describe('limits', () => {
  it('hold all finite points', () => {
    expect(limitsOf(columns([-2, 5], [3, -1], [Number.NaN, 900]))).toEqual({
      left: -2,
      right: 3,
      bottom: -1,
      top: 900,
    });
  });

  it('give a side without extent some room, so that a 1-D code can be drawn', () => {
    expect(limitsOf(columns([1, 0], [4, 0]))).toEqual({ left: 1, right: 4, bottom: -0.5, top: 0.5 });
    expect(limitsOf(columns())).toEqual({ left: -1, right: 1, bottom: -1, top: 1 });
  });
});

describe('projection', () => {
  it('puts the extremes on the margin, y upwards', () => {
    const points = columns([0, 0], [10, 20], [5, 10]);
    const placed = project(points, limitsOf(points), { width: 120, height: 70, margin: 10 });
    expect([...placed.x]).toEqual([10, 110, 60]);
    expect([...placed.y]).toEqual([60, 10, 35]);
  });
});

describe('centroids', () => {
  it('are the means of the classes that have points', () => {
    const points = columns([0, 0], [2, 4], [10, 10], [Number.NaN, 1]);
    expect(centroidsOf(points, Uint8Array.of(3, 3, 1, 1))).toEqual([
      { label: 1, x: 10, y: 10 },
      { label: 3, x: 1, y: 2 },
    ]);
  });

  it('are moved apart until their letters can be read', () => {
    const moved = spread(
      [
        { label: 0, x: 50, y: 50 },
        { label: 1, x: 50, y: 50 },
        { label: 2, x: 200, y: 200 },
      ],
      15,
    );
    expect(Math.hypot(moved[0]!.x - moved[1]!.x, moved[0]!.y - moved[1]!.y)).toBeGreaterThan(14);
    expect(moved[2]).toEqual({ label: 2, x: 200, y: 200 });
  });
});

describe('splat', () => {
  const surface = (width: number, height: number) => ({
    width,
    height,
    data: new Uint8ClampedArray(4 * width * height),
  });

  it('draws a point in its colour where it lies', () => {
    const paper = surface(9, 9);
    splat(paper, columns([4, 2]), () => [10, 200, 30], 1.5, 1);
    expect([...paper.data.subarray(4 * (2 * 9 + 4), 4 * (2 * 9 + 4) + 4)]).toEqual([10, 200, 30, 255]);
    expect(paper.data[4 * (8 * 9 + 4) + 3]).toBe(0);
  });

  it('clips at the border and leaves out what is not finite', () => {
    const paper = surface(4, 4);
    splat(paper, columns([0, 0], [Number.NaN, 1], [3, 3]), () => [255, 255, 255], 1, 1);
    expect(paper.data[3]).toBe(255);
    expect(paper.data[4 * 15 + 3]).toBe(255);
    expect(paper.data[4 * (4 * 1 + 2) + 3]).toBe(0);
  });

  it('visits every point once, whatever their number', () => {
    for (const count of [0, 1, 2, 3, 10, 256, 5_000]) {
      const stride = coprimeStride(count);
      const seen = new Set(Array.from({ length: count }, (_, step) => (step * stride) % count));
      expect(seen.size).toBe(count);
    }
  });
});

it('label colours come again after twelve', () => {
  expect(labelColour(0)).toEqual([0x3f, 0x90, 0xda]);
  expect(labelColour(21)).toEqual(labelColour(9));
});
