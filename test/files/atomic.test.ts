import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appendLine, makeFolder, writeFolder, writeJson, writeWhole } from '../../electron/files/atomic.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

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

describe('a folder', () => {
  test('appears filled, and replaces the one before it', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'model');
    await writeFolder(path, async (temporary) => {
      await writeWhole(join(temporary, 'old'), '1');
      expect(existsSync(path)).toBe(false);
    });
    await writeFolder(path, async (temporary) => {
      await writeWhole(join(temporary, 'new'), '2');
      expect(readdirSync(path)).toEqual(['old']);
    });
    expect(readdirSync(path)).toEqual(['new']);
    expect(readdirSync(folder.path)).toEqual(['model']);
  });

  test('that could not be filled leaves the one before it, and nothing beside it', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'model');
    await writeFolder(path, (temporary) => writeWhole(join(temporary, 'old'), '1'));
    const failing = writeFolder(path, async (temporary) => {
      await writeWhole(join(temporary, 'new'), '2');
      throw new Error('half-way');
    });
    await expect(failing).rejects.toThrow('half-way');
    expect(readdirSync(path)).toEqual(['old']);
    expect(readdirSync(folder.path)).toEqual(['model']);
  });
});
