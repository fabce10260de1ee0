import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ImageSets } from '../../../electron/engine-process/image-sets.ts';
import {
  openChecked,
  wholePictures,
  type CheckedPictures,
} from '../../../electron/engine-process/inspection/checked-pictures.ts';
import { StagedPictures } from '../../../electron/engine-process/models/picture-sources.ts';
import type { Manner } from '../../../electron/engine-process/models/prepare-picture.ts';
import { StagedFiles } from '../../../electron/engine-process/staged-files.ts';
import { ImageSetStore } from '../../../electron/files/image-set-store.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { png } from '../models/samples.ts';

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

it('a picture whose ground is another than that of the normal ones is not inverted for it: it is odd', async () => {
  using data = new TemporaryFolder();
  // Light on a dark ground, where the set's images are dark on a light one: as when the lamp has failed.
  const value = (x: number, y: number): number => (x > 1 && x < 6 && y > 1 && y < 6 ? 200 : 20);
  writeFileSync(join(data.path, 'night.png'), await png(8, 8, value));
  const files = new StagedFiles();
  files.set('files', [data.path]);
  const staged = new StagedPictures(files);
  const preparation = {
    width: 8,
    height: 8,
    channels: 1,
    fit: 'contain',
    background: '#ffffff',
    invert: false,
    centre: false,
  } as const;
  const sources = { imageSets: new ImageSets(data.path), store: new ImageSetStore(data.path), staged };
  const seen = async (manner: Partial<Manner>): Promise<number> => {
    const all = { preparation, ground: 'light', liftsInk: false, ...manner } as const;
    const pictures = await openChecked({ kind: 'staged', staged: 'files' }, all, sources);
    const { pixels } = (await pictures.read(0, 1)).pictures[0]!;
    expect((await pictures.original(0)).pixels()).toEqual(pixels);
    return pixels[0]!;
  };
  expect(await seen({})).toBe(20);
  // A set that was inverted as a whole is learned from inverted, and so is what is checked.
  expect(await seen({ ground: 'dark', preparation: { ...preparation, invert: true } })).toBe(235);
  await staged.close();
});
