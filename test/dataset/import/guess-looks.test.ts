import { describe, expect, it } from 'vitest';
import { guessOptions } from '../../../electron/dataset/import/guess.ts';
import { guess, plain, png, sourceOf, type Pixel } from './guessed-pictures.ts';

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
    // 80 of them: the mean is 4 below, and not more.
    const block = (ink: number) => png(20, 20, (x, y) => [x > 4 && x < 15 && y > 5 && y < 14 ? ink : 200]);
    expect(await told(block(180))).toEqual(left);
    expect(await told(block(179))).toEqual(inverted);
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

  it('has a ground that most of its border tells, and not a corner', async () => {
    const corners = png(20, 20, (x, y) => {
      if ((x === 0 && y === 0) || (x === 19 && y === 19)) return [0];
      return [x > 5 && x < 15 && y > 5 && y < 15 ? 10 : 240];
    });
    expect(await told(corners)).toEqual(inverted);
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

describe('rows of an array', () => {
  /** What is proposed for one row of bytes, the bands of a pixel beside each other. */
  const proposed = async (side: number, bands: number, values: readonly number[], alpha = false) => {
    const numbers = { width: side, height: side, bands, alpha, values: Uint8Array.from(values) };
    const source = sourceOf([{ name: 'a[0]', content: { kind: 'numbers', numbers } }]);
    const { options, autoInverts } = await guessOptions(source, 'Mine', 1);
    return [options.channels, options.background, autoInverts];
  };
  /** A value for each pixel of 9 × 9. */
  const each = (at: (place: number) => readonly number[]) => Array.from({ length: 81 }, (_, place) => at(place)).flat();

  it('of one band are grey, and opaque however dark they are', async () => {
    expect(
      await proposed(
        9,
        1,
        each((place) => [(place * 37) % 256]),
      ),
    ).toEqual([1, '#000000', false]);
    expect(
      await proposed(
        9,
        1,
        each(() => [20]),
      ),
    ).toEqual([1, '#000000', false]);
  });

  it('of grey and opacity are grey, and lie on what they show on', async () => {
    const grey = (value: number) => each((place) => (place < 40 ? [value, 255] : [0, 0]));
    expect(await proposed(9, 2, grey(20), true)).toEqual([1, '#ffffff', true]);
    expect(await proposed(9, 2, grey(230), true)).toEqual([1, '#000000', false]);
  });
});
