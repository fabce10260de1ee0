import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventName } from '../../electron/contract/contract.ts';
import { importImages } from '../../electron/dataset/import/import-images.ts';
import { ImageSetStore } from '../../electron/files/image-set-store.ts';
import { ImageSetService } from '../../electron/engine-process/image-set-service.ts';
import { ImageSets } from '../../electron/engine-process/image-sets.ts';
import { greyPng, plain } from '../dataset/import/fixtures.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

let data: TemporaryFolder;
let store: ImageSetStore;
let told: EventName[];
let inUse: string | undefined;
let handlers: ImageSetService['handlers'];

/** Pictures of even greys 10, 11, 12 (cats) and 13, 14, 15 (dogs), of which 12 and 14 are the test images. */
beforeEach(async () => {
  data = new TemporaryFolder();
  store = new ImageSetStore(data.path);
  const pictures = join(data.path, 'pets');
  const names = ['cats/1.png', 'cats/2.png', 'cats/3.png', 'dogs/1.png', 'dogs/2.png', 'dogs/größe\n3.png'];
  for (const [index, name] of names.entries()) {
    mkdirSync(join(pictures, dirname(name)), { recursive: true });
    writeFileSync(join(pictures, name), await greyPng(10 + index));
  }
  await importImages({ paths: [pictures], options: plain, folder: store.at('pets').path, id: 'pets' });
  told = [];
  inUse = undefined;
  const sets = new ImageSets(data.path);
  ({ handlers } = new ImageSetService({ store, sets, emit: (name) => told.push(name), isInUse: (id) => id === inUse }));
});
afterEach(() => data[Symbol.dispose]());

const ids = async () => (await handlers['image-set:list']({})).map(({ id }) => id);

describe('the details of a set', () => {
  it('are counts, the mean training image, its size and where it came from', async () => {
    const details = await handlers['image-set:describe']({ imageSet: 'pets' });
    expect(details).toMatchObject({
      summary: { id: 'pets', name: 'Tried', trainingCount: 4, testCount: 2, labelNames: ['cats', 'dogs'] },
      labelCounts: [3, 3],
      notes: '',
      imported: { sources: [join(data.path, 'pets')], options: plain, inverted: false },
    });
    // (10 + 11 + 13 + 15) / 4 = 12.25
    expect(details.meanImage).toEqual({
      count: 1,
      height: 8,
      width: 8,
      channels: 1,
      pixels: new Uint8Array(64).fill(12),
    });
    expect(details.bytesOnDisk).toBeGreaterThan(6 * 64 + 6);
    expect(details.bytesOnDisk).toBeLessThan(3_000);
  });

  it('of MNIST are the published counts and mean', async () => {
    const { labelCounts, meanImage, bytesOnDisk, imported } = await handlers['image-set:describe']({
      imageSet: 'mnist',
    });
    expect(labelCounts).toEqual([6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958]);
    // The training images' published mean is 0.1307 of 255.
    const mean = meanImage.pixels.reduce((sum, value) => sum + value, 0) / 784 / 255;
    expect(mean).toBeCloseTo(0.1307, 3);
    expect(bytesOnDisk).toBe(70_000 * 785);
    expect(imported).toBeUndefined();
  });

  it('of a set whose file is cut short name the file', async () => {
    truncateSync(store.at('pets').imagesPath, 100);
    await expect(handlers['image-set:describe']({ imageSet: 'pets' })).rejects.toMatchObject({
      code: 'bad-file',
      message: `${store.at('pets').imagesPath}: expected 384 bytes, found 100.`,
    });
  });
});

