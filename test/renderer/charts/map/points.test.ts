import { describe, expect, it } from 'vitest';
import { Cells } from '../../../../renderer/charts/map/cells.ts';
import { outsideOf } from '../../../../renderer/charts/map/outside.ts';
import { arrange, packed, shapes, shownIn, withAlpha } from '../../../../renderer/charts/map/point-cloud.ts';
import { PointIndex } from '../../../../renderer/charts/map/point-index.ts';
import { countInView, pointOpacity, pointRadius, splatPoints } from '../../../../renderer/charts/map/splat-points.ts';
import { hexOf, packedOf, rgbOf } from '../../../../renderer/charts/map/packed-colours.ts';
import { transformOf } from '../../../../renderer/charts/map/view.ts';

const columns = (...points: readonly (readonly [number, number])[]) => ({
  x: Float32Array.from(points, ([x]) => x),
  y: Float32Array.from(points, ([, y]) => y),
});
const red = packed(200, 0, 0);
const paper = packed(255, 255, 255);

function surface(width: number, height: number) {
  return { width, height, pixels: new Int32Array(width * height).fill(paper) };
}

/** A plane whose units are the surface's pixels, y downwards from the top. */
const pixelwise = (width: number, height: number) =>
  transformOf({ left: 0, right: width, bottom: 0, top: height }, { width, height });

describe('colours', () => {
  it('are one number a pixel, red in the lowest byte', () => {
    expect(packed(1, 2, 3)).toBe(0xff030201);
    expect(withAlpha(packed(1, 2, 3), 0)).toBe(0x00030201);
    expect(packedOf('#010203')).toBe(0xff030201);
  });

  it('are read from long and shortened style sheets', () => {
    expect(rgbOf('#fff')).toEqual([255, 255, 255]);
    expect(rgbOf('#0a6e69')).toEqual([10, 110, 105]);
    expect(hexOf(rgbOf('#0a6e69'))).toBe('#0a6e69');
  });
});

describe('arranged points', () => {
  it('leave out what is hidden or not finite', () => {
    const cloud = arrange(
      columns([1, 1], [Number.NaN, 2], [3, 3], [4, Number.POSITIVE_INFINITY]),
      Uint32Array.of(red, red, withAlpha(red, 0), red),
    );
    expect(cloud.count).toBe(1);
    expect([cloud.x[0], cloud.y[0], cloud.colour[0]]).toEqual([1, 1, red]);
  });

  it('have every other point once, raised ones last', () => {
    const count = 1_000;
    const x = Float32Array.from({ length: count }, (_, index) => index);
    const raised = Uint8Array.from({ length: count }, (_, index) => (index % 10 === 0 ? 1 : 0));
    const cloud = arrange({ x, y: x }, new Uint32Array(count).fill(red), raised);
    expect(cloud.count).toBe(count);
    expect(new Set(cloud.x).size).toBe(count);
    expect([...cloud.x.subarray(count - 100)].every((value) => value % 10 === 0)).toBe(true);
  });

  it('are nothing of nothing', () => {
    expect(arrange(columns(), new Uint32Array(0)).count).toBe(0);
  });
});

it('the points in view are those that are neither beyond it nor hidden', () => {
  const view = { left: 0, right: 2, bottom: 0, top: 2 };
  const points = columns([1, 1], [3, 1], [1, -1], [Number.NaN, 1], [2, 2], [1, 2]);
  const colours = new Uint32Array(6).fill(red).with(5, withAlpha(red, 0));
  expect(shownIn(view, points, colours)).toEqual([0, 4]);
});

describe('the cells of pictures on a map', () => {
  it('are one an image, its own when it is taken again', () => {
    const cells = new Cells(4);
    expect([7, 8, 9].map((image) => cells.take(image))).toEqual([0, 1, 2]);
    expect([9, 7, 8].map((image) => cells.take(image))).toEqual([2, 0, 1]);
    expect(cells.take(1)).toBe(3);
    expect(cells.use(2)).toBeUndefined();
  });

  it('are given up by the longest unused', () => {
    const cells = new Cells(2);
    [7, 8].forEach((image) => cells.take(image));
    expect(cells.use(7)).toBe(0);
    expect(cells.take(9)).toBe(1);
    expect([7, 8, 9].map((image) => cells.has(image))).toEqual([true, false, true]);
  });
});

describe('the splat', () => {
  const at = (picture: ReturnType<typeof surface>, x: number, y: number) =>
    picture.pixels[y * picture.width + x]! >>> 0;

  it('puts a point’s colour where it lies and leaves the paper around it', () => {
    const picture = surface(9, 9);
    splatPoints(picture, arrange(columns([4.5, 6.5]), Uint32Array.of(red)), pixelwise(9, 9), 1.5);
    expect(at(picture, 4, 2)).toBe(red);
    expect(at(picture, 4, 3)).toBe(red);
    expect(at(picture, 8, 8)).toBe(paper);
  });

  it('mixes a faint point with what lies below', () => {
    const picture = surface(3, 3);
    splatPoints(
      picture,
      arrange(columns([1.5, 1.5]), Uint32Array.of(withAlpha(packed(0, 0, 0), 127))),
      pixelwise(3, 3),
      0.5,
    );
    const grey = at(picture, 1, 1) & 255;
    expect(grey).toBeGreaterThan(124);
    expect(grey).toBeLessThan(131);
  });

  it('clips at every border and never writes beside its row', () => {
    const inked = (x: number, y: number) => {
      const picture = surface(4, 4);
      splatPoints(picture, arrange(columns([x, y]), Uint32Array.of(red)), pixelwise(4, 4), 1);
      return [...picture.pixels.keys()].filter((place) => picture.pixels[place]! >>> 0 !== paper);
    };
    expect(inked(-0.5, 2)).toEqual([4, 8, 12]);
    expect(inked(4.4, 2)).toEqual([7, 11, 15]);
    expect(inked(2, 4.4)).toEqual([1, 2, 3]);
    expect(inked(2, -0.4)).toEqual([13, 14, 15]);
    expect(inked(-1e9, 2)).toEqual([]);
    expect(inked(3e9, 3e9)).toEqual([]);
  });

  it('counts what is in view, and draws smaller discs the more there is', () => {
    const cloud = arrange(columns([1, 1], [2, 2], [9, 9]), new Uint32Array(3).fill(red));
    expect(countInView(cloud, pixelwise(4, 4), surface(4, 4))).toBe(2);
    expect(pointRadius(100, 500, 500)).toBe(5);
    expect(pointRadius(70_000, 500, 500)).toBeLessThan(1);
    expect(pointRadius(1_000_000, 500, 500)).toBe(0.5);
    expect(pointOpacity(150)).toBeGreaterThan(0.8);
    expect(pointOpacity(70_000)).toBeLessThan(0.6);
  });
});

