import { expect, it } from 'vitest';
import { wholePictures, type CheckedPictures } from '../../../electron/engine-process/inspection/checked-pictures.ts';

const notAsked = () => Promise.reject(new Error('not asked'));

it('large pictures are read in their order, the next one while one is looked at, and no more', async () => {
  const asked: number[] = [];
  const pictures: CheckedPictures = {
    count: 4,
    read: notAsked,
    original: notAsked,
    mask: notAsked,
    readWhole: async (at) => {
      asked.push(at);
      if (at === 1) return { pictures: [], problems: [{ name: 'torn', message: 'cut off' }] };
      const picture = { width: 1, height: 1, channels: 1, pixels: Uint8Array.of(at) } as const;
      const known = { at, name: `${at}.png`, group: '', masked: false, size: { width: 1, height: 1 } };
      return { pictures: [{ ...known, picture }], problems: [] };
    },
  };
  const seen: [name: string, asked: number][] = [];
  for await (const read of wholePictures(pictures)) {
    const [one] = [...read.pictures, ...read.problems];
    seen.push([one!.name, asked.length]);
  }
  expect(seen).toEqual([
    ['0.png', 2],
    ['torn', 3],
    ['2.png', 4],
    ['3.png', 4],
  ]);
  expect(asked).toEqual([0, 1, 2, 3]);
});
