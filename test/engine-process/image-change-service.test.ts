import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageChange, ImagePicks } from '../../electron/contract/image-changes.ts';
import { importImages } from '../../electron/dataset/import/import-images.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { ImageSetStore } from '../../electron/files/image-set-store.ts';
import { ImageChangeService } from '../../electron/engine-process/image-change-service.ts';
import { ImageSetService } from '../../electron/engine-process/image-set-service.ts';
import { ImageSets } from '../../electron/engine-process/image-sets.ts';
import { greyPng, plain } from '../dataset/import/fixtures.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

let data: TemporaryFolder;
let store: ImageSetStore;
let sets: ImageSets;
let inUse: string | undefined;
let library: ImageSetService['handlers'];
let handlers: ImageChangeService['handlers'];

async function write(name: string, grey: number): Promise<void> {
  const path = join(data.path, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await greyPng(grey));
}

/** Pictures of even greys 10, 11, 12 (cats) and 13, 14, 15 (dogs), of which 12 and 14 are the test images. */
beforeEach(async () => {
  data = new TemporaryFolder();
  store = new ImageSetStore(data.path);
  const names = ['cats/1.png', 'cats/2.png', 'cats/3.png', 'dogs/1.png', 'dogs/2.png', 'dogs/3.png'];
  for (const [index, name] of names.entries()) await write(join('pets', name), 10 + index);
  const paths = [join(data.path, 'pets')];
  await importImages({ paths, options: plain, folder: store.at('pets').path, id: 'pets' });
  sets = new ImageSets(data.path);
  inUse = undefined;
  const around = { store, sets, emit: () => undefined, isInUse: (id: string) => id === inUse };
  library = new ImageSetService(around).handlers;
  handlers = new ImageChangeService(around).handlers;
});
afterEach(() => data[Symbol.dispose]());

const pick = (split: 'training' | 'test', ...indices: number[]): ImagePicks => [
  { split, indices: Uint32Array.from(indices) },
];
const change = (imageSet: string, how: ImageChange) => handlers['image-set:change']({ imageSet, change: how });

/** "grey label" of each image of a set, in its order. */
async function look(id: string): Promise<Record<'training' | 'test', string[]>> {
  const { labelNames, training, test } = await sets.get(id);
  const of = ({ images, labels }: typeof training): string[] =>
    Array.from(
      { length: images.count },
      (_, at) => `${images.pixels[at * 64]} ${labelNames[labels?.[at] ?? -1] ?? ''}`,
    );
  return { training: of(training), test: of(test) };
}

describe('a change', () => {
  it('makes a version of its own: the one before stays what it was, and says which is newer', async () => {
    const before = readFileSync(store.at('pets').imagesPath);
    const { id, name, testCount } = await change('pets', { kind: 'remove', picks: pick('training', 0) });
    expect([name, testCount]).toEqual(['Tried', 2]);
    const { training, test } = await look(id);
    const old = await look('pets');
    expect(training).toEqual(old.training.slice(1));
    expect(test).toEqual(old.test);
    expect(readFileSync(store.at('pets').imagesPath)).toEqual(before);
    const listed = await library['image-set:list']({});
    expect(listed.map((set) => [set.id, set.newer])).toEqual(
      expect.arrayContaining([
        ['pets', id],
        [id, undefined],
      ]),
    );
    const { imported } = await library['image-set:describe']({ imageSet: id });
    expect(imported).toMatchObject({ follows: 'pets', changes: [{ words: '1 image removed' }] });
  });

  it('keeps the names with their images', async () => {
    const { id } = await change('pets', { kind: 'remove', picks: pick('test', 0) });
    const picked = await library['image-set:pick']({ imageSet: id, split: 'test', indices: Uint32Array.of(0) });
    expect(picked.names).toEqual(['dogs/2.png']);
    expect(picked.images.pixels[0]).toBe(14);
  });

  it('of labels makes new ones, and drops those that no image has', async () => {
    const { id } = await change('pets', { kind: 'relabel', picks: pick('test', 0, 1), label: 'Fish' });
    expect((await look(id)).test).toEqual(['12 Fish', '14 Fish']);
    const all = await change(id, {
      kind: 'relabel',
      picks: [...pick('training', 0, 1, 2, 3), ...pick('test', 0, 1)],
      label: 'x',
    });
    expect(all.labelNames).toEqual(['x']);
  });

  it('of the split moves images, and remembers which are for validation', async () => {
    const { id } = await change('pets', { kind: 'move', picks: pick('test', 1), to: 'validation' });
    expect((await look(id)).training[0]).toBe('14 dogs');
    const moved = (await library['image-set:list']({})).find((set) => set.id === id);
    expect(moved).toMatchObject({ trainingCount: 5, validationCount: 1, testCount: 1 });
  });

  it('of the split by folders goes by the images’ names', async () => {
    const { id } = await change('pets', { kind: 'split-folders', folders: [{ folder: 'dogs', split: 'test' }] });
    expect((await look(id)).test).toEqual(expect.arrayContaining(['13 dogs', '14 dogs', '15 dogs', '12 cats']));
    expect(await handlers['image-set:folders']({ imageSet: id })).toEqual(
      expect.arrayContaining([
        { folder: 'cats', counts: { training: 2, validation: 0, test: 1 } },
        { folder: 'dogs', counts: { training: 0, validation: 0, test: 3 } },
      ]),
    );
  });

  it.each([
    [
      'an image that is not there',
      { kind: 'remove', picks: pick('test', 2) },
      'bad-request',
      'expected indices below 2',
    ],
    [
      'all images',
      { kind: 'remove', picks: [...pick('training', 0, 1, 2, 3), ...pick('test', 0)] },
      'bad-request',
      'at least 2',
    ],
  ] as const)('of %s is refused', async (_what, how, code, words) => {
    const given = { ...how, picks: [...how.picks] };
    await expect(change('pets', given)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words) as string,
    });
    expect((await library['image-set:list']({})).filter(({ id }) => id !== 'mnist')).toHaveLength(1);
  });

  it('of MNIST, or of a version that another has followed, is refused', async () => {
    await expect(change('mnist', { kind: 'turn', turn: 'left' })).rejects.toMatchObject({ code: 'refused' });
    await change('pets', { kind: 'turn', turn: 'left' });
    await expect(change('pets', { kind: 'turn', turn: 'left' })).rejects.toMatchObject({
      code: 'refused',
      message: 'There is a newer version of "Tried": change that one.',
    });
  });

  it('can be undone: the version before is the newest again, and the other lies in the trash', async () => {
    const { id } = await change('pets', { kind: 'remove', picks: pick('training', 0) });
    expect((await handlers['image-set:undo']({ imageSet: id })).id).toBe('pets');
    expect((await library['image-set:list']({})).find((set) => set.id === 'pets')?.newer).toBeUndefined();
    expect((await library['image-set:trash']({})).map((set) => set.id)).toEqual([id]);
    await expect(handlers['image-set:undo']({ imageSet: 'pets' })).rejects.toMatchObject({ code: 'refused' });
  });

  it('goes to the trash and back with the versions before it; not while a run trains on one of these', async () => {
    const { id } = await change('pets', { kind: 'remove', picks: pick('training', 0) });
    inUse = 'pets';
    await expect(library['image-set:delete']({ imageSet: id })).rejects.toMatchObject({ code: 'busy' });
    inUse = undefined;
    await library['image-set:delete']({ imageSet: id });
    expect((await library['image-set:list']({})).map((set) => set.id)).toEqual(['mnist']);
    expect((await library['image-set:trash']({})).map((set) => set.id)).toEqual([id]);
    await library['image-set:restore']({ imageSet: id });
    expect((await look('pets')).training).toHaveLength(4);
  });
});

