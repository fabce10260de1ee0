import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  appendLine,
  linkOrCopy,
  makeFolder,
  removeFolder,
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

  test('is written of pieces that do not lie in memory together', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'file');
    const pieces = function* () {
      for (const text of ['one ', '', 'two']) yield Buffer.from(text);
    };
    await writeWhole(path, pieces(), false);
    expect(readFileSync(path, 'utf8')).toBe('one two');
    expect(readdirSync(folder.path)).toEqual(['file']);
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

  test('begins with a line where there was none, and goes on after one of a single character', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'lines');
    await appendLine(path, '');
    expect(readFileSync(path, 'utf8')).toBe('\n');
    await appendLine(path, 'one');
    expect(readFileSync(path, 'utf8')).toBe('\none\n');
    await appendLine(folder.write('torn', 'x'), 'one');
    expect(readFileSync(join(folder.path, 'torn'), 'utf8')).toBe('x\none\n');
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
    const cause = { code: 'ENOTDIR' };
    await expect(makeFolder(inside)).rejects.toMatchObject({ code: 'refused', message, cause });
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
      const full = { code: 'disk-full', message, cause: { code } };
      await expect(writeWhole(path, 'newer and longer')).rejects.toMatchObject(full);
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

test.runIf(process.platform === 'linux')('no file stays open, whether it could be written or not', async () => {
  using folder = new TemporaryFolder();
  const path = join(folder.path, 'file');
  const open = (): number => readdirSync('/proc/self/fd').length;
  const writeAll = async (): Promise<void> => {
    await writeWhole(path, 'content').catch(() => undefined);
    await writeWholeBy(path, (file) => writeFully(file, Buffer.from('content'))).catch(() => undefined);
    await appendLine(path, 'line').catch(() => undefined);
    // Onto one that is there: it is copied, not linked.
    await linkOrCopy(path, join(folder.path, 'other')).catch(() => undefined);
    await linkOrCopy(path, join(folder.path, 'other')).catch(() => undefined);
  };
  await writeAll();
  const before = open();
  await writeAll();
  await fillDisk(() => true);
  await writeAll();
  expect(open()).toBe(before);
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

  test('of a file that cannot have a second name is a copy', async () => {
    using folder = new TemporaryFolder();
    const [from, to] = [folder.write('from', 'new'), folder.write('to', 'of a name that is taken')];
    await linkOrCopy(from, to);
    expect(readFileSync(to, 'utf8')).toBe('new');
    expect(statSync(to).ino).not.toBe(statSync(from).ino);
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