describe('shapes', () => {
  it('are pressed as each point’s own', () => {
    const inkOf = (sign: number | undefined) => {
      const picture = surface(21, 21);
      const signs = sign === undefined ? undefined : Uint8Array.of(sign);
      splatPoints(picture, arrange(columns([10.5, 10.5]), Uint32Array.of(red), undefined, signs), pixelwise(21, 21), 6);
      return picture.pixels.map((pixel) => (pixel >>> 0 === paper ? 0 : 1)).join('');
    };
    expect(inkOf(0)).toBe(inkOf(undefined));
    expect(new Set(shapes.map((_, sign) => inkOf(sign))).size).toBe(shapes.length);
  });

  it('stay with their points in the order in which these are drawn', () => {
    const x = Float32Array.from({ length: 50 }, (_, index) => index);
    const signs = Uint8Array.from(x, (value) => value % 4);
    const { shape, x: placed } = arrange({ x, y: x }, new Uint32Array(50).fill(red), undefined, signs);
    expect([...shape!]).toEqual([...placed].map((value) => value % 4));
  });
});

describe('points beyond the view', () => {
  const view = { left: 0, right: 10, bottom: 0, top: 10 };
  it('are marked at the edge, where they lie', () => {
    const cloud = arrange(columns([5, 5], [20, 5], [5, -3]), new Uint32Array(3).fill(red));
    const { count, marks } = outsideOf(cloud, view, { width: 100, height: 100 });
    expect(count).toBe(2);
    const byX = marks.toSorted((a, b) => a.x - b.x);
    expect(byX.map(({ x, y }) => [x, y])).toEqual([
      [50, 99],
      [99, 50],
    ]);
    expect(byX[0]!.towards).toBeCloseTo(Math.PI / 2);
    expect(byX[1]!.towards).toBeCloseTo(0);
  });
});

describe('the index', () => {
  const points = columns([0, 0], [1, 0], [0, 3], [Number.NaN, 0], [10, 10]);
  const index = new PointIndex(points);
  const reach = { x: 2, y: 2 };

  it('finds the nearest point within reach', () => {
    expect(index.nearest(0.4, 0, reach)).toBe(0);
    expect(index.nearest(0.6, 0, reach)).toBe(1);
    expect(index.nearest(5, 5, reach)).toBeUndefined();
  });

  it('passes by what is hidden', () => {
    expect(index.nearest(0.4, 0, reach, Uint8Array.of(0, 1, 1, 1, 1))).toBe(1);
  });

  it('measures both axes in their own scale', () => {
    expect(index.nearest(0.2, 1.5, { x: 0.25, y: 4 })).toBe(0);
  });

  it('steps to the next point in a direction', () => {
    const view = { left: -20, right: 20, bottom: -20, top: 20 };
    const from = { x: 0, y: 0 };
    const unit = { x: 0.1, y: 0.1 };
    expect(index.towards(from, 'right', view, unit)).toBe(1);
    expect(index.towards(from, 'up', view, unit)).toBe(2);
    expect(index.towards(from, 'left', view, unit)).toBeUndefined();
    expect(index.towards(from, 'right', view, unit, Uint8Array.of(1, 0, 1, 1, 1))).toBe(4);
  });

  it('lists what is in a part of the plane, or nothing when it is too much', () => {
    const part = { left: -1, right: 4, bottom: -1, top: 4 };
    expect([...index.within(part, 3)].sort()).toEqual([0, 1, 2]);
    expect(index.within(part, 2)).toEqual([]);
  });

  it('has nothing to find among no points, or points that are nowhere', () => {
    for (const none of [columns(), columns([Number.NaN, 1], [1, Number.NaN])]) {
      const empty = new PointIndex(none);
      expect(empty.nearest(0, 0, reach)).toBeUndefined();
      expect(empty.within({ left: -9, right: 9, bottom: -9, top: 9 }, 9)).toEqual([]);
    }
  });

  it('finds one of points that all lie at one place', () => {
    const same = new PointIndex({ x: new Float32Array(100).fill(2), y: new Float32Array(100).fill(2) });
    expect(same.nearest(2, 2, reach)).toBeGreaterThanOrEqual(0);
    expect(same.towards({ x: 2, y: 2 }, 'right', { left: 0, right: 9, bottom: 0, top: 9 }, reach)).toBeUndefined();
  });
});
