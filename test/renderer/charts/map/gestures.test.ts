import { describe, expect, it } from 'vitest';
import { followGestures } from '../../../../renderer/charts/map/gestures.ts';
import { MapController } from '../../../../renderer/charts/map/map-controller.ts';

const nothing = () => undefined;

function mapWithLasso() {
  let cleared = 0;
  const listener = { onview: nothing, onhover: nothing, onpin: nothing, onenclose: nothing, onpath: nothing };
  const controller = new MapController({ ...listener, onclear: () => void cleared++ }, nothing);
  controller.setPoints({ x: Float32Array.of(0, 1), y: Float32Array.of(0, 1) }, true);
  controller.setSize({ width: 200, height: 200 });
  controller.tool = 'lasso';
  const element = document.createElement('div');
  element.setPointerCapture = nothing;
  followGestures(element, controller);
  const point = (type: string, pointerId: number, clientX: number, clientY: number) =>
    element.dispatchEvent(new PointerEvent(type, { pointerId, clientX, clientY, button: 0 }));
  return { controller, point, cleared: () => cleared };
}

describe('two fingers with the lasso in hand', () => {
  it('leave the selection be', () => {
    const { point, cleared, controller } = mapWithLasso();
    const before = controller.view;
    point('pointerdown', 1, 50, 190);
    point('pointerdown', 2, 150, 190);
    point('pointermove', 2, 180, 190);
    expect(cleared()).toBe(0);
    expect(controller.view).not.toEqual(before);
  });

  it('drop what the first was drawing', () => {
    const { point, cleared, controller } = mapWithLasso();
    point('pointerdown', 1, 50, 190);
    point('pointermove', 1, 80, 150);
    expect(controller.outline.length).toBeGreaterThan(0);
    point('pointerdown', 2, 150, 190);
    expect([controller.outline.length, cleared()]).toEqual([0, 0]);
  });
});

it('a touch that the system takes away leaves the selection be', () => {
  const { point, cleared } = mapWithLasso();
  point('pointerdown', 1, 50, 190);
  point('pointercancel', 1, 50, 190);
  expect(cleared()).toBe(0);
});
