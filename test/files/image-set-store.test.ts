import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImportOptions } from '../../electron/contract/import-options.ts';
import { ImageSetStore, slugOf } from '../../electron/files/image-set-store.ts';
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
let store: ImageSetStore;

beforeEach(async () => {
  data = new TemporaryFolder();
  store = new ImageSetStore(data.path);
  await put('pets-1', 'Pets');
});
afterEach(() => data[Symbol.dispose]());

async function put(id: string, name: string): Promise<void> {
  const folder = store.at(id);
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(folder.imagesPath, new Uint8Array(3 * 64));
  writeFileSync(folder.labelsPath, Uint8Array.of(0, 1, 0));
  await folder.writeIndex({
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

const ids = async () => (await store.list()).sets.map(({ id }) => id);

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
  expect((await store.list()).sets[0]).toEqual(summary);
  const indexBytes = readFileSync(store.at('pets-1').indexPath).length;
  expect(await store.describe('pets-1')).toMatchObject({
    ...summary,
    labelCounts: [2, 1],
    bytesOnDisk: 192 + 3 + indexBytes,
  });
});

test('renames, and refuses an empty name', async () => {
  await store.edit('pets-1', { name: ' My pets ' });
  expect((await store.describe('pets-1')).name).toBe('My pets');
  await expect(store.edit('pets-1', { name: ' ' })).rejects.toMatchObject({
    message: 'name must not be empty, found 0.',
  });
});

test('deletes to the trash, restores, and empties it', async () => {
  await store.delete('pets-1');
  expect(await ids()).toEqual([]);
  expect((await store.listTrash()).sets.map(({ id }) => id)).toEqual(['pets-1']);
  await store.restore('pets-1');
  expect(await ids()).toEqual(['pets-1']);
  await store.delete('pets-1');
  await store.emptyTrash();
  expect((await store.listTrash()).sets).toEqual([]);
  const gone = join(data.path, 'trash', 'image-sets', 'pets-1');
  await expect(store.restore('pets-1')).rejects.toMatchObject({
    code: 'not-found',
    message: `${gone}: there is no such image set.`,
  });
});

test('a set is not restored over another', async () => {
  await store.delete('pets-1');
  await put('pets-1', 'Others');
  await expect(store.restore('pets-1')).rejects.toMatchObject({
    code: 'refused',
    message: `${store.at('pets-1').path}: expected no image set of this id, found one.`,
  });
  expect((await store.describe('pets-1')).name).toBe('Others');
});

test('a torn or foreign set is told by name and skipped', async () => {
  await put('torn', 'Torn');
  truncateSync(store.at('torn').imagesPath, 100);
  mkdirSync(join(store.folder, 'Not one'));
  const { sets, problems } = await store.list();
  expect(sets.map(({ id }) => id)).toEqual(['pets-1']);
  expect(problems.sort()).toEqual([
    `${store.at('torn').imagesPath}: expected 192 bytes, found 100.`,
    'imageSet must be lower-case letters, digits and dashes, found "Not one".',
  ]);
});

test('ids never climb out of the folder', () => {
  expect(() => store.at('../pets-1')).toThrow(
    'imageSet must be lower-case letters, digits and dashes, found "../pets-1".',
  );
  expect(slugOf('Äpfel & Birnen/2')).toBe('a-pfel-birnen-2');
  expect(slugOf('図')).toBe('images');
  expect(store.newId('My Pets')).toMatch(/^my-pets-[0-9a-f]{6}$/);
});

test('what imports have left behind is swept away when their process is gone', async () => {
  // No process has the first number: it is above every platform's largest.
  const [gone, here] = [2 ** 30, process.pid].map((writer) => join(store.folder, `.writing-${writer}-0a1b`)) as [
    string,
    string,
  ];
  mkdirSync(gone);
  writeFileSync(join(gone, 'images.u8'), 'half');
  mkdirSync(here);
  await store.sweep();
  expect([existsSync(gone), existsSync(here)]).toEqual([false, true]);
  expect(await ids()).toEqual(['pets-1']);
});
