import { beforeEach, describe, expect, it } from 'vitest';
import { PaintTurns } from '../../../renderer/charts/paint-turns.ts';

let frames: (() => void)[] = [];
let painted: string[] = [];
/** Of each frame that was asked for: in how many milliseconds. */
let waits: number[] = [];
let now = 0;
const turns = () =>
  new PaintTurns(
    (callback, inMs) => {
      waits.push(inMs);
      frames.push(callback);
    },
    () => now,
  );

/** The next frame of the window. */
function frame(): void {
  for (const callback of frames.splice(0)) callback();
}

beforeEach(() => {
  frames = [];
  painted = [];
  waits = [];
  now = 1_000;
});

describe('painting in turn', () => {
  it('paints one picture a frame, in the order asked', () => {
    const [curve, map] = [{}, {}];
    const queue = turns();
    queue.ask(curve, () => painted.push('curve'));
    queue.ask(map, () => painted.push('map'));
    frame();
    expect(painted).toEqual(['curve']);
    frame();
    expect(painted).toEqual(['curve', 'map']);
    expect(frames).toEqual([]);
  });

  it('paints only the newest of one picture, and none that was cancelled', () => {
    const [curve, map] = [{}, {}];
    const queue = turns();
    const cancelOld = queue.ask(curve, () => painted.push('old'));
    queue.ask(curve, () => painted.push('new'));
    cancelOld();
    queue.ask(map, () => painted.push('map'))();
    frame();
    frame();
    expect(painted).toEqual(['new']);
  });

  it('goes on after a painting that fails', () => {
    const queue = turns();
    queue.ask({}, () => {
      throw new Error('no context');
    });
    queue.ask({}, () => painted.push('next'));
    expect(frame).toThrow('no context');
    frame();
    expect(painted).toEqual(['next']);
  });

  it('paints what changes fast at once, and then no oftener than is asked for, as it is by then', () => {
    const curve = {};
    const queue = turns();
    queue.ask(curve, () => painted.push('first'), 100);
    frame();
    expect(painted).toEqual(['first']);
    now += 30;
    queue.ask(curve, () => painted.push('second'), 100);
    now += 30;
    queue.ask(curve, () => painted.push('third'), 100);
    expect(waits).toEqual([0, 70]);
    // A frame that comes too early paints nothing, and asks for the rest.
    frame();
    expect(painted).toEqual(['first']);
    expect(waits).toEqual([0, 70, 40]);
    now += 40;
    frame();
    expect(painted).toEqual(['first', 'third']);
    expect(frames).toEqual([]);
  });

  it('paints what changes fast less often where it takes long: a twentieth of the time, but never seldom', () => {
    const curve = {};
    const queue = turns();
    const ask = (ms: number) => queue.ask(curve, () => (now += ms), 100);
    ask(90);
    frame();
    ask(15);
    // From its beginning.
    expect(waits.pop()).toBe(310);
    now += 310;
    frame();
    ask(2);
    expect(waits.pop()).toBe(285);
    now += 285;
    frame();
    ask(2);
    expect(waits.pop()).toBe(98);
  });

  it('paints a picture that is asked for without a time apart in the next frame, however long it took', () => {
    const map = {};
    const queue = turns();
    queue.ask(map, () => (now += 50));
    frame();
    queue.ask(map, () => undefined);
    expect(waits).toEqual([0, 0]);
  });

  it('keeps nobody else waiting for a picture whose time has not come', () => {
    const [curve, map] = [{}, {}];
    const queue = turns();
    queue.ask(curve, () => painted.push('curve'), 100);
    frame();
    queue.ask(curve, () => painted.push('curve again'), 100);
    queue.ask(map, () => painted.push('map'));
    expect(waits).toEqual([0, 100, 0]);
    frames.pop()!();
    expect(painted).toEqual(['curve', 'map']);
    now += 100;
    frame();
    expect(painted).toEqual(['curve', 'map', 'curve again']);
  });
});
