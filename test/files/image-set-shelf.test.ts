import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImportOptions } from '../../electron/contract/images.ts';
import { ImageSetShelf, slugOf } from '../../electron/files/image-set-shelf.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const options: ImportOptions = {
  name: 'Pets',
  width: 8,
  height: 8,
  channels: 1,
  fit: 'contain',
  background: '#000000',
  invert: 'auto',
  centre: false,
  labels: 'folders',
  test: { kind: 'every', n: 10 },
  duplicates: 'skip',
};

let data: TemporaryFolder;
let shelf: ImageSetShelf;

beforeEach(async () => {
  data = new TemporaryFolder();
  shelf = new ImageSetShelf(data.path);
  await put('pets-1', 'Pets');
});
afterEach(() => data[Symbol.dispose]());

async function put(id: string, name: string): Promise<void> {
  const folder = shelf.at(id);
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(folder.imagesPath, new Uint8Array(3 * 64));
  writeFileSync(folder.labelsPath, Uint8Array.of(0, 1, 0));
  await folder.writeIndex({
    version: 1,
    name,
    shape: [8, 8, 1],
    trainingCount: 2,
    testCount: 1,
    labelNames: ['cats', 'dogs'],
    labelCounts: [2, 1],
    options,
    inverted: false,
    sources: ['/pictures'],
    importedAt: '2026-11-23T14:15:03.999Z',
  });
}

const ids = async () => (await shelf.list()).sets.map(({ id }) => id);

test('lists and describes what is there', async () => {
  await put('a-set', 'Zebras');
  expect(await ids()).toEqual(['pets-1', 'a-set']);
  const summary = {
    id: 'pets-1',
    name: 'Pets',
    trainingCount: 2,
    testCount: 1,
    shape: [8, 8, 1],
    labelNames: ['cats', 'dogs'],
  };
  expect((await shelf.list()).sets[0]).toEqual(summary);
  const indexBytes = readFileSync(shelf.at('pets-1').indexPath).length;
  expect(await shelf.describe('pets-1')).toMatchObject({
    ...summary,
    labelCounts: [2, 1],
    bytesOnDisk: 192 + 3 + indexBytes,
  });
});

test('renames, and refuses an empty name', async () => {
  await shelf.edit('pets-1', { name: ' My pets ' });
  expect((await shelf.describe('pets-1')).name).toBe('My pets');
  await expect(shelf.edit('pets-1', { name: ' ' })).rejects.toMatchObject({
    message: 'name must not be empty, found 0.',
  });
});

test('deletes to the trash, restores, and empties it', async () => {
  await shelf.delete('pets-1');
  expect(await ids()).toEqual([]);
  expect((await shelf.listTrash()).sets.map(({ id }) => id)).toEqual(['pets-1']);
  await shelf.restore('pets-1');
  expect(await ids()).toEqual(['pets-1']);
  await shelf.delete('pets-1');
  await shelf.emptyTrash();
  expect((await shelf.listTrash()).sets).toEqual([]);
  const gone = join(data.path, 'trash', 'image-sets', 'pets-1');
  await expect(shelf.restore('pets-1')).rejects.toMatchObject({
    code: 'not-found',
    message: `${gone}: there is no such image set.`,
  });
});

test('a set is not restored over another', async () => {
  await shelf.delete('pets-1');
  await put('pets-1', 'Others');
  await expect(shelf.restore('pets-1')).rejects.toMatchObject({
    code: 'refused',
    message: `${shelf.at('pets-1').path}: expected no image set of this id, found one.`,
  });
  expect((await shelf.describe('pets-1')).name).toBe('Others');
});

test('a torn or foreign set is told by name and skipped', async () => {
  await put('torn', 'Torn');
  truncateSync(shelf.at('torn').imagesPath, 100);
  mkdirSync(join(shelf.folder, 'Not one'));
  const { sets, problems } = await shelf.list();
  expect(sets.map(({ id }) => id)).toEqual(['pets-1']);
  expect(problems.sort()).toEqual([
    `${shelf.at('torn').imagesPath}: expected 192 bytes, found 100.`,
    'imageSet must be lower-case letters, digits and dashes, found "Not one".',
  ]);
});

test('ids never climb out of the folder', () => {
  expect(() => shelf.at('../pets-1')).toThrow(
    'imageSet must be lower-case letters, digits and dashes, found "../pets-1".',
  );
  expect(slugOf('Äpfel & Birnen/2')).toBe('a-pfel-birnen-2');
  expect(slugOf('図')).toBe('images');
  expect(shelf.newId('My Pets')).toMatch(/^my-pets-[0-9a-f]{6}$/);
});

test('what imports have left behind is swept away when their process is gone', async () => {
  // No process has the first number: it is above every platform's largest.
  const [gone, here] = [2 ** 30, process.pid].map((writer) => join(shelf.folder, `.writing-${writer}-0a1b`)) as [
    string,
    string,
  ];
  mkdirSync(gone);
  writeFileSync(join(gone, 'images.u8'), 'half');
  mkdirSync(here);
  await shelf.sweep();
  expect([existsSync(gone), existsSync(here)]).toEqual([false, true]);
  expect(await ids()).toEqual(['pets-1']);
});
