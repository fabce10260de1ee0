import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { ImportOptions } from '../../../electron/contract/import-options.ts';
import type { ImportProgress } from '../../../electron/contract/import-plan.ts';
import type { ImportHooks } from '../../../electron/dataset/import/import-hooks.ts';
import { importImages } from '../../../electron/dataset/import/import-images.ts';
import { planImport, previewImport } from '../../../electron/dataset/import/plan-import.ts';
import { placesOf } from '../../../electron/dataset/import/folders.ts';
import { readStoredSet } from '../../../electron/dataset/stored-set.ts';
import { TemporaryFolder } from '../idx-bytes.ts';
import { FIXTURES, greyPng, plain } from './fixtures.ts';

let place: TemporaryFolder;
let pictures: string;
let sets: string;

beforeEach(() => {
  place = new TemporaryFolder();
  pictures = join(place.path, 'pictures');
  sets = join(place.path, 'sets');
});
afterEach(() => place[Symbol.dispose]());

/** Writes pictures of different greys under these names. */
async function write(...names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    const path = join(pictures, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await greyPng(10 + index));
  }
}

const run = (options: Partial<ImportOptions> = {}, hooks: ImportHooks = {}, paths = [pictures]) =>
  importImages({ paths, options: { ...plain, ...options }, folder: join(sets, 'one'), id: 'one' }, hooks);

const greys = ({ images }: { images: { pixels: Uint8Array } }): number[] =>
  [...images.pixels].filter((_, index) => index % 64 === 0);

describe('importing a folder', () => {
  it('takes subfolders as labels and every n-th of each label as test image', async () => {
    await write('cats/1.png', 'cats/2.png', 'cats/10.png', 'dogs/1.png', 'dogs/2.png', 'dogs/deep/3.png');
    const report = await run();
    expect(report).toMatchObject({ imported: 6, skipped: [], duplicates: [], notes: [], inverted: false });
    expect(report.set).toEqual({
      id: 'one',
      // Even greys vary in one way.
      components95: 1,
      name: 'Tried',
      trainingCount: 4,
      testCount: 2,
      shape: [8, 8, 1],
      labelNames: ['cats', 'dogs'],
    });
    const set = await readStoredSet(join(sets, 'one'), 'one');
    // The third of cats, and of dogs, which begin one place later, the second.
    expect(greys(set.test)).toEqual([12, 14]);
    expect([...set.test.labels!]).toEqual([0, 1]);
    expect(greys(set.training).sort()).toEqual([10, 11, 13, 15]);
    greys(set.training).forEach((grey, index) => expect(set.training.labels![index]).toBe(grey < 13 ? 0 : 1));
    expect(readdirSync(sets)).toEqual(['one']);
    expect(readdirSync(join(sets, 'one')).sort()).toEqual(['images.u8', 'index.json', 'labels.u8', 'names.jsonl']);
  });

  it('takes folders called train and test as they are', async () => {
    await write('test/a/1.png', 'train/a/1.png', 'train/b/2.png');
    await run({ test: { kind: 'folders' } });
    const set = await readStoredSet(join(sets, 'one'), 'one');
    expect(greys(set.test)).toEqual([10]);
    expect(set.labelNames).toEqual(['a', 'b']);
  });

  it('gives a set that is read into memory in one piece, and refused in words where that cannot be', async () => {
    await write('1.png', '2.png');
    await run();
    const [bytes, folder] = [2 * 8 * 8, join(sets, 'one')];
    expect((await readStoredSet(folder, 'one', bytes)).training.images.count).toBe(1);
    await expect(readStoredSet(folder, 'one', bytes - 1)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/images\.u8: expected at most 127 bytes.*found 128\./),
    });
  });

  it('mixes the labels, so that the first images are like the rest', async () => {
    await write(...Array.from({ length: 60 }, (_, index) => `${index < 30 ? 'a' : 'b'}/${index}.png`));
    await run();
    const { training } = await readStoredSet(join(sets, 'one'), 'one');
    const ofA = training.labels!.subarray(0, 20).filter((label) => label === 0).length;
    expect(ofA).toBeGreaterThan(4);
    expect(ofA).toBeLessThan(16);
  });

  it('keeps names of any kind', async () => {
    await write('zwölf Äpfel/ein Bild.png', 'zwölf Äpfel/line\nbreak.png', '日本/図.png');
    const { set } = await run();
    expect(set.labelNames).toEqual(['zwölf Äpfel', '日本']);
    const names = readFileSync(join(sets, 'one', 'names.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as string);
    expect(names.sort()).toEqual(['zwölf Äpfel/ein Bild.png', 'zwölf Äpfel/line\nbreak.png', '日本/図.png'].sort());
  });

  it('leaves out what it has seen, or keeps it, and says so', async () => {
    await write('a/1.png', 'b/1.png', 'b/2.png');
    writeFileSync(join(pictures, 'b/1.png'), readFileSync(join(pictures, 'a/1.png')));
    const { imported, duplicates } = await run();
    expect([imported, duplicates]).toEqual([2, [{ name: 'b/1.png', of: 'a/1.png', kept: false }]]);
  });

  it('enters a folder once, whatever links lead to it', async () => {
    await write('a/1.png', 'a/2.png');
    symlinkSync('..', join(pictures, 'a', 'up'));
    symlinkSync('self', join(pictures, 'self'));
    const { imported, skipped } = await run();
    expect(imported).toBe(2);
    expect(skipped).toEqual([
      { name: 'a/up', reason: 'expected a new folder, found a link to one that was entered already.' },
      { name: 'self', reason: 'expected something readable, but it is a link that leads back to itself.' },
    ]);
  });

  it('inverts and says so', async () => {
    await write('1.png', '2.png');
    const report = await run({ invert: 'on' });
    const set = await readStoredSet(join(sets, 'one'), 'one');
    expect(report.inverted).toBe(true);
    expect([...greys(set.training), ...greys(set.test)].sort()).toEqual([244, 245]);
    expect(set.training.labels).toBeUndefined();
  });
});

