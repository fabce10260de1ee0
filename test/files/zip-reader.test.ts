import { once } from 'node:events';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Entry } from 'yauzl';
import { expect, test } from 'vitest';
import { writeZip } from '../../electron/files/write-zip.ts';
import { ZipArchive } from '../../electron/files/zip-archive.ts';
import { openZip } from '../../electron/files/zip-reader.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { below, randomFrom } from '../random.ts';

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
