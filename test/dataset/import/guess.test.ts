import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { StudioError } from '../../../electron/domain/errors.ts';
import { guessOptions, sampled } from '../../../electron/dataset/import/guess.ts';
import type { Source, SourceItem } from '../../../electron/dataset/import/source.ts';
import { NumberSurvey } from '../../../electron/dataset/picture/number-survey.ts';

type Pixel = readonly number[];

/** A PNG, pixel by pixel: grey, grey and alpha, RGB, or RGB and alpha. */
const png = (width: number, height: number, at: (x: number, y: number) => Pixel): Promise<Buffer> => {
  const pixels = Array.from({ length: width * height }, (_, place) => at(place % width, Math.floor(place / width)));
  const channels = pixels[0]!.length as 1 | 2 | 3 | 4;
  return sharp(Buffer.from(pixels.flat()), { raw: { width, height, channels } }).png().toBuffer();
};
const plain = (width: number, height: number, grey = 90) => png(width, height, () => [grey]);

const itemOf = (name: string, read: () => Promise<Uint8Array>): SourceItem => ({
  name,
  content: { kind: 'file', read },
});

function sourceOf(items: readonly SourceItem[], more: Partial<Source> = {}): Source {
  const close = (): Promise<void> => Promise.resolve();
  return { count: items.length, splits: new Set(), skipped: [], items: () => items, close, ...more };
}