it('imports a zip without unpacking it', async () => {
  const { set } = await run({}, {}, [join(FIXTURES, 'classes.zip')]);
  expect(set.labelNames).toEqual(['cats', 'dogs']);
  const stored = await readStoredSet(join(sets, 'one'), 'one');
  expect([...greys(stored.training), ...greys(stored.test)].sort((a, b) => a - b)).toEqual([40, 41, 42, 220, 221, 222]);
});

describe('what is given beforehand', () => {
  it('a plan: counts, labels and options guessed from the files', async () => {
    await write('train/x/1.png', 'train/y/2.png', 'test/x/3.png');
    writeFileSync(join(pictures, 'train/x/note.txt'), 'a note');
    const plan = await planImport([pictures], 'Mine');
    expect(plan).toMatchObject({
      count: 3,
      others: { count: 1, endings: [{ ending: '.txt', count: 1 }] },
      labels: [
        { name: 'x', count: 2 },
        { name: 'y', count: 1 },
      ],
      options: { name: 'Mine', width: 8, height: 8, channels: 1, test: { kind: 'folders' }, duplicates: 'skip' },
    });
    expect(existsSync(sets)).toBe(false);
  });

  it('guesses RGB, the proportions of a photograph, and inversion of ink on paper', async () => {
    const { default: sharp } = await import('sharp');
    mkdirSync(pictures);
    await sharp({ create: { width: 400, height: 300, channels: 3, background: '#8040c0' } }).toFile(
      join(pictures, 'a.jpg'),
    );
    const photo = await planImport([pictures], 'Photos');
    expect(photo.options).toMatchObject({ width: 64, height: 48, channels: 3, fit: 'contain' });
    expect(photo.autoInverts).toBe(false);
    const ink = { input: Buffer.alloc(100, 20), raw: { width: 10, height: 10, channels: 1 } } as const;
    const paper = sharp({ create: { width: 40, height: 40, channels: 3, background: '#f0f0f0' } });
    const written = join(place.path, 'written.png');
    await paper.composite([{ ...ink, left: 15, top: 15 }]).toFile(written);
    expect(await planImport([written], 'Ink')).toMatchObject({
      autoInverts: true,
      options: { width: 40, height: 40, channels: 1, background: '#ffffff' },
    });
  });

  it('a preview: the same pixels as the import, and the reason of each that fails', async () => {
    await write('a/1.png', 'a/2.png');
    writeFileSync(join(pictures, 'a/3.png'), '');
    const preview = await previewImport([pictures], plain, 10);
    expect(preview.map(({ name, kind }) => [name, kind])).toEqual([
      ['a/1.png', 'image'],
      ['a/2.png', 'image'],
      ['a/3.png', 'problem'],
    ]);
    expect(preview[1]).toMatchObject({ image: { count: 1, width: 8, height: 8, pixels: new Uint8Array(64).fill(11) } });
  });
});

