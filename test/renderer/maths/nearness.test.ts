import { describe, expect, it } from 'vitest';
import { samplePrior } from '../../../renderer/maths/mixture.ts';
import { countNear, nearnessOf } from '../../../renderer/maths/nearness.ts';
import { shadeOf, shadePixels, squaredDistances } from '../../../renderer/maths/shade.ts';

const columns = (...places: readonly (readonly [number, number])[]) => ({
  x: Float32Array.from(places, ([x]) => x),
  y: Float32Array.from(places, ([, y]) => y),
});

function cloud(count: number, seed: number) {
  const codes = samplePrior(2, count, seed);
  return { x: codes.filter((_, at) => at % 2 === 0), y: codes.filter((_, at) => at % 2 === 1) };
}

describe('training codes near a place', () => {
  it('are those within the radius, as counted one by one', () => {
    const points = cloud(3_000, 1);
    const nearness = nearnessOf(points);
    for (const [x, y] of [
      [0, 0],
      [1, -1],
      [-2.5, 1],
      [9, 9],
    ] as const) {
      const all = points.x.reduce(
        (n, px, i) => n + (Math.hypot(px - x, points.y[i]! - y) <= nearness.radius ? 1 : 0),
        0,
      );
      expect(countNear(nearness, x, y)).toBe(all);
    }
    expect(countNear(nearness, 0, 0)).toBeGreaterThan(5);
    expect(countNear(nearness, 9, 9)).toBe(0);
    expect(countNear(nearness, Number.NaN, 0)).toBe(0);
  });

  it('are none where nothing is', () => {
    const nearness = nearnessOf(columns());
    expect(countNear(nearness, 0, 0)).toBe(0);
    expect(shadeOf(nearness, 100).alpha.every((alpha) => alpha === 100)).toBe(true);
  });

  it('leave out codes that are not finite', () => {
    const nearness = nearnessOf(columns([0, 0], [Number.NaN, 1], [1, 1]));
    expect(countNear(nearness, 0, 0)).toBe(1);
    expect(nearness.radius).toBeGreaterThan(0);
  });

  it('may all be one, or lie on a line', () => {
    expect(countNear(nearnessOf(columns([2, 2], [2, 2], [2, 2])), 2, 2)).toBe(3);
    const line = nearnessOf(columns([0, 0], [1, 0], [2, 0], [3, 0]));
    expect(countNear(line, 1, 0)).toBe(1);
    expect(countNear(line, 1, 1)).toBe(0);
  });
});

describe('the shade', () => {
  it('is painted in one colour, as strong in each cell as it is dark there', () => {
    const shade = { limits: { left: 0, right: 3, bottom: 0, top: 2 }, columns: 3, rows: 2 };
    const { width, height, data } = shadePixels(
      { ...shade, alpha: Uint8ClampedArray.of(0, 50, 99, 1, 2, 255) },
      [7, 8, 9],
    );
    expect([width, height]).toEqual([3, 2]);
    expect([...data]).toEqual([0, 50, 99, 1, 2, 255].flatMap((alpha) => [7, 8, 9, alpha]));
  });

  it('is none on codes, full far from them, and begins where no code is near any more', () => {
    const nearness = nearnessOf(cloud(3_000, 1));
    const { limits, columns: across, rows, alpha } = shadeOf(nearness, 100);
    const at = (x: number, y: number) => {
      const column = Math.floor(((x - limits.left) / (limits.right - limits.left)) * across);
      const row = Math.floor(((limits.top - y) / (limits.top - limits.bottom)) * rows);
      return alpha[row * across + column]!;
    };
    expect(at(0, 0)).toBe(0);
    expect(at(limits.right - 0.01, limits.top - 0.01)).toBe(100);
    for (let x = 0; x < 6; x += 0.05) {
      if (at(x, 0) === 100) expect(countNear(nearness, x, 0), `at ${x}`).toBe(0);
    }
  });

  it('of a line is the same above and below it', () => {
    const nearness = nearnessOf(columns([0, 0], [1, 0], [2, 0], [50, 0]));
    const { limits, rows, columns: across, alpha } = shadeOf(nearness, 100, true);
    expect(rows).toBe(1);
    expect(limits.top).toBeGreaterThan(50);
    const at = (x: number) => alpha[Math.floor(((x - limits.left) / (limits.right - limits.left)) * across)]!;
    expect([at(1), at(30), at(50), at(90)]).toEqual([0, 100, 0, 100]);
  });

  it('measures distances exactly', () => {
    const [width, height] = [13, 9];
    const seeds = [
      [2, 3],
      [11, 0],
      [6, 8],
    ] as const;
    const grid = new Float64Array(width * height).fill(Infinity);
    for (const [x, y] of seeds) grid[y * width + x] = 0;
    const found = squaredDistances(grid, width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const expected = Math.min(...seeds.map(([sx, sy]) => (x - sx) ** 2 + (y - sy) ** 2));
        expect(found[y * width + x], `${x}, ${y}`).toBe(expected);
      }
    }
  });
});
