import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StagedPictures } from '../../../electron/engine-process/models/picture-sources.ts';
import { StagedFiles } from '../../../electron/engine-process/staged-files.ts';
import { npy } from '../../dataset/import/kinds/made-files.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';

it('pictures behind a file that was cut off since it was opened keep their places', async () => {
  using folder = new TemporaryFolder();
  const [array, table] = [join(folder.path, 'a.npy'), join(folder.path, 'b.csv')];
  writeFileSync(array, npy('|u1', [3, 6, 6], new Uint8Array(108).fill(7)));
  writeFileSync(table, [1, 2].map((value) => `${Array.from({ length: 36 }, () => value).join(',')}\n`).join(''));
  const files = new StagedFiles();
  files.set('dropped', [array, table]);
  const pictures = new StagedPictures(files);
  const read = (first: number, count: number) =>
    pictures.use('dropped', first, count, async ({ items, problems, total }) => {
      const names = items.map(({ place, item }) => `${place} ${item.name}`);
      return { names, lost: problems.length, total };
    });
  try {
    const names = ['0 a.npy[0]', '1 a.npy[1]', '2 a.npy[2]', '3 b.csv:1', '4 b.csv:2'];
    expect(await read(0, 5)).toEqual({ names, lost: 0, total: 5 });
    truncateSync(array, 100);
    expect(await read(0, 5)).toEqual({ names: names.slice(3), lost: 3, total: 5 });
    expect(await read(4, 1)).toEqual({ names: names.slice(4), lost: 0, total: 5 });
  } finally {
    await pictures.close();
  }
});
