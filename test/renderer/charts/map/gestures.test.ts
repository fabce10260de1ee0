import { describe, expect, it } from 'vitest';
import { followGestures, type DragKind, type GestureTarget } from '../../../../renderer/charts/map/gestures.ts';
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

/** A canvas at (10, 20) of the page, and what was made of what is done on it; a drag does as is said. */
function canvas(kind: DragKind = 'pan') {
  const told: unknown[][] = [];
  const target = new Proxy({} as GestureTarget, {
    get: (_, name) => (name === 'dragKind' ? () => kind : (...given: unknown[]) => void told.push([name, ...given])),
  });
  const element = document.createElement('div');
  const captured: number[] = [];
  element.setPointerCapture = (id) => void captured.push(id);
  element.getBoundingClientRect = () => new DOMRect(10, 20, 200, 200);
  const stop = followGestures(element, target);
  /** At a place of the canvas; answers what it was taken for. */
  const point = (type: string, x: number, y: number, init: PointerEventInit = {}) => {
    told.length = 0;
    const given = { pointerId: 1, button: 0, clientX: x + 10, clientY: y + 20, ...init };
    element.dispatchEvent(new PointerEvent(`pointer${type}`, given));
    return [...told];
  };
  const roll = (init: WheelEventInit) => {
    told.length = 0;
    const event = new WheelEvent('wheel', { cancelable: true, ...init });
    // What a browser's wheel event has of a mouse event, happy-dom's has not.
    const { ctrlKey = false } = init;
    Object.assign(event, { clientX: 40, clientY: 60, ctrlKey });
    element.dispatchEvent(event);
    return { told: [...told], isPrevented: event.defaultPrevented };
  };
  const press = (key: string, init: KeyboardEventInit = {}) => {
    told.length = 0;
    const event = new KeyboardEvent('keydown', { key, cancelable: true, ...init });
    element.dispatchEvent(event);
    return { told: [...told], isPrevented: event.defaultPrevented };
  };
  return { point, roll, press, stop, captured };
}

describe('a pointer', () => {
  it('that is not pressed points, until it leaves', () => {
    const { point } = canvas();
    expect(point('move', 30, 40)).toEqual([['hover', { x: 30, y: 40 }]]);
    expect(point('leave', 300, 40)).toEqual([['hover', undefined]]);
    point('down', 30, 40);
    expect(point('leave', 300, 40)).toEqual([]);
  });

  it('pressed and let go within four pixels clicks where it was pressed', () => {
    const { point } = canvas();
    expect(point('down', 30, 40)).toEqual([]);
    expect(point('move', 32, 43)).toEqual([]);
    expect(point('up', 32, 43)).toEqual([['click', { x: 30, y: 40 }]]);
    expect(point('move', 33, 43)).toEqual([['hover', { x: 33, y: 43 }]]);
  });

  it('is followed beyond the canvas once it is pressed', () => {
    const { point, captured } = canvas();
    point('move', 30, 40);
    expect(captured).toEqual([]);
    point('down', 30, 40, { pointerId: 7 });
    expect(captured).toEqual([7]);
  });

  it('dragged moves the map by as much as it has gone, and clicks nothing', () => {
    const { point } = canvas();
    point('down', 30, 40);
    expect(point('move', 34, 40)).toEqual([['pan', 4, 0]]);
    expect(point('move', 33, 42)).toEqual([['pan', -1, 2]]);
    expect(point('up', 33, 42)).toEqual([]);
    expect(point('up', 33, 42)).toEqual([]);
  });

  it('dragged with a tool in hand draws from where it was pressed', () => {
    const { point } = canvas('draw');
    point('down', 30, 40);
    expect(point('move', 40, 40)).toEqual([
      ['drawFrom', { x: 30, y: 40 }],
      ['drawTo', { x: 40, y: 40 }],
    ]);
    expect(point('move', 41, 50)).toEqual([['drawTo', { x: 41, y: 50 }]]);
    expect(point('up', 41, 50)).toEqual([['drawn', 'replace']]);
  });

  it.each([
    ['add', { shiftKey: true }],
    ['remove', { altKey: true }],
    ['add', { shiftKey: true, altKey: true }],
  ] as const)('ends what it draws as the keys held say: %s', (joining, keys) => {
    const { point } = canvas('draw');
    point('down', 30, 40);
    point('move', 40, 40);
    expect(point('up', 40, 40, keys)).toEqual([['drawn', joining]]);
  });

  it('moves the map with the middle button, whatever the tool, and does nothing with the right one', () => {
    const { point } = canvas('draw');
    point('down', 30, 40, { button: 1 });
    expect(point('move', 40, 40)).toEqual([['pan', 10, 0]]);
    point('up', 40, 40);
    point('down', 30, 40, { button: 2 });
    expect(point('move', 40, 40)).toEqual([['hover', { x: 40, y: 40 }]]);
    expect(point('up', 40, 40)).toEqual([]);
  });

  it('that the system takes away clicks nothing and drops what it was drawing', () => {
    const { point } = canvas('draw');
    point('down', 30, 40);
    point('move', 40, 40);
    expect(point('cancel', 40, 40)).toEqual([['dropDrawing']]);
    expect(point('move', 50, 40)).toEqual([['hover', { x: 50, y: 40 }]]);
    const other = canvas('pan');
    other.point('down', 30, 40);
    expect(other.point('cancel', 30, 40)).toEqual([]);
    expect(other.point('up', 30, 40)).toEqual([]);
  });
});