describe('progress and stopping', () => {
  it('tells count, speed and time left, not too often', async () => {
    await write(...Array.from({ length: 40 }, (_, index) => `${index}.png`));
    const told: ImportProgress[] = [];
    const { seconds } = await run({}, { onProgress: (progress) => told.push(progress) });
    expect(told.length).toBeLessThanOrEqual(seconds * 30 + 2);
    expect(told[0]).toEqual({ kind: 'listing', found: 0 });
    for (const progress of told) {
      if (progress.kind !== 'reading') continue;
      expect(progress.total).toBe(40);
      expect(progress.fraction).toBe(progress.done / 40);
      expect(progress.imagesPerSecond).toBeGreaterThan(0);
    }
  });

  it('stopped while reading, nothing stays behind', async () => {
    await write('1.png', '2.png', '3.png');
    const stopping = new AbortController();
    const { thisMachine } = await import('../../../electron/dataset/import/system.ts');
    let reads = 0;
    const readFile = (path: string): Promise<Buffer> => {
      reads += 1;
      if (reads === 5) stopping.abort();
      return thisMachine.readFile(path);
    };
    // The first three reads are the guess's.
    const stopped = run({ invert: 'auto' }, { signal: stopping.signal, system: { ...thisMachine, readFile } });
    await expect(stopped).rejects.toMatchObject({ code: 'stopped' });
    expect(readdirSync(sets)).toEqual([]);
  });
});

describe('labels and splits from paths', () => {
  const labels = (...paths: string[]) => placesOf(paths).places.map(({ label }) => label);
  it.each([
    [
      ['a.png', 'b.png'],
      [undefined, undefined],
    ],
    [
      ['only/a.png', 'only/b.png'],
      [undefined, undefined],
    ],
    [
      ['x/a.png', 'y/b.png'],
      ['x', 'y'],
    ],
    [
      ['root/x/a.png', 'root/y/deep/b.png'],
      ['x', 'y'],
    ],
    [
      ['x/a.png', 'b.png'],
      ['x', 'unsorted'],
    ],
    [
      ['train/x/1', 'train/y/2', 'test/x/3'],
      ['x', 'y', 'x'],
    ],
  ])('%j', (paths, wanted) => expect(labels(...paths)).toEqual(wanted));

  it('of a folder of 300,000 are read in one go, not each against all', () => {
    const paths = Array.from({ length: 300_000 }, (_, index) => `only/${index % 3}/${index}.png`);
    expect(placesOf(paths).places.filter(({ label }) => label === '2')).toHaveLength(100_000);
  });

  const splits = (...paths: string[]) => placesOf(paths).places.map(({ split }) => split);

  it('what lies beside train and test does not join them', () => {
    expect(splits('train/a/1.png', 'test/a/2.png', 'plot.png')).toEqual(['training', 'test', undefined]);
    expect(labels('train/a/1.png', 'test/b/2.png', 'plot.png')).toEqual(['a', 'b', undefined]);
  });

  it('validation counts as test where there is none', () => {
    expect(splits('train/a/1.png', 'val/a/2.png')).toEqual(['training', 'test']);
    expect(splits('train/a/1.png', 'val/a/2.png', 'test/a/3.png')).toEqual(['training', 'validation', 'test']);
  });
});
