import { expect, test } from 'vitest';
import { turnImage } from '../../../electron/dataset/change/turn-image.ts';
import type { Turn } from '../../../electron/contract/image-changes.ts';

/** 1 2 3 over 4 5 6. */
const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6);

test.each<[Turn, number[]]>([
  ['left', [3, 6, 2, 5, 1, 4]],
  ['right', [4, 1, 5, 2, 6, 3]],
  ['half', [6, 5, 4, 3, 2, 1]],
  ['mirror', [3, 2, 1, 6, 5, 4]],
  ['transpose', [1, 4, 2, 5, 3, 6]],
])('turned %s', (turn, expected) => {
  expect([...turnImage(pixels, { height: 2, width: 3, channels: 1 }, turn)]).toEqual(expected);
});

test('colours stay together', () => {
  const rgb = Uint8Array.of(1, 2, 3, 4, 5, 6);
  expect([...turnImage(rgb, { height: 1, width: 2, channels: 3 }, 'left')]).toEqual([4, 5, 6, 1, 2, 3]);
});
