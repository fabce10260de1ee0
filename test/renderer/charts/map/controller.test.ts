import { describe, expect, it } from 'vitest';
import { MapController, type MapListener } from '../../../../renderer/charts/map/map-controller.ts';
import type { Corners } from '../../../../renderer/maths/enclose.ts';

const columns = (...points: readonly (readonly [number, number])[]) => ({
  x: Float32Array.from(points, ([x]) => x),
  y: Float32Array.from(points, ([, y]) => y),
});

/** Corners to whole units; minus zero is zero. */
const rounded = (corners: Corners) => corners.map(({ x, y }) => [Math.round(x) + 0, Math.round(y) + 0]);

/** A map of 132 × 132 pixels whose points span 0 to 10: with its margin of 16, ten pixels a unit. */
function map(points = columns([0, 0], [10, 10], [5, 5], [6, 5])) {
  const told = {
    hovered: undefined as number | undefined,
    pinned: [] as number[],
    enclosed: [] as Corners[],
    path: [] as Corners,
    cleared: 0,
  };
  const listener: MapListener = {
    onview: () => undefined,
    onhover: (index) => (told.hovered = index),
    onpin: (index) => told.pinned.push(index),
    onenclose: (corners) => told.enclosed.push(corners),
    onpath: (corners) => {
      told.path = corners;
      controller.setPath(corners);
    },
    onclear: () => told.cleared++,
  };
  const controller = new MapController(listener, () => undefined);
  controller.setPoints(points, true);
  controller.setSize({ width: 132, height: 132 });
  return { controller, told };
}

describe('the view', () => {
  it('fits all points at first, and again when asked', () => {
    const { controller } = map();
    const whole = controller.view;
    expect(whole.left).toBeCloseTo(-1.6);
    expect(whole.top).toBeCloseTo(11.6);
    controller.zoom(4, { x: 66, y: 66 });
    expect(controller.view.right - controller.view.left).toBeCloseTo(13.2 / 4);
    controller.fit();
    expect(controller.view).toEqual(whole);
  });

  it('keeps free what the pictures around its points need, until the person has moved it', () => {
    const { controller } = map();
    controller.setMargin(26);
    // Eight pixels a unit are left of 132.
    expect(controller.view.left).toBeCloseTo(-26 / 8);
    expect(controller.view.top).toBeCloseTo(10 + 26 / 8);
    controller.zoom(2, { x: 66, y: 66 });
    const own = controller.view;
    controller.setMargin(16);
    expect(controller.view).toEqual(own);
    controller.fit();
    expect(controller.view.left).toBeCloseTo(-1.6);
  });

  it('leaves out what lies far out, until everything is asked for', () => {
    const crowd = Array.from({ length: 500 }, (_, at) => [at % 11, Math.floor(at / 11) % 11] as const);
    const { controller } = map(columns(...crowd, [1_000, 5]));
    expect(controller.view.right).toBeLessThan(20);
    expect(controller.isFitted).toBe(true);
    controller.showEverything();
    expect(controller.view.right).toBeGreaterThan(1_000);
    expect(controller.isFitted).toBe(false);
    controller.fit();
    expect(controller.view.right).toBeLessThan(20);
  });

  it('takes in what is drawn behind the points, which nobody points at', () => {
    const { controller, told } = map();
    const all = columns([0, 0], [10, 10], [5, 5], [6, 5], [-20, 5], [40, 5]);
    controller.setPoints(controller.points, true, undefined, all);
    expect(controller.view.left).toBeLessThan(-20);
    expect(controller.view.right).toBeGreaterThan(40);
    controller.showEverything();
    expect(controller.view.left).toBeLessThan(-20);
    controller.hover({ x: 16, y: 66 });
    expect(told.hovered).toBeUndefined();
  });

  it('is dragged with the pointer: what was under it stays there', () => {
    const { controller } = map();
    controller.pan(10, -20);
    expect(controller.view.left).toBeCloseTo(-2.6);
    expect(controller.view.bottom).toBeCloseTo(-3.6);
  });

  it('shows limits asked for by their numbers, and refuses to zoom without end', () => {
    const { controller } = map();
    controller.showLimits({ left: 2, right: 4, bottom: 1, top: 3 });
    expect([controller.view.left, controller.view.top]).toEqual([2, 3]);
    for (let step = 0; step < 200; step++) controller.zoom(2, undefined);
    expect(controller.view.right - controller.view.left).toBeGreaterThan(5e-5);
  });

  it.each([
    ['one point', columns([3, 3])],
    ['equal points', columns([3, 3], [3, 3])],
    ['points that are nowhere', columns([Number.NaN, 1])],
    ['no points', columns()],
  ])('is whole and finite for %s', (_, points) => {
    const { controller, told } = map(points);
    for (const side of Object.values(controller.view)) expect(Number.isFinite(side)).toBe(true);
    controller.hover({ x: 66, y: 66 });
    controller.step('left');
    controller.drawFrom({ x: 1, y: 1 });
    controller.drawn('replace');
    expect(told.enclosed).toHaveLength(1);
  });
});