describe('picked images', () => {
  const pick = (imageSet: string, split: 'training' | 'test', ...indices: number[]) =>
    handlers['image-set:pick']({ imageSet, split, indices: Uint32Array.from(indices) });

  it('come with the names their files had, in the order asked for', async () => {
    const { images, names } = await pick('pets', 'test', 1, 0, 1);
    expect(names).toEqual(['dogs/2.png', 'cats/3.png', 'dogs/2.png']);
    expect([0, 64, 128].map((at) => images.pixels[at])).toEqual([14, 12, 14]);
    const training = await pick('pets', 'training', 0, 1, 2, 3);
    const greyOf: Record<string, number> = {
      'cats/1.png': 10,
      'cats/2.png': 11,
      'dogs/1.png': 13,
      'dogs/größe\n3.png': 15,
    };
    expect([...training.names].sort()).toEqual(Object.keys(greyOf).sort());
    training.names.forEach((name, row) => expect(training.images.pixels[row * 64]).toBe(greyOf[name]));
  });

  it('of MNIST are called by split and place', async () => {
    expect((await pick('mnist', 'test', 17)).names).toEqual(['test 17']);
  });

  it('of a set whose names are lost or damaged are called so too', async () => {
    const { namesPath } = store.at('pets');
    const lines = readFileSync(namesPath, 'utf8').split('\n');
    writeFileSync(namesPath, ['not JSON', ...lines.slice(1)].join('\n'));
    expect((await pick('pets', 'training', 0, 1)).names).toEqual(['training 0', JSON.parse(lines[1]!)]);
    await handlers['image-set:delete']({ imageSet: 'pets' });
    await handlers['image-set:restore']({ imageSet: 'pets' });
    appendFileSync(namesPath, '"one too many"\n');
    expect((await pick('pets', 'test', 0)).names).toEqual(['test 0']);
    await handlers['image-set:delete']({ imageSet: 'pets' });
    await handlers['image-set:restore']({ imageSet: 'pets' });
    rmSync(namesPath);
    expect((await pick('pets', 'test', 1)).names).toEqual(['test 1']);
  });

  it('that are not there are a bad request', async () => {
    await expect(pick('pets', 'test', 0, 2)).rejects.toMatchObject({
      code: 'bad-request',
      message: 'image-set:pick: indices must be below 2, the number of test images, found 2.',
    });
  });
});

it('labels are those of a split', async () => {
  expect([...(await handlers['image-set:labels']({ imageSet: 'pets', split: 'test' })).labels]).toEqual([0, 1]);
  const { labels } = await handlers['image-set:labels']({ imageSet: 'mnist', split: 'test' });
  expect([...labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  expect(labels.buffer.byteLength).toBe(10_000);
});

describe('editing', () => {
  it('keeps name and notes, what is left out stays', async () => {
    expect(await handlers['image-set:edit']({ imageSet: 'pets', name: 'My pets' })).toMatchObject({ name: 'My pets' });
    await handlers['image-set:edit']({ imageSet: 'pets', notes: 'Taken in spring.' });
    const { summary, notes } = await handlers['image-set:describe']({ imageSet: 'pets' });
    expect([summary.name, notes]).toEqual(['My pets', 'Taken in spring.']);
    expect((await handlers['image-set:list']({})).map(({ name }) => name)).toEqual(['MNIST', 'My pets']);
    expect(told).toEqual(['image-sets:changed', 'image-sets:changed']);
  });

  it('is not for what comes with the app', async () => {
    await expect(handlers['image-set:edit']({ imageSet: 'mnist', name: 'Mine' })).rejects.toMatchObject({
      code: 'refused',
      message: 'MNIST comes with the app: it cannot be edited.',
    });
  });
});

describe('deleting', () => {
  it('goes to the trash, from where a set is restored until that is emptied', async () => {
    await handlers['image-set:delete']({ imageSet: 'pets' });
    expect(await ids()).toEqual(['mnist']);
    await expect(handlers['image-set:images']({ imageSet: 'pets', split: 'test', first: 0, count: 1 })).rejects.toThrow(
      'There is no image set "pets"; there are: mnist.',
    );
    expect((await handlers['image-set:trash']({})).map(({ id, name }) => [id, name])).toEqual([['pets', 'Tried']]);
    await handlers['image-set:restore']({ imageSet: 'pets' });
    expect(await ids()).toEqual(['mnist', 'pets']);
    await handlers['image-set:delete']({ imageSet: 'pets' });
    await handlers['image-set:empty-trash']({});
    expect(await handlers['image-set:trash']({})).toEqual([]);
    expect(told).toEqual(Array(4).fill('image-sets:changed'));
    await expect(handlers['image-set:restore']({ imageSet: 'pets' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is refused for what comes with the app, and while a run trains on it', async () => {
    await expect(handlers['image-set:delete']({ imageSet: 'mnist' })).rejects.toMatchObject({
      code: 'refused',
      message: 'MNIST comes with the app: it cannot be deleted.',
    });
    inUse = 'pets';
    await expect(handlers['image-set:delete']({ imageSet: 'pets' })).rejects.toMatchObject({
      code: 'busy',
      message: 'A run trains on "Tried". Stop it, or wait until it has finished.',
    });
    expect(await ids()).toEqual(['mnist', 'pets']);
    expect(told).toEqual([]);
  });
});

it('folders that are not whole sets are told as problems', async () => {
  expect(await handlers['image-set:problems']({})).toEqual([]);
  const { indexPath } = store.at('torn');
  mkdirSync(dirname(indexPath));
  writeFileSync(indexPath, '{"version": 1');
  expect(await handlers['image-set:problems']({})).toEqual([
    `${indexPath}: expected JSON, found text that is not JSON.`,
  ]);
  expect(await ids()).toEqual(['mnist', 'pets']);
});
