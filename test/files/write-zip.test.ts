import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeZip } from '../../electron/files/write-zip.ts';
import { ZipArchive } from '../../electron/files/zip-archive.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

/** One more than the 32-bit form of zip counts. */
const FILES = 65_536;

test('an archive of more files than a plain zip file can count is read back whole', { timeout: 120_000 }, async () => {
  using folder = new TemporaryFolder();
  const path = join(folder.path, 'run.aestudio');
  await writeZip(path, (zip) => {
    for (let index = 1; index < FILES; index += 1) zip.addBuffer(Buffer.of(), `${index}`, { compress: false });
    zip.addBuffer(Buffer.from('the last'), 'last', { compress: false });
  });
  const archive = await ZipArchive.open(path, 'run.aestudio');
  try {
    expect(archive.entries).toHaveLength(FILES);
    expect((await archive.read(archive.entries.at(-1)!)).toString()).toBe('the last');
  } finally {
    archive.close();
  }
});

test('a file that goes away while it is packed is named, and nothing is left', async () => {
  using folder = new TemporaryFolder();
  const path = join(folder.path, 'run.aestudio');
  const gone = join(folder.path, 'gone.safetensors');
  const writing = writeZip(path, (zip) => zip.addFile(gone, 'gone.safetensors'));
  await expect(writing).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining(gone) });
  await expect(ZipArchive.open(path, 'run.aestudio')).rejects.toThrow('run.aestudio');
});