describe('two fingers', () => {
  const second = { pointerId: 2 };

  it('zoom by how far they go apart around their middle, which they move', () => {
    const { point } = canvas();
    point('down', 30, 40);
    expect(point('down', 60, 80, second)).toEqual([]);
    // From 50 pixels apart to 100.
    expect(point('move', 90, 120, second)).toEqual([
      ['pan', 15, 20],
      ['zoom', 2, { x: 60, y: 80 }],
    ]);
    expect(point('move', 60, 80)).toEqual([
      ['pan', 15, 20],
      ['zoom', 0.5, { x: 75, y: 100 }],
    ]);
  });

  it('on one place move the map and do not zoom', () => {
    const { point } = canvas();
    point('down', 30, 40);
    point('down', 30, 41, second);
    expect(point('move', 50, 41, second)).toEqual([['pan', 10, 0]]);
    expect(point('move', 30, 41, second)).toEqual([['pan', -10, 0]]);
  });

  it('of which one is lifted go on moving the map with the other, whatever the tool; no click comes of it', () => {
    const { point } = canvas('draw');
    point('down', 30, 40);
    point('down', 60, 40, second);
    expect(point('up', 60, 40, second)).toEqual([]);
    expect(point('move', 31, 42)).toEqual([['pan', 1, 2]]);
    expect(point('up', 31, 42)).toEqual([]);
    point('down', 30, 40);
    point('down', 60, 40, second);
    expect(point('cancel', 60, 40, second)).toEqual([]);
    expect(point('move', 31, 42)).toEqual([['pan', 1, 2]]);
  });
});

describe('the wheel', () => {
  it('zooms around the pointer, towards what lies under it when it is rolled away, and does not scroll', () => {
    const { roll } = canvas();
    const at = { x: 30, y: 40 };
    expect(roll({ deltaY: -100 })).toEqual({ told: [['zoom', Math.exp(0.15), at]], isPrevented: true });
    expect(roll({ deltaY: 100 }).told).toEqual([['zoom', Math.exp(-0.15), at]]);
  });

  it('counts a line as sixteen pixels, and a pinch on a trackpad for more', () => {
    const { roll } = canvas();
    const factor = (init: WheelEventInit) => roll(init).told[0]![1];
    expect(factor({ deltaY: -3, deltaMode: 1 })).toBeCloseTo(Math.exp(0.072), 12);
    expect(factor({ deltaY: -3, ctrlKey: true })).toBeCloseTo(Math.exp(0.03), 12);
  });
});

describe('a key', () => {
  it.each([
    ['ArrowLeft', 'left', -1, 0],
    ['ArrowRight', 'right', 1, 0],
    ['ArrowUp', 'up', 0, -1],
    ['ArrowDown', 'down', 0, 1],
  ] as const)(
    '%s goes to the next point there, with Shift moves the view, with Control or Alt the crosshair',
    (...of) => {
      const [key, direction, dx, dy] = of;
      const { press } = canvas();
      expect(press(key)).toEqual({ told: [['step', direction]], isPrevented: true });
      // What is seen goes the other way.
      expect(press(key, { shiftKey: true }).told).toEqual([['pan', -dx * 60, -dy * 60]]);
      expect(press(key, { ctrlKey: true }).told).toEqual([['moveCrosshair', dx * 8, dy * 8]]);
      expect(press(key, { altKey: true }).told).toEqual([['moveCrosshair', dx * 8, dy * 8]]);
    },
  );

  it.each([
    ['+', ['zoom', 1.3, undefined]],
    ['=', ['zoom', 1.3, undefined]],
    ['-', ['zoom', 1 / 1.3, undefined]],
    ['0', ['fit']],
    ['Home', ['fit']],
    ['a', ['showEverything']],
    ['Enter', ['enter']],
    [' ', ['finish', 'replace']],
    ['Escape', ['escape']],
  ])('%j does one thing, and nothing together with Control or Command, which are the app’s', (key, wanted) => {
    const { press } = canvas();
    expect(press(key)).toEqual({ told: [wanted], isPrevented: true });
    expect(press(key, { ctrlKey: true })).toEqual({ told: [], isPrevented: false });
    expect(press(key, { metaKey: true })).toEqual({ told: [], isPrevented: false });
  });

  it('Space ends what is drawn as the keys held say', () => {
    const { press } = canvas();
    expect(press(' ', { shiftKey: true }).told).toEqual([['finish', 'add']]);
    expect(press(' ', { altKey: true }).told).toEqual([['finish', 'remove']]);
  });

  it('that means nothing here is left to others', () => {
    expect(canvas().press('x')).toEqual({ told: [], isPrevented: false });
  });
});

it('nothing is followed any more once it is stopped', () => {
  for (const type of ['down', 'move', 'up', 'cancel', 'leave']) {
    const { point, stop, captured } = canvas('draw');
    const isPressed = type !== 'leave' && type !== 'down';
    if (isPressed) point('down', 30, 40);
    if (type === 'cancel') point('move', 50, 40);
    stop();
    expect(point(type, 90, 40), type).toEqual([]);
    expect(captured).toHaveLength(isPressed ? 1 : 0);
  }
  const { roll, press, stop } = canvas();
  stop();
  expect([...roll({ deltaY: 9 }).told, ...press('0').told]).toEqual([]);
});
