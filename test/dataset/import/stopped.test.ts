import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { planImport } from '../../../electron/dataset/import/import-images.ts';
import { ZipArchive } from '../../../electron/files/zip-archive.ts';
import { TemporaryFolder } from '../idx-bytes.ts';
import { greyPng } from './fixtures.ts';

let place: TemporaryFolder;
beforeEach(() => (place = new TemporaryFolder()));
afterEach(() => {
  vi.restoreAllMocks();
  place[Symbol.dispose]();
});

it('an import cancelled while its second archive is listed leaves no archive open', async () => {
  const archives = await Promise.all(
    ['one.zip', 'two.zip', 'three.zip'].map(async (name, value) => {
      const path = join(place.path, name);
      writeFileSync(path, zipSync({ 'a.png': await greyPng(value) }));
      return path;
    }),
  );
  const stopping = new AbortController();
  const opened: ZipArchive[] = [];
  const closed = vi.spyOn(ZipArchive.prototype, 'close');
  const open = ZipArchive.open.bind(ZipArchive);
  vi.spyOn(ZipArchive, 'open').mockImplementation(async (...given) => {
    const archive = await open(...given);
    opened.push(archive);
    stopping.abort();
    return archive;
  });
  await expect(planImport(archives, 'Three', { signal: stopping.signal })).rejects.toMatchObject({ code: 'stopped' });
  expect(opened).toHaveLength(1);
  expect(closed.mock.contexts).toEqual(opened);
});

it.runIf(process.platform === 'linux')(
  'a folder whose name is not UTF-8 is said to be that, not to be gone',
  async () => {
    const folder = join(place.path, 'pets');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.png'), await greyPng(1));
    writeFileSync(join(folder, 'b.png'), await greyPng(2));
    // "Müller" in Latin-1.
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/M`), Buffer.from([0xfc]), Buffer.from('ller')]));
    const { skipped } = await planImport([folder], 'Pets');
    const reason = 'expected something readable, but its name is not UTF-8: rename it.';
    expect(skipped).toEqual([{ name: 'M\uFFFDller', reason }]);
    const given = join(folder, 'M\uFFFDller');
    await expect(planImport([given], 'Pets')).rejects.toMatchObject({
      message: `${given}: expected a file or folder, but its name is not UTF-8: rename it.`,
    });
  },
);
