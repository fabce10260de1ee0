import { beforeEach, describe, expect, it } from 'vitest';
import { PaintTurns } from '../../../renderer/charts/paint-turns.ts';

let frames: (() => void)[] = [];
let painted: string[] = [];
const turns = () => new PaintTurns((callback) => frames.push(callback));

/** The next frame of the window. */
function frame(): void {
  for (const callback of frames.splice(0)) callback();
}

beforeEach(() => {
  frames = [];
  painted = [];
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
});
