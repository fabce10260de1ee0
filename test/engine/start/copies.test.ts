import { expect, test } from 'vitest';
import { copiesOf, withCopies } from '../../../electron/engine/start/copies.ts';

const image = { count: 1, height: 2, width: 3, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;

test('a copy moved down and to the right repeats its edges', () => {
  const { count, pixels } = withCopies(image, { shiftPixels: 1, flip: false }, 1, () => 0.99);
  expect(count).toBe(2);
  expect([...pixels]).toEqual([1, 2, 3, 4, 5, 6, 1, 1, 2, 1, 1, 2]);
});

test('a mirrored copy that is not moved', () => {
  const { pixels } = withCopies(image, { shiftPixels: 0, flip: true }, 1, () => 0);
  expect([...pixels.subarray(6)]).toEqual([3, 2, 1, 6, 5, 4]);
});

test('colours stay together', () => {
  const rgb = { count: 1, height: 1, width: 2, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;
  const { pixels } = withCopies(rgb, { shiftPixels: 0, flip: true }, 1, () => 0);
  expect([...pixels.subarray(6)]).toEqual([4, 5, 6, 1, 2, 3]);
});

test('no copies without a change, eight of few images, none of very many', () => {
  const shifts = { shiftPixels: 1, flip: false };
  expect(copiesOf(image, { shiftPixels: 0, flip: false })).toBe(0);
  expect(copiesOf(image, shifts)).toBe(8);
  expect(copiesOf({ ...image, count: 5e6 }, shifts)).toBe(0);
});
