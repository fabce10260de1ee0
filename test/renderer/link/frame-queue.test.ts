import { expect, it } from 'vitest';
import { FrameQueue } from '../../../renderer/link/frame-queue.ts';

it('hands on what came between two frames at once, in order', () => {
  const flushed: (readonly number[])[] = [];
  const frames: (() => void)[] = [];
  const queue = new FrameQueue<number>(
    (items) => flushed.push(items),
    (callback) => frames.push(callback),
  );
  queue.push(1);
  queue.push(2);
  expect(flushed).toEqual([]);
  expect(frames).toHaveLength(1);
  frames[0]?.();
  queue.push(3);
  expect(frames).toHaveLength(2);
  frames[1]?.();
  expect(flushed).toEqual([[1, 2], [3]]);
});

it('does not grow without end in a hidden window, which gets no frames', () => {
  let count = 0;
  const queue = new FrameQueue<number>(
    (items) => (count += items.length),
    () => undefined,
  );
  for (let item = 0; item < 300; item++) queue.push(item);
  expect(count).toBe(300);
});
