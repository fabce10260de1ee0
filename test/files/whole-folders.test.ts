import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fillNewFolder, writeFolder, writeWhole } from '../../electron/files/atomic.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { refuseFolderSyncs } from './synced.ts';

afterEach(() => {
  vi.restoreAllMocks();
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

  test.each(['one', 'none'])(
    'that took its name when the disk failed leaves what was there before: %s',
    async (before) => {
      using folder = new TemporaryFolder();
      const path = join(folder.path, 'model');
      if (before === 'one') await writeFolder(path, (temporary) => writeWhole(join(temporary, 'old'), '1'));
      const failing = writeFolder(path, async (temporary) => {
        await writeWhole(join(temporary, 'new'), '2');
        await refuseFolderSyncs('EIO', folder.path);
      });
      await expect(failing).rejects.toMatchObject({
        code: 'refused',
        message: `${path}: cannot be written (EIO: fsync).`,
      });
      expect(readdirSync(folder.path)).toEqual(before === 'one' ? ['model'] : []);
      if (before === 'one') expect(readdirSync(path)).toEqual(['old']);
    },
  );

  test('whose place cannot be made, its name being too long to be put aside by, leaves the one there', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'm'.repeat(240));
    await writeFolder(path, (temporary) => writeWhole(join(temporary, 'old'), '1'));
    await expect(writeFolder(path, async () => undefined)).rejects.toMatchObject({ code: 'refused' });
    expect(readdirSync(path)).toEqual(['old']);
    expect(readdirSync(folder.path)).toEqual(['m'.repeat(240)]);
  });
});

describe('a folder that is named when it is filled', () => {
  test('comes whole, and not at all where filling it fails or its name is taken', async () => {
    using folder = new TemporaryFolder();
    const fill = (name: string) =>
      fillNewFolder(folder.path, async (temporary) => {
        await writeWhole(join(temporary, 'file'), 'content');
        if (name === 'bad') throw new Error('bad');
        return name;
      });
    expect(await fill('one')).toBe('one');
    await expect(fill('bad')).rejects.toThrow('bad');
    await expect(fill('one')).rejects.toMatchObject({ code: 'refused' });
    expect(readdirSync(folder.path)).toEqual(['one']);
    expect(readdirSync(join(folder.path, 'one'))).toEqual(['file']);
  });
});
