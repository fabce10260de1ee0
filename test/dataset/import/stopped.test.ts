import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { planImport } from '../../../electron/dataset/import/plan-import.ts';
import { ZipArchive } from '../../../electron/files/zip-archive.ts';
import { stagedFiles } from '../../../electron/host/staged-list.ts';
import { TemporaryFolder } from '../idx-bytes.ts';
import { greyPng } from './fixtures.ts';

let place: TemporaryFolder;
beforeEach(() => (place = new TemporaryFolder()));
afterEach(() => {
  vi.restoreAllMocks();
  place[Symbol.dispose]();
});

/** Empty where the file was closed meanwhile. */
function readlinkIfThere(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

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

it.runIf(process.platform === 'linux')('an import stopped at any moment leaves no packed archive open', async () => {
  const inside = join(place.path, 'inside');
  mkdirSync(inside);
  writeFileSync(join(inside, 'a.png'), await greyPng(1));
  const archives = ['one.tar.gz', 'two.tar.gz'].map((name) => join(place.path, name));
  for (const archive of archives) expect(spawnSync('tar', ['czf', archive, '-C', inside, '.']).status).toBe(0);
  const openHere = (): string[] =>
    readdirSync('/proc/self/fd')
      .map((file) => readlinkIfThere(`/proc/self/fd/${file}`))
      .filter((path) => path.startsWith(place.path));
  for (let turns = 0; turns < 40; turns++) {
    const stopping = new AbortController();
    const count = (left: number): unknown => (left === 0 ? stopping.abort() : setImmediate(count, left - 1));
    count(turns);
    await planImport(archives, 'Packed', { signal: stopping.signal }).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'stopped' });
    });
  }
  await vi.waitFor(() => expect(openHere()).toEqual([]));
});

it.runIf(process.platform !== 'win32')('a pipe that is given as a picture is left out, not waited for', async () => {
  const pipe = join(place.path, 'pipe.png');
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  const pictures = await Promise.all(
    [1, 2].map(async (value) => {
      const path = join(place.path, `${value}.png`);
      writeFileSync(path, await greyPng(value));
      return path;
    }),
  );
  const { count, skipped } = await planImport([...pictures, pipe], 'Pictures');
  expect([count, skipped]).toEqual([2, [{ name: 'pipe.png', reason: 'expected a file, found a device or pipe.' }]]);
  await expect(planImport([pipe], 'Pictures')).rejects.toMatchObject({ code: 'bad-file' });
  await expect(stagedFiles([pipe])).rejects.toMatchObject({
    code: 'bad-file',
    message: `${pipe}: expected a file, found a device or pipe.`,
  });
});
