import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  appendLine,
  fillNewFolder,
  linkOrCopy,
  makeFolder,
  removeFolder,
  renameSynced,
  writeFolder,
  writeJson,
  writePieces,
  writeFully,
  writeWhole,
  writeWholeBy,
} from '../../electron/files/atomic.ts';
import { makeDeepNow } from '../../electron/files/make-deep.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { fillDisk } from '../training/full-disk.ts';
import { fileHandles, refuseFolderSyncs, watchSyncs } from './synced.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a file', () => {
  test('is written with the folders above it, and replaced whole', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'a', 'b', 'file');
    await writeWhole(path, 'long first content');
    await writeWhole(path, Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
    expect([...readFileSync(path)]).toEqual([2, 3]);
    expect(readdirSync(join(folder.path, 'a', 'b'))).toEqual(['file']);
  });

  test('of JSON ends with a newline and is indented', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'x.json');
    await writeJson(path, { a: [1] });
    expect(readFileSync(path, 'utf8')).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });

  test('many writers at once leave one whole content', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'file');
    const contents = Array.from({ length: 8 }, (_, index) => String(index).repeat(10_000));
    await Promise.all(contents.map((content) => writeWhole(path, content)));
    expect(contents).toContain(readFileSync(path, 'utf8'));
    expect(readdirSync(folder.path)).toEqual(['file']);
  });

  test('grows by lines', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'lines');
    await appendLine(path, 'one');
    await appendLine(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  test('keeps a new line apart from one that a crash has torn', async () => {
    using folder = new TemporaryFolder();
    const path = folder.write('lines', 'one\ntw');
    await appendLine(path, 'three');
    expect(readFileSync(path, 'utf8')).toBe('one\ntw\nthree\n');
  });
});

describe('a place that cannot be written', () => {
  test('is named with the system’s reason', async () => {
    using folder = new TemporaryFolder();
    const file = folder.write('file', 'I am no folder');
    const inside = join(file, 'inside');
    const message = `${inside}: cannot be written (ENOTDIR: not a directory).`;
    await expect(makeFolder(inside)).rejects.toMatchObject({ code: 'refused', message });
    await expect(appendLine(inside, 'x')).rejects.toMatchObject({ code: 'refused', message });
    await expect(writeWhole(join(inside, 'x'), 'x')).rejects.toMatchObject({ code: 'refused', message });
    await expect(writeFolder(join(inside, 'x'), async () => undefined)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/: cannot be written \(ENOTDIR: not a directory\)\.$/) as string,
    });
  });

  test.runIf(process.platform === 'linux')(
    'where the system makes none is refused, not tried without end',
    async () => {
      // As a network place that is gone: the folder above is there, and yet none is made in it.
      const message = expect.stringContaining('cannot be written (ENOENT') as string;
      await expect(makeFolder('/proc/none/inside')).rejects.toMatchObject({ code: 'refused', message });
      expect(() => makeDeepNow('/proc/none/inside')).toThrow('ENOENT');
    },
  );

  test('because a folder stands in its place', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'taken');
    mkdirSync(path);
    await expect(writeWhole(path, 'x')).rejects.toMatchObject({
      code: 'refused',
      message: `${path}: cannot be written (EISDIR: illegal operation on a directory).`,
    });
    expect(readdirSync(folder.path)).toEqual(['taken']);
  });

  test.runIf(existsSync('/dev/full'))('because the disk is full', async () => {
    await expect(appendLine('/dev/full', 'x')).rejects.toMatchObject({
      code: 'disk-full',
      message: '/dev/full: cannot be written: the disk is full.',
    });
  });
});

describe('a disk that is full half-way', () => {
  test.each(['ENOSPC', 'EDQUOT'] as const)(
    '(%s) leaves the file before it, and no part of the new one',
    async (code) => {
      using folder = new TemporaryFolder();
      const path = join(folder.path, 'file');
      const lines = folder.write('lines', 'one\n');
      await writeWhole(path, 'old');
      const makeRoom = await fillDisk(() => true, code);
      const message = `${path}: cannot be written: the disk is full.`;
      await expect(writeWhole(path, 'newer and longer')).rejects.toMatchObject({ code: 'disk-full', message });
      await expect(appendLine(lines, 'two, which does not fit')).rejects.toMatchObject({ code: 'disk-full' });
      const place = join(folder.path, 'folder');
      const filling = writeFolder(place, (temporary) => writePieces(join(temporary, 'x'), [Buffer.from('pieces')]));
      await expect(filling).rejects.toMatchObject({ code: 'disk-full' });
      makeRoom();
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readFileSync(lines, 'utf8')).toBe('one\n');
      expect(readdirSync(folder.path).sort()).toEqual(['file', 'lines']);
    },
  );

  test('and takes only a part at a time has the rest given again', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'file');
    let writes = 0;
    const makeRoom = await fillDisk(() => (writes += 1) === 1);
    await writeWhole(path, 'all of it');
    makeRoom();
    expect(writes).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe('all of it');
  });
});

test('a folder that cannot be removed is named', async () => {
  using folder = new TemporaryFolder();
  await writeWhole(join(folder.path, 'file'), 'content');
  const inside = join(folder.path, 'file', 'inside');
  await expect(removeFolder(inside)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining(inside),
  });
});

describe('what is left', () => {
  test('of a removed folder is nothing, and one that is not there is removed already', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'a');
    await writeFolder(path, (temporary) => writeWhole(join(temporary, 'b', 'c'), ''));
    await removeFolder(path);
    await removeFolder(path);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('of a linked file stays when the other name is given new content', async () => {
    using folder = new TemporaryFolder();
    const [from, to] = [folder.write('from', 'old'), join(folder.path, 'to')];
    await linkOrCopy(from, to);
    await writeWhole(from, 'new');
    expect([readFileSync(from, 'utf8'), readFileSync(to, 'utf8')]).toEqual(['new', 'old']);
    await expect(linkOrCopy(join(folder.path, 'none'), join(folder.path, 'x'))).rejects.toMatchObject({
      code: 'refused',
      message: `${join(folder.path, 'x')}: cannot be written (ENOENT: no such file or directory).`,
    });
  });
});

describe('a power cut', () => {
  test('after a file was written takes neither the file nor its name', async () => {
    using folder = new TemporaryFolder();
    const isSynced = await watchSyncs();
    const path = join(folder.path, 'file');
    await writeWhole(path, 'content');
    expect([path, folder.path].map(isSynced)).toEqual([true, true]);
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
  });
});

describe('a file written piece by piece', () => {
  test('takes the place of the old one when it is whole, and not before', async () => {
    using folder = new TemporaryFolder();
    const path = folder.write('file', 'old');
    await writeWholeBy(path, async (file) => {
      await writeFully(file, Buffer.from('one '));
      expect(readFileSync(path, 'utf8')).toBe('old');
      await writeFully(file, Buffer.from('two'));
    });
    expect(readFileSync(path, 'utf8')).toBe('one two');
    expect(readdirSync(folder.path)).toEqual(['file']);
  });

  test('leaves the old one where it cannot be finished', async () => {
    using folder = new TemporaryFolder();
    const path = folder.write('file', 'old');
    await fillDisk(() => true);
    const writing = writeWholeBy(path, (file) => writeFully(file, Buffer.from('a new one')));
    await expect(writing).rejects.toMatchObject({
      code: 'disk-full',
      message: `${path}: cannot be written: the disk is full.`,
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder.path)).toEqual(['file']);
  });
});
