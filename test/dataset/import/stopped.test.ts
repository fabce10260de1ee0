import { writeFileSync } from 'node:fs';
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
