import { describe, expect, it } from 'vitest';
import { StudioError } from '../../../electron/domain/errors.ts';
import { guessOptions, sampled } from '../../../electron/dataset/import/guess.ts';
import type { Source, SourceItem } from '../../../electron/dataset/import/source.ts';
import { NumberSurvey } from '../../../electron/dataset/picture/number-survey.ts';
import { guess, itemOf, plain, sourceOf } from './guessed-pictures.ts';

const sizes = (...all: readonly (readonly [number, number])[]) => all.map(([width, height]) => plain(width, height));
const sizeOf = async (...all: readonly (readonly [number, number])[]) => {
  const { options, pictureSize } = await guess(sizes(...all));
  return [options.width, options.height, pictureSize];
};

describe('the size that is proposed', () => {
  it('is the pictures’ own where all have one that fits', async () => {
    expect(await sizeOf([40, 30], [40, 30])).toEqual([40, 30, { width: 40, height: 30 }]);
    expect(await sizeOf([256, 12])).toEqual([256, 12, { width: 256, height: 12 }]);
    expect(await sizeOf([4, 6], [4, 6])).toEqual([8, 8, { width: 4, height: 6 }]);
  });

  it('is 64 at the longer side in their proportions, the shorter a multiple of eight, where they are larger', async () => {
    expect((await sizeOf([400, 300])).slice(0, 2)).toEqual([64, 48]);
    expect((await sizeOf([300, 400])).slice(0, 2)).toEqual([48, 64]);
    expect((await sizeOf([257, 100])).slice(0, 2)).toEqual([64, 24]);
    expect((await sizeOf([1_000, 20])).slice(0, 2)).toEqual([64, 8]);
  });

  it('is so where they are of several sizes and alike in their proportions', async () => {
    expect((await sizeOf([40, 30], [80, 60])).slice(0, 2)).toEqual([64, 48]);
    expect((await sizeOf([20, 10], [40, 20])).slice(0, 2)).toEqual([40, 24]);
    expect((await sizeOf([30, 40], [60, 80])).slice(0, 2)).toEqual([48, 64]);
    // A square stays one, of whatever side.
    expect((await sizeOf([44, 44], [22, 22])).slice(0, 2)).toEqual([44, 44]);
  });

  it('is a square where they are not, no larger than the longest side', async () => {
    expect((await sizeOf([40, 30], [30, 40])).slice(0, 2)).toEqual([40, 40]);
    expect((await sizeOf([400, 30], [30, 40])).slice(0, 2)).toEqual([64, 64]);
    expect((await sizeOf([40, 30], [40, 60])).slice(0, 2)).toEqual([60, 60]);
    expect((await sizeOf([4, 3], [3, 4])).slice(0, 2)).toEqual([8, 8]);
    // As good as square.
    expect((await sizeOf([300, 301])).slice(0, 2)).toEqual([64, 64]);
    expect((await sizeOf([40, 30], [41, 30])).slice(0, 2)).toEqual([41, 41]);
  });

  it('is a square of 64 where no picture can be read', async () => {
    const { options, pictureSize } = await guess([]);
    expect([options.width, options.height, pictureSize]).toEqual([64, 64, undefined]);
    expect([options.channels, options.background, options.invert]).toEqual([1, '#000000', 'auto']);
  });

  it.each([
    [{ width: 12, height: 20 }, [12, 20]],
    [{ width: 512, height: 256 }, [256, 128]],
    [{ width: 100, height: 1_000 }, [26, 256]],
    [{ width: 3, height: 3 }, [8, 8]],
  ])('of an array of %j is its own, as far as it fits', async (given, wanted) => {
    const { options, pictureSize } = await guess([plain(9, 9)], { shape: { ...given, channels: 1 } });
    expect([options.width, options.height]).toEqual(wanted);
    expect(pictureSize).toBeUndefined();
  });

  it('comes with that of the picture in the middle, by the shorter sides', async () => {
    const [, , middle] = await sizeOf([90, 10], [12, 70], [15, 11], [30, 40], [60, 14]);
    expect(middle).toEqual({ width: 12, height: 70 });
  });
});

