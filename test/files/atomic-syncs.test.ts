import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  appendLine,
  fillNewFolder,
  linkOrCopy,
  makeFolder,
  renameSynced,
  writeFolder,
  writeFully,
  writeWhole,
  writeWholeBy,
} from '../../electron/files/atomic.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { fileHandles, refuseFolderSyncs, watchSyncs } from './synced.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a power cut', () => {
  test('after a file was written takes neither the file nor its name', async () => {
    using folder = new TemporaryFolder();
    const isSynced = await watchSyncs();
    const path = join(folder.path, 'file');
    await writeWhole(path, 'content');
    expect([path, folder.path].map(isSynced)).toEqual([true, true]);
  });

  test('after a file was filled piece by piece, or copied, takes nothing of it', async () => {
    using folder = new TemporaryFolder();
    const copy = folder.write('copy', 'of a name that is taken');
    const isSynced = await watchSyncs();
    const path = join(folder.path, 'file');
    await writeWholeBy(path, (file) => writeFully(file, Buffer.from('content')));
    expect([path, folder.path].map(isSynced)).toEqual([true, true]);
    await linkOrCopy(path, copy);
    expect([readFileSync(copy, 'utf8'), isSynced(copy)]).toEqual(['content', true]);
  });

  test('after a line was added does not take it', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'lines');
    const prototype = await fileHandles();
    const datasync = prototype.datasync;
    const synced: string[] = [];
    vi.spyOn(prototype, 'datasync').mockImplementation(async function (this: typeof prototype) {
      synced.push(readFileSync(path, 'utf8'));
      await datasync.call(this);
    });
    await appendLine(path, 'one');
    expect(synced).toEqual(['one\n']);
  });

  test('takes only the name of a file whose old content may come back: its folder is not waited for', async () => {
    using folder = new TemporaryFolder();
    const isSynced = await watchSyncs();
    const path = join(folder.path, 'file');
    await writeWhole(path, 'content', false);
    expect([path, folder.path].map(isSynced)).toEqual([true, false]);
  });

  test('after folders were made takes none of their names', async () => {
    using folder = new TemporaryFolder();
    const isSynced = await watchSyncs();
    await makeFolder(join(folder.path, 'cache', 'maps', 'new'));
    const named = [folder.path, join(folder.path, 'cache'), join(folder.path, 'cache', 'maps')];
    expect(named.map(isSynced)).toEqual([true, true, true]);
  });

  test('after a folder was filled, or one was named, takes nothing of it', async () => {
    using folder = new TemporaryFolder();
    const isSynced = await watchSyncs();
    const model = join(folder.path, 'models', 'best');
    await writeFolder(model, (temporary) => writeWhole(join(temporary, 'inside', 'file'), 'content'));
    expect(
      [model, join(model, 'inside'), join(model, 'inside', 'file'), join(folder.path, 'models')].map(isSynced),
    ).toEqual([true, true, true, true]);
    const runs = join(folder.path, 'runs');
    await fillNewFolder(runs, async (temporary) => {
      await writeWhole(join(temporary, 'file'), 'content');
      return 'one';
    });
    expect([runs, join(runs, 'one'), join(runs, 'one', 'file')].map(isSynced)).toEqual([true, true, true]);
  });

  test('after a file went to another folder brings it back to neither; within one, that folder is enough', async () => {
    using folder = new TemporaryFolder();
    const [from, to] = [join(folder.path, 'from'), join(folder.path, 'to')];
    for (const each of [from, to]) mkdirSync(each);
    await writeWhole(join(from, 'file'), 'content');
    vi.restoreAllMocks();
    const isSynced = await watchSyncs();
    await renameSynced(join(from, 'file'), join(to, 'file'));
    expect([from, to].map(isSynced)).toEqual([true, true]);
    vi.restoreAllMocks();
    const syncs = vi.spyOn(await fileHandles(), 'sync');
    await renameSynced(join(to, 'file'), join(to, 'other'));
    expect(syncs).toHaveBeenCalledTimes(1);
  });

  test.each(['EINVAL', 'ENOTSUP', 'ENOSYS'])(
    'where folders cannot be synced (%s) is not guarded against',
    async (code) => {
      using folder = new TemporaryFolder();
      await refuseFolderSyncs(code);
      await writeWhole(join(folder.path, 'file'), 'content');
      expect(readFileSync(join(folder.path, 'file'), 'utf8')).toBe('content');
    },
  );

  test('that a failing disk gives no guard against is told', async () => {
    using folder = new TemporaryFolder();
    await refuseFolderSyncs('EIO');
    const path = join(folder.path, 'file');
    const message = `${path}: cannot be written (EIO: fsync).`;
    await expect(writeWhole(path, 'content')).rejects.toMatchObject({ code: 'refused', message });
    const writing = writeWholeBy(path, (file) => writeFully(file, Buffer.from('content')));
    await expect(writing).rejects.toMatchObject({ code: 'refused', message });
  });
});

test('a folder that is being filled is synced once, however many files are written into it', async () => {
  using folder = new TemporaryFolder();
  const prototype = await fileHandles();
  const sync = prototype.sync;
  const synced: number[] = [];
  vi.spyOn(prototype, 'sync').mockImplementation(async function (this: typeof prototype) {
    synced.push((await this.stat()).ino);
    await sync.call(this);
  });
  const path = join(folder.path, 'model');
  await writeFolder(path, async (temporary) => {
    for (const name of ['a', 'b', 'c']) await writeWhole(join(temporary, name), name);
  });
  expect(synced.filter((ino) => ino === statSync(path).ino)).toHaveLength(1);
});

test('a folder that is taken away while it is filled is told by its name', async () => {
  using folder = new TemporaryFolder();
  const path = join(folder.path, 'model');
  const writing = writeFolder(path, (temporary) => {
    rmSync(temporary, { recursive: true });
    return Promise.resolve();
  });
  await expect(writing).rejects.toMatchObject({
    code: 'refused',
    message: `${path}: cannot be written (ENOENT: no such file or directory).`,
  });
  expect(readdirSync(folder.path)).toEqual([]);
});
