import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { StudioError } from '../../../electron/domain/errors.ts';
import { exportFormatIds } from '../../../electron/domain/export-formats.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import { formatWriters } from '../../../electron/model/export/formats.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { modelSpec, onNetwork } from '../../engine/samples.ts';

afterEach(() => vi.restoreAllMocks());

/** Has a format’s writer do this once it has written. */
function exportWith(format: (typeof exportFormatIds)[number], afterwards: (folder: string) => Promise<void>) {
  const { write } = formatWriters[format];
  vi.spyOn(formatWriters[format], 'write').mockImplementation(async (model, folder) => {
    await write(model, folder);
    await afterwards(folder);
  });
}

describe.each(exportFormatIds)('an export as %s', (format) => {
  test('whose folder is removed under its hands leaves no half of it', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const place = join(folder.path, 'inside', 'export');
      exportWith(format, () => rm(join(folder.path, 'inside'), { recursive: true }));
      await expect(exportModel({ network, origin: {} }, { format }, place)).rejects.toMatchObject({
        code: 'refused',
        message: `${place}: was removed while it was written. Nothing of it is kept.`,
      });
      expect(readdirSync(join(folder.path, 'inside'))).toEqual([]);
    }));

  test('on a disk that gets full leaves nothing', () =>
    onNetwork(modelSpec(), async (network) => {
      using folder = new TemporaryFolder();
      const full = new StudioError('disk-full', 'model: cannot be written: the disk is full.');
      exportWith(format, () => Promise.reject(full));
      await expect(exportModel({ network, origin: {} }, { format }, join(folder.path, 'export'))).rejects.toBe(full);
      expect(readdirSync(folder.path)).toEqual([]);
    }));
});