async function guess(pictures: readonly (Buffer | Promise<Buffer>)[], more: Partial<Source> = {}) {
  const bytes = await Promise.all(pictures);
  const items = bytes.map((each, at) => itemOf(`${at}.png`, () => Promise.resolve(each)));
  return guessOptions(sourceOf(items, more), 'Mine', 2);
}

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
  });

  it('is a square where they are not, no larger than the longest side', async () => {
    expect((await sizeOf([40, 30], [30, 40])).slice(0, 2)).toEqual([40, 40]);
    expect((await sizeOf([400, 30], [30, 40])).slice(0, 2)).toEqual([64, 64]);
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

describe('colours are proposed', () => {
  /** 20 × 20 pixels, so many of them of a colour. */
  const spotted = (count: number, colour: Pixel = [107, 90, 100]) =>
    png(20, 20, (x, y) => (y * 20 + x < count ? colour : [90, 90, 90]));
  const channelsOf = async (...pictures: readonly Promise<Buffer>[]) => (await guess(pictures)).options.channels;

  it('where more than a pixel in a hundred is coloured, in one picture at least', async () => {
    expect(await channelsOf(spotted(4))).toBe(1);
    expect(await channelsOf(spotted(5))).toBe(3);
    expect(await channelsOf(spotted(0), spotted(5), spotted(0))).toBe(3);
  });

  it.each([
    [[107, 90, 90], 3],
    [[90, 107, 90], 3],
    [[90, 90, 107], 3],
    [[106, 90, 90], 1],
    [[90, 107, 107], 3],
    [[107, 107, 107], 1],
  ])('a pixel %j being of %i channels', async (colour, channels) => {
    expect(await channelsOf(spotted(400, colour))).toBe(channels);
  });

  it('also of pictures with alpha, which is no colour', async () => {
    expect(await channelsOf(png(9, 9, () => [200, 90, 90, 255]))).toBe(3);
    expect(await channelsOf(png(9, 9, () => [90, 90, 90, 200]))).toBe(1);
  });
});

describe('ink on paper', () => {
  /** 20 × 20 pixels of a ground, with a block in the middle. */
  const drawn = (ground: number, ink: number) =>
    png(20, 20, (x, y) => [x > 5 && x < 15 && y > 5 && y < 15 ? ink : ground]);
  const told = async (...pictures: readonly Promise<Buffer>[]) => {
    const { autoInverts, options } = await guess(pictures);
    return [autoInverts, options.background];
  };
  const inverted = [true, '#ffffff'];
  const left = [false, '#000000'];

  it('is dark on an even, light ground', async () => {
    expect(await told(drawn(240, 10))).toEqual(inverted);
    expect(await told(drawn(181, 10))).toEqual(inverted);
    expect(await told(drawn(180, 10))).toEqual(left);
    expect(await told(drawn(10, 240))).toEqual(left);
  });

  it('is darker than its ground by enough to be seen', async () => {
    expect(await told(drawn(200, 200))).toEqual(left);
    // 81 of 400 pixels: the mean is 4 below the ground where they are 19 or 20 below it.
    expect(await told(drawn(200, 181))).toEqual(left);
    expect(await told(drawn(200, 180))).toEqual(inverted);
    expect(await told(drawn(200, 250))).toEqual(left);
  });

  it('has an even border on all sides', async () => {
    // Of the 80 pixels of the border, a fifth may be different, by 32 or more.
    const bordered = (count: number, off: number, side: (x: number, y: number) => number) =>
      png(20, 20, (x, y) => {
        if (x > 5 && x < 15 && y > 5 && y < 15) return [0];
        return [side(x, y) >= 0 && side(x, y) < count ? off : 230];
      });
    const top = (x: number, y: number) => (y === 0 ? x - 2 : -1);
    const bottom = (x: number, y: number) => (y === 19 ? x - 2 : -1);
    const leftSide = (x: number, y: number) => (x === 0 ? y - 2 : -1);
    const right = (x: number, y: number) => (x === 19 ? y - 2 : -1);
    for (const side of [top, bottom, leftSide, right]) {
      expect(await told(bordered(15, 190, side))).toEqual(inverted);
      expect(await told(bordered(16, 190, side))).toEqual(left);
      expect(await told(bordered(16, 199, side))).toEqual(inverted);
      expect(await told(bordered(16, 198, side))).toEqual(left);
    }
  });

  it('is what half of the pictures are', async () => {
    const [ink, photo] = [drawn(240, 10), drawn(90, 10)];
    expect(await told(ink, photo)).toEqual(inverted);
    expect(await told(ink, photo, photo)).toEqual(left);
  });

  it('in colours is not inverted, and stands on white', async () => {
    const coloured = png(20, 20, (x, y) => (x > 5 && x < 15 && y > 5 && y < 15 ? [200, 10, 10] : [240, 240, 240]));
    expect(await told(coloured)).toEqual([false, '#ffffff']);
  });
});

describe('transparent pictures', () => {
  /** A block of grey on nothing. */
  const cut = (grey: number, alpha = 255, ground = 0) =>
    png(20, 20, (x, y) => (x > 5 && x < 15 && y > 5 && y < 15 ? [grey, alpha] : [0, ground]));
  const told = async (...pictures: readonly Promise<Buffer>[]) => {
    const { autoInverts, options } = await guess(pictures);
    return [autoInverts, options.background];
  };

  it('lie on what they show on: dark ones on white, which are inverted, others on black, which are not', async () => {
    expect(await told(cut(20))).toEqual([true, '#ffffff']);
    expect(await told(cut(47))).toEqual([true, '#ffffff']);
    expect(await told(cut(48))).toEqual([false, '#000000']);
    expect(await told(cut(120))).toEqual([false, '#000000']);
    expect(await told(cut(230))).toEqual([false, '#000000']);
    // Half of them are enough.
    expect(await told(cut(20), plain(20, 20))).toEqual([true, '#ffffff']);
    expect(await told(cut(20), plain(20, 20), plain(20, 20))).toEqual([false, '#ffffff']);
  });

  it('of both kinds lie on grey, on which each is seen', async () => {
    expect((await told(cut(20), cut(230)))[1]).toBe('#808080');
    expect((await told(cut(20), cut(230), plain(20, 20)))[1]).toBe('#808080');
  });

  it('count as such where a pixel is less than half opaque', async () => {
    expect((await told(cut(20, 255, 127)))[1]).toBe('#ffffff');
    expect((await told(cut(20, 255, 128)))[1]).toBe('#000000');
    expect((await told(cut(20, 128)))[1]).toBe('#ffffff');
    // Nothing of it is opaque: it is as any other, seen on white.
    expect(await told(cut(20, 127))).toEqual([true, '#ffffff']);
  });

  it('in colours are as light as their luma', async () => {
    const blue = png(20, 20, (x, y) => (x > 5 && x < 15 && y > 5 && y < 15 ? [0, 0, 255, 255] : [0, 0, 0, 0]));
    const yellow = png(20, 20, (x, y) => (x > 5 && x < 15 && y > 5 && y < 15 ? [255, 255, 0, 255] : [0, 0, 0, 0]));
    expect(await told(blue)).toEqual([false, '#ffffff']);
    expect(await told(yellow)).toEqual([false, '#000000']);
    // Opaque throughout, they are as any other.
    expect((await guess([png(9, 9, () => [90, 90, 90, 255])])).options.background).toBe('#000000');
  });
});

describe('the other options', () => {
  const optionsOf = async (more: Partial<Source>) => (await guess([plain(9, 9)], more)).options;

  it('are the usual ones', async () => {
    expect(await optionsOf({})).toEqual({
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
    expect(unread).toEqual([
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
