import { expect, it } from 'vitest';
import type { CheckedPictures } from '../../../electron/engine-process/inspection/checked-pictures.ts';
import { smallPictures } from '../../../electron/engine-process/inspection/small-pictures.ts';

const pictures: CheckedPictures = {
  count: 3,
  read: () => Promise.reject(new Error('not asked')),
  readWhole: () => Promise.reject(new Error('not asked')),
  mask: () => Promise.resolve(undefined),
  original: async (at) => {
    if (at === 2) throw new Error('gone');
    const [width, height] = at === 0 ? [200, 100] : [4, 8];
    const pixels = new Uint8Array(width * height).fill(at === 0 ? 40 : 90);
    return { picture: { width, height, channels: 1, pixels }, size: { width, height }, pixels: () => pixels };
  },
};

it('pictures for the wall are small and of their own proportions, never enlarged; what is gone is empty', async () => {
  const [gone, large, tiny] = await smallPictures(pictures, [2, 0, 1]);
  expect([gone!.count, large!.width, large!.height, tiny!.width, tiny!.height]).toEqual([0, 96, 48, 4, 8]);
  expect([large!.channels, large!.pixels.length]).toEqual([3, 96 * 48 * 3]);
  expect(new Set([...large!.pixels, ...tiny!.pixels])).toEqual(new Set([40, 90]));
});