describe('a new set of a selection', () => {
  it('holds these images with their labels and names', async () => {
    const taken = await handlers['image-set:take']({
      imageSet: 'pets',
      name: 'Odd ones',
      picks: [...pick('training', 1, 0), ...pick('test', 1)],
    });
    expect(taken).toMatchObject({ name: 'Odd ones', trainingCount: 2, testCount: 1 });
    const old = await look('pets');
    expect((await look(taken.id)).training).toEqual(old.training.slice(0, 2));
    expect((await library['image-set:list']({})).every(({ newer }) => newer === undefined)).toBe(true);
  });

  it('can be made of MNIST', async () => {
    const { id } = await handlers['image-set:take']({
      imageSet: 'mnist',
      name: 'Few',
      picks: pick('test', ...Array.from({ length: 12 }, (_, at) => at)),
    });
    const few = await sets.get(id);
    const hex = ({ pixels }: ImageColumns, count: number): string[] =>
      Array.from({ length: count }, (_, at) => Buffer.from(pixels.subarray(at * 784, (at + 1) * 784)).toString('hex'));
    const taken = [...hex(few.training.images, 9), ...hex(few.test.images, 3)];
    expect(taken.sort()).toEqual(hex((await sets.get('mnist')).test.images, 12).sort());
    // The test labels begin 7 2 1 0 4 1 4 9 5 9 0 6.
    expect(few.labelNames).toEqual(['0', '1', '2', '4', '5', '6', '7', '9']);
  });
});

describe('pictures added to a set', () => {
  const add = (label?: string) =>
    importImages({
      paths: [join(data.path, 'more')],
      // What is proposed for the new ones by themselves does not matter.
      options: { ...plain, width: 20, height: 12, channels: 3, name: 'more' },
      folder: store.at('next').path,
      id: 'next',
      onto: { folder: store.at('pets').path, id: 'pets' },
      ...(label === undefined ? {} : { label }),
    });

  it('become images as those of the set were; what it holds already is left out', async () => {
    await write('more/cats/4.png', 40);
    await write('more/cats/again.png', 10);
    await write('more/dogs/again.png', 14);
    const { imported, duplicates, set } = await add();
    expect([imported, duplicates.length, set.name]).toEqual([1, 2, 'Tried']);
    const [old, now] = [await look('pets'), await look('next')];
    expect([...now.training, ...now.test].filter((image) => image.startsWith('40'))).toEqual(['40 cats']);
    expect(now.training.filter((image) => !image.startsWith('40'))).toEqual(old.training);
    const { imported: about } = await library['image-set:describe']({ imageSet: 'next' });
    expect(about?.changes.map(({ words }) => words)).toEqual(['1 image added']);
  });

  it('can be given one label', async () => {
    await write('more/4.png', 40);
    expect((await add('Fish')).set.labelNames).toEqual(['cats', 'dogs', 'Fish']);
  });

  it('that are all there already are refused, and nothing is made', async () => {
    await write('more/cats/again.png', 10);
    await expect(add()).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('1 are in the set') as string,
    });
    expect((await store.list()).sets.map(({ id }) => id)).toEqual(['pets']);
  });
});
