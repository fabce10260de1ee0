import { gzipSync } from 'node:zlib';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TemporaryFolder } from '../../idx-bytes.ts';
import { greyPng, itemsOf } from '../fixtures.ts';
import { tar, zip } from './made-files.ts';

let folder: TemporaryFolder;
let grey: Buffer;
beforeEach(async () => {
  folder = new TemporaryFolder();
  grey = await greyPng(7);
});
afterEach(() => folder[Symbol.dispose]());

const labelled = async (name: string, bytes: Uint8Array) =>
  (await itemsOf(folder.write(name, bytes))).items.map((item) => [item.name, item.label]);

it('names that begin with ./', async () => {
  const bytes = zip([
    ['./cats/1.png', grey],
    ['./dogs/2.png', grey],
  ]);
  expect(await labelled('a.zip', bytes)).toEqual([
    ['cats/1.png', 'cats'],
    ['dogs/2.png', 'dogs'],
  ]);
});

it('what macOS leaves in archives is passed over in silence', async () => {
  const bytes = zip([
    ['data/cats/1.png', grey],
    ['__MACOSX/data/cats/._1.png', Buffer.from('Mac')],
    ['data/.DS_Store', grey],
    ['data/dogs/2.png', grey],
  ]);
  const source = await itemsOf(folder.write('a.zip', bytes));
  expect([source.count, source.skipped, source.others!.count]).toEqual([2, [], 0]);
});

it('UTF-8 that does not say so, code page 437, and backslashes', async () => {
  const bytes = zip([
    ['Löwe/1.png', grey],
    [Buffer.from('B\x84r/2.png', 'latin1'), grey],
    ['Eule\\3.png', grey],
  ]);
  expect((await labelled('a.zip', bytes)).map(([, label]) => label)).toEqual(['Löwe', 'Bär', 'Eule']);
});

it('archives inside archives', async () => {
  const inner = zip([
    ['cats/1.png', grey],
    ['dogs/2.png', grey],
  ]);
  expect((await labelled('a.zip', zip([['inner.zip', inner]]))).map(([, label]) => label)).toEqual(['cats', 'dogs']);
  let deep: Buffer = inner;
  for (let depth = 0; depth < 5; depth += 1) deep = zip([['deeper.zip', deep]]);
  await expect(itemsOf(folder.write('deep.zip', deep))).rejects.toThrow(
    'expected at most 4 archives inside each other, found more',
  );
});

it('several archives are folders of their names', async () => {
  const cats = folder.write(
    'cats.zip',
    zip([
      ['1.png', grey],
      ['2.png', grey],
    ]),
  );
  const dogs = folder.write('dogs.zip', zip([['3.png', grey]]));
  expect((await itemsOf(cats, dogs)).items.map(({ label }) => label)).toEqual(['cats', 'cats', 'dogs']);
});

it('a table in an archive', async () => {
  const rows = Array.from(
    { length: 5 },
    (_, n) =>
      `${n % 2},${Array(16)
        .fill(200 + n)
        .join(',')}\n`,
  ).join('');
  const { items } = await itemsOf(folder.write('a.zip', zip([['train.csv', Buffer.from(rows)]])));
  expect(items.map(({ label, pixels }) => [label, pixels[0]])).toEqual([
    ['0', 200],
    ['1', 201],
    ['0', 202],
    ['1', 203],
    ['0', 204],
  ]);
});

it.each(['a.tar', 'a.tar.gz', 'a.tgz'])('%s, of which nothing stays behind', async (name) => {
  const long = `${'d'.repeat(90)}/`;
  const plain = tar({ 'cats/1.png': grey, './dogs/2.png': grey, '../evil.png': grey, [`${long}3.png`]: grey });
  const names = (await labelled(name, name === 'a.tar' ? plain : gzipSync(plain))).map(([item]) => item);
  expect(names).toEqual(['cats/1.png', 'dogs/2.png', `${long}3.png`]);
  expect(readdirSync(tmpdir()).filter((left) => left.startsWith('autoencoder-studio-tar-'))).toEqual([]);
});

it('a tar archive whose entries lead back to its beginning', async () => {
  const bytes = tar({ 'a/': Buffer.alloc(0), 'b/': Buffer.alloc(0) });
  for (const [at, size] of [
    [0, '00000000000'],
    [512, '-0000002000'],
  ] as const) {
    const header = bytes.subarray(at, at + 512);
    header.write(size, 124);
    header.write('5', 156);
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  }
  await expect(itemsOf(folder.write('a.tar', bytes))).rejects.toThrow(
    'a.tar: expected a whole tar archive, found one that is cut off.',
  );
});

it('a tar archive that is cut off', async () => {
  const path = folder.write('a.tar', tar({ '1.png': Buffer.alloc(5_000) }).subarray(0, 2_000));
  await expect(itemsOf(path)).rejects.toThrow('a.tar: expected a whole tar archive, found one that is cut off.');
});
