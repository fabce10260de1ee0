import { join } from 'node:path';
import type { ZipFile } from 'yazl';
import { expect, test } from 'vitest';
import { writeZip } from '../../electron/files/write-zip.ts';
import { ZipArchive } from '../../electron/files/zip-archive.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

/** One more than the 32-bit form of zip counts. */
const FILES = 65_536;

/**
 * Adds many files, each of which is written at once. Yazl looks through all it has for one that is not written yet whenever one is added,
 * for ten seconds in all: it is given its list back at the end.
 */
function addMany(zip: ZipFile, files: Iterable<readonly [name: string, bytes: Buffer]>): void {
  const { entries } = zip as unknown as { readonly entries: unknown[] };
  const written: unknown[] = [];
  for (const [name, bytes] of files) {
    zip.addBuffer(bytes, name, { compress: false });
    written.push(...entries.splice(0));
  }
  for (const entry of written) entries.push(entry);
}

test('an archive of more files than a plain zip file can count is read back whole', async () => {
  using folder = new TemporaryFolder();
  const path = join(folder.path, 'run.aestudio');
  const files = Array.from({ length: FILES }, (_, index) => [`${index}`, Buffer.of()] as const);
  await writeZip(path, (zip) => addMany(zip, [...files.slice(1), ['last', Buffer.from('the last')]]));
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
