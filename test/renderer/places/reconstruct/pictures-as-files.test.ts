import { expect, test } from 'vitest';
import sharp from 'sharp';
import type { WallEntry } from '../../../../renderer/pictures/picture-entries.ts';
import { picturesAsFiles } from '../../../../renderer/places/reconstruct/pictures-as-files.ts';
import { entryOf, grey } from './reconstruct-samples.ts';

const entry = (name: string, ...pixels: readonly number[]) => entryOf(name, 1, { originals: [grey(2, 1, ...pixels)] });

test('pictures become PNG files as they came, under names of their own; what could not be read is no file', async () => {
  const wall: readonly WallEntry[] = [
    entry('scans/cats/a.jpg', 10, 20),
    { kind: 'problem', id: 'b', name: 'b.txt', message: 'expected an image' },
    entry('scans/cats/a.png', 30, 40),
    entry('page 1.0 of 2', 50, 60),
  ];
  const files = await picturesAsFiles(wall);
  expect(files.map(({ path }) => path)).toEqual(['scans/cats/a.png', 'scans/cats/a (2).png', 'page 1.0 of 2.png']);
  expect(files.map(({ file }) => file.name)).toEqual(['a.png', 'a (2).png', 'page 1.0 of 2.png']);
  const pixels = await Promise.all(
    files.map(async ({ file }) => [
      ...(await sharp(await file.arrayBuffer())
        .toColourspace('b-w')
        .raw()
        .toBuffer()),
    ]),
  );
  const expected = [
    [10, 20],
    [30, 40],
    [50, 60],
  ];
  expect(pixels).toEqual(expected);
});