describe('the other options', () => {
  const optionsOf = async (more: Partial<Source>) => (await guess([plain(9, 9)], more)).options;

  it('are the usual ones', async () => {
    expect(await optionsOf({})).toStrictEqual({
      name: 'Mine',
      width: 9,
      height: 9,
      channels: 1,
      fit: 'contain',
      background: '#000000',
      invert: 'auto',
      centre: false,
      labels: 'folders',
      test: { kind: 'every', n: 10 },
      duplicates: 'skip',
    });
  });

  it('keep what an array has twice', async () => {
    expect((await optionsOf({ shape: { width: 9, height: 9, channels: 1 } })).duplicates).toBe('keep');
  });

  it.each([
    [['training', 'test'], 'folders'],
    [[undefined, 'test'], 'folders'],
    [['test'], 'every'],
    [['training', 'validation'], 'every'],
  ] as const)('take the splits %j as %s', async (splits, kind) => {
    expect((await optionsOf({ splits: new Set<SourceItem['split']>(splits) })).test.kind).toBe(kind);
  });

  it('say what the numbers mean where they are not bytes, and of one kind', async () => {
    const numbers = new NumberSurvey();
    expect((await optionsOf({ numbers })).range).toBeUndefined();
    numbers.add([0, 0.5, 1], { kind: 'f', bits: 32 });
    expect((await optionsOf({ numbers })).range).toEqual({ black: 0, white: 1 });
    expect((await optionsOf({ numbers, numberKinds: [] })).range).toBeUndefined();
    const bytes = new NumberSurvey();
    bytes.add([0, 200], { kind: 'u', bits: 8 });
    expect((await optionsOf({ numbers: bytes })).range).toBeUndefined();
  });
});

describe('what is looked at', () => {
  const good = plain(9, 9);

  it('leaves out what cannot be read, and says so with its label', async () => {
    const bad = () => Promise.reject(new StudioError('bad-file', '1.png: expected a picture, found text.'));
    const gone = () => Promise.reject(Object.assign(new Error('gone'), { code: 'ENOENT' }));
    const items = [itemOf('0.png', () => good), { ...itemOf('1.png', bad), label: 'cats' }, itemOf('2.png', gone)];
    const { unread, tried, options } = await guessOptions(sourceOf(items), 'Mine', 2);
    expect(unread).toStrictEqual([
      { name: '1.png', reason: 'expected a picture, found text.', label: 'cats' },
      { name: '2.png', reason: 'expected a picture, but it is no longer there.' },
    ]);
    expect([...tried].sort()).toEqual(['0.png', '1.png', '2.png']);
    expect([options.width, options.height]).toEqual([9, 9]);
  });

  it('is no fault of a picture where something else goes wrong', async () => {
    const broken = () => Promise.reject(new TypeError('a fault of ours'));
    await expect(guessOptions(sourceOf([itemOf('0.png', broken)]), 'Mine', 2)).rejects.toThrow('a fault of ours');
  });

  it('is two dozen pictures, of more only where some cannot be read', async () => {
    const read: string[] = [];
    const items = Array.from({ length: 60 }, (_, at) =>
      itemOf(`${at}`, () => (read.push(`${at}`), at % 10 === 0 ? Promise.resolve(Buffer.from('text')) : good)),
    );
    const { tried, unread } = await guessOptions(sourceOf(items), 'Mine', 1);
    expect(tried.size - unread.length).toBe(24);
    expect(unread.length).toBeGreaterThan(0);
    expect(read.length).toBeLessThanOrEqual(tried.size + 1);
    const whole = Array.from({ length: 60 }, (_, at) => itemOf(`${at}`, () => good));
    const { tried: all } = await guessOptions(sourceOf(whole), 'Mine', 1);
    expect(all.size).toBe(24);
  });

  it('is spread over all, those in between afterwards; of an array it is the first rows', async () => {
    const items = Array.from({ length: 10 }, (_, at) => itemOf(`${at}`, () => good));
    const namesOf = async (more: Partial<Source>, ...counts: [number, number?]) => {
      const names: string[] = [];
      for await (const { name } of sampled(sourceOf(items, more), ...counts)) names.push(name);
      return names.join(' ');
    };
    expect(await namesOf({}, 5)).toBe('0 2 4 6 8');
    expect(await namesOf({}, 5, 10)).toBe('0 2 4 6 8 1 3 5 7 9');
    expect(await namesOf({}, 3, 4)).toBe('0 3 5 8');
    expect(await namesOf({}, 20)).toBe('0 1 2 3 4 5 6 7 8 9');
    expect(await namesOf({ shape: { width: 9, height: 9, channels: 1 } }, 4)).toBe('0 1 2 3');
  });
});