describe('the pointer', () => {
  it('points at the nearest image within reach, and pins it with a click', () => {
    const { controller, told } = map();
    controller.hover({ x: 67, y: 70 });
    expect(told.hovered).toBe(2);
    controller.click({ x: 67, y: 70 });
    expect(told.pinned).toEqual([2]);
    controller.hover({ x: 20, y: 20 });
    expect(told.hovered).toBeUndefined();
  });

  it('passes by hidden images', () => {
    const { controller, told } = map();
    controller.visible = Uint8Array.of(1, 1, 0, 1);
    controller.hover({ x: 66, y: 66 });
    expect(told.hovered).toBe(3);
  });

  it('draws a lasso, and a rectangle from corner to corner', () => {
    const { controller, told } = map();
    controller.tool = 'lasso';
    expect(controller.dragKind()).toBe('draw');
    controller.drawFrom({ x: 16, y: 116 });
    for (const [x, y] of [
      [116, 116],
      [116, 16],
      [116, 15],
    ] as const)
      controller.drawTo({ x, y });
    controller.drawn('replace');
    expect(rounded(told.enclosed[0]!)).toEqual([
      [0, 0],
      [10, 0],
      [10, 10],
    ]);
    controller.tool = 'rectangle';
    controller.drawFrom({ x: 16, y: 116 });
    controller.drawTo({ x: 66, y: 66 });
    controller.drawn('replace');
    expect(rounded(told.enclosed[1]!)).toEqual([
      [0, 0],
      [5, 0],
      [5, 5],
      [0, 5],
    ]);
  });

  it('clears the selection with a click on nothing, unless it moves the map', () => {
    const { controller, told } = map();
    controller.click({ x: 20, y: 20 });
    expect(told.cleared).toBe(0);
    controller.tool = 'lasso';
    controller.click({ x: 20, y: 20 });
    expect(told.cleared).toBe(1);
  });

  it('extends a path click by click', () => {
    const { controller, told } = map();
    controller.tool = 'path';
    controller.click({ x: 16, y: 116 });
    controller.click({ x: 116, y: 16 });
    expect(rounded(told.path)).toEqual([
      [0, 0],
      [10, 10],
    ]);
  });
});

describe('the keyboard', () => {
  it('goes from the middle to the next image and on in a direction; Enter pins', () => {
    const { controller, told } = map();
    controller.step('right');
    expect(told.hovered).toBe(2);
    controller.step('right');
    expect(told.hovered).toBe(3);
    controller.enter();
    expect(told.pinned).toEqual([3]);
    expect(controller.showsCrosshair).toBe(true);
  });

  it('moves a crosshair freely and draws corners with it', () => {
    const { controller, told } = map();
    controller.tool = 'lasso';
    controller.moveCrosshair(-50, 50);
    controller.enter();
    controller.moveCrosshair(100, 0);
    controller.enter();
    controller.moveCrosshair(0, -100);
    controller.enter();
    controller.finish('replace');
    expect(rounded(told.enclosed[0]!)).toEqual([
      [0, 0],
      [10, 0],
      [10, 10],
    ]);
    expect(controller.outline).toEqual([]);
  });

  it('drops with Escape what is drawn, then what is pointed at, then the selection', () => {
    const { controller, told } = map();
    controller.tool = 'lasso';
    controller.moveCrosshair(0, 0);
    controller.enter();
    controller.escape();
    expect(controller.outline).toEqual([]);
    expect(told.hovered).toBe(2);
    controller.escape();
    expect(told.hovered).toBeUndefined();
    controller.escape();
    expect(told.cleared).toBe(1);
  });

  it('gives the pointer the crosshair back', () => {
    const { controller } = map();
    controller.moveCrosshair(8, 0);
    controller.hover({ x: 66, y: 66 });
    expect(controller.showsCrosshair).toBe(false);
  });
});
