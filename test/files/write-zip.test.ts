import { once } from 'node:events';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Entry } from 'yauzl';
import type { ZipFile } from 'yazl';
import { expect, test } from 'vitest';
import { writeZip } from '../../electron/files/write-zip.ts';
import { ZipArchive } from '../../electron/files/zip-archive.ts';
import { openZip } from '../../electron/files/zip-reader.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { below, randomFrom } from '../random.ts';

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

test('files of all sizes are read back in any order, and several at once', async () => {
  using folder = new TemporaryFolder();
  const path = join(folder.path, 'pictures.zip');
  const random = randomFrom(5);
  const files = Array.from({ length: 40 }, (_, index) => {
    const bytes = Buffer.from(Array.from({ length: 2 ** (18 * random()) }, () => below(random, 16)));
    return { name: `${index}.bin`, bytes, compress: random() < 0.5 };
  });
  await writeZip(path, (zip) => {
    for (const { name, bytes, compress } of files) zip.addBuffer(bytes, name, { compress });
  });
  const archive = await ZipArchive.open(path, 'pictures.zip');
  const isWhole = async (index: number) => {
    const entry = archive.entries[index]!;
    return (await archive.read(entry)).equals(files.find(({ name }) => name === entry.name)!.bytes);
  };
  const order = files.map((_, index) => (index * 17) % files.length);
  for (const index of order) expect(await isWhole(index), `${index}`).toBe(true);
  expect(await Promise.all(order.map(isWhole))).toEqual(order.map(() => true));
  archive.close();
});

test('an archive that is closed while a file of it is read is closed when that has been read', async () => {
  using folder = new TemporaryFolder();
  const path = join(folder.path, 'pictures.zip');
  await writeZip(path, (zip) => zip.addBuffer(Buffer.alloc(1e6, 'pixels'), 'one.bin', { compress: false }));
  const zip = await openZip(path);
  const { value } = (await zip.eachEntry().next()) as { readonly value: Entry };
  const stream = await zip.openReadStreamPromise(value);
  const closed = once(zip, 'close');
  zip.close();
  expect(await buffer(stream)).toHaveLength(1e6);
  await closed;
});

test('a file that goes away while it is packed is named, and nothing is left', async () => {
  using folder = new TemporaryFolder();
  const path = join(folder.path, 'run.aestudio');
  const gone = join(folder.path, 'gone.safetensors');
  const writing = writeZip(path, (zip) => zip.addFile(gone, 'gone.safetensors'));
  await expect(writing).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining(gone) });
  await expect(ZipArchive.open(path, 'run.aestudio')).rejects.toThrow('run.aestudio');
});
