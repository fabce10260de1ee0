import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importImages } from '../../../../electron/dataset/import/import-images.ts';
import { planImport } from '../../../../electron/dataset/import/plan-import.ts';
import { decodePicture } from '../../../../electron/dataset/picture/decode.ts';
import { NumberSurvey } from '../../../../electron/dataset/picture/number-survey.ts';
import { darkWords } from '../../../../electron/domain/number-words.ts';
import { TemporaryFolder } from '../../idx-bytes.ts';
import { itemsOf, plain } from '../fixtures.ts';
import { npy, tiff } from './made-files.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = new TemporaryFolder()));
afterEach(() => folder[Symbol.dispose]());

describe('which number is black and which is white', () => {
  const range = (kind: 'u' | 'i' | 'f', bits: number, ...values: number[]) => {
    const survey = new NumberSurvey();
    survey.add(values, { kind, bits });
    const { black, white } = survey.range();
    return [black, white];
  };

  it.each<[string, ['u' | 'i' | 'f', number, ...number[]], [number, number]]>([
    ['0 to 1', ['f', 64, 0, 0.25, 1], [0, 1]],
    ['the next number above 1', ['f', 64, 0, 0.5, 1.0000000000000004], [0, 1]],
    ['a little below 0', ['f', 64, -1e-9, 0.5, 1], [0, 1]],
    ['−1 to 1', ['f', 32, -0.9992, 0.4, 0.9998], [-1, 1]],
    ['−0.5 to 0.5', ['f', 32, -0.5, 0.1, 0.49], [-0.5, 0.5]],
    ['standardised', ['f', 32, -2.1, 0.3, 2.6], [-2.1, 2.6]],
    ['fractions of 0 to 255', ['f', 32, 0.5, 200.25], [0, 255]],
    ['0 and 1', ['u', 8, 0, 1], [0, 1]],
    ['0 to 16 in floats', ['f', 64, 0, 5, 16], [0, 16]],
    ['four bits', ['u', 8, 0, 15], [0, 15]],
    ['bytes', ['u', 8, 0, 17], [0, 255]],
    ['bytes less 128', ['i', 8, -128, 90], [-128, 127]],
    ['10 bits', ['u', 16, 3, 1_000], [0, 1_023]],
    ['12 bits', ['u', 16, 80, 3_774], [0, 4_095]],
    ['16 bits', ['u', 16, 0, 64_250], [0, 65_535]],
    ['whole numbers in 64 bits', ['i', 64, 0, 255], [0, 255]],
    ['32 bits', ['u', 32, 84_215_045, 3_958_107_115], [0, 4_294_967_295]],
    ['Hounsfield units', ['i', 16, -961, 843], [-961, 843]],
    ['one number alone', ['f', 32, 7.5, 7.5], [7.5, 15]],
  ])('%s', (_, [kind, bits, ...values], wanted) => expect(range(kind, bits, ...values)).toEqual(wanted));

  it('says where a number is missing', () => {
    expect(new NumberSurvey().add([1, 0.5, NaN, 3], { kind: 'f', bits: 32 })).toBe(2);
    expect(new NumberSurvey().add([1, Infinity], { kind: 'f', bits: 32 })).toBe(1);
    expect(new NumberSurvey().add([1, 2], { kind: 'f', bits: 32 })).toBe(-1);
  });
});

const ramp = (count: number, from: number, to: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => from + ((to - from) * at) / (count - 1));

describe('arrays', () => {
  it('of −1 to 1 become 0 to 255', async () => {
    const path = folder.write('x.npy', npy('<f4', [2, 8, 8, 1], ramp(128, -1, 1)));
    const { items } = await itemsOf(path);
    expect([items[0]!.pixels[0], items[1]!.pixels[63]]).toEqual([0, 255]);
    expect(items[1]!.pixels[0]).toBe(Math.round((64 / 127) * 255));
  });

  it('share one scale: the darker file stays darker', async () => {
    const bright = folder.write('b.npy', npy('<f4', [2, 8, 8], ramp(128, 0, 4)));
    const dark = folder.write('a.npy', npy('<f4', [2, 8, 8], ramp(128, 0, 2)));
    const { items } = await itemsOf(dark, bright);
    expect(Math.max(...items.slice(0, 2).flatMap(({ pixels }) => pixels))).toBe(128);
    expect(Math.max(...items.slice(2).flatMap(({ pixels }) => pixels))).toBe(255);
  });

  it('with one that is bad among them: the others are taken', async () => {
    folder.write('set/bad.npy', npy('<f4', [2, 8, 8], new Float32Array(128).fill(NaN)));
    folder.write('set/good.npy', npy('<f4', [2, 8, 8], ramp(128, 0, 1)));
    const { count, skipped } = await itemsOf(`${folder.path}/set`);
    expect(count).toBe(2);
    expect(skipped).toEqual([{ name: 'bad.npy', reason: 'expected numbers, found NaN at [0, 0, 0].' }]);
  });
});

describe('TIFF', () => {
  it('of fractions without some of them: the others are scaled by themselves, and the gaps are said', async () => {
    const values = ramp(16, -300, 2_250);
    values[0] = NaN;
    values[5] = Infinity;
    const bytes = tiff({ width: 4, height: 4, bits: 32, format: 3, values });
    const path = folder.write('dem.tif', bytes);
    const { items } = await itemsOf(path);
    expect([0, 1, 8, 15].map((at) => items[0]!.pixels[at])).toEqual([0, 0, Math.round((255 * 7) / 14), 255]);
    const { numbers, options } = await planImport([path], 'dem');
    expect([numbers?.least, numbers?.most]).toEqual([-130, 2_250]);
    expect(options.range).toEqual({ black: -130, white: 2_250 });
    const { note } = await decodePicture(bytes, 'dem.tif', 64);
    expect(note).toBe('has pixels without a number (NaN), which became black.');
  });

  const pixelsOf = async (bytes: Buffer) => (await itemsOf(folder.write('a.tif', bytes))).items[0]!.pixels;
  const size = { width: 4, height: 4 };

  it('of floats from 0 to 1', async () => {
    const pixels = await pixelsOf(tiff({ ...size, bits: 32, format: 3, values: ramp(16, 0, 1) }));
    expect(pixels).toEqual(Array.from({ length: 16 }, (_, at) => at * 17));
  });

  it('of a physical quantity, from its least to its most', async () => {
    const pixels = await pixelsOf(tiff({ ...size, bits: 32, format: 3, values: ramp(16, -900, 1_800) }));
    expect([pixels[0], pixels[5], pixels[15]]).toEqual([0, 85, 255]);
  });

  it('of 12 bits in 16', async () => {
    const values = Uint16Array.from({ length: 16 }, (_, at) => at * 273);
    expect(await pixelsOf(tiff({ ...size, bits: 16, values }))).toEqual(Array.from({ length: 16 }, (_, at) => at * 17));
  });

  it('of signed numbers', async () => {
    const values = Int16Array.from({ length: 16 }, (_, at) => -1_000 + at * 100);
    expect(await pixelsOf(tiff({ ...size, bits: 16, format: 2, values }))).toEqual(
      Array.from({ length: 16 }, (_, at) => at * 17),
    );
  });

  it('that came out one colour are told, other than those that are even by themselves', async () => {
    const dark = Uint16Array.from({ length: 16 }, (_, at) => at);
    folder.write('set/dark.tif', tiff({ ...size, bits: 16, values: dark }));
    folder.write('set/even.tif', tiff({ ...size, bits: 16, values: new Uint16Array(16).fill(7) }));
    folder.write('set/bright.tif', tiff({ ...size, bits: 16, values: dark.map((value) => value * 4_000) }));
    folder.write(
      'set/dark.npy',
      npy(
        '<u2',
        [1, 8, 8],
        Uint16Array.from({ length: 64 }, (_, at) => at),
      ),
    );
    const options = { ...plain, range: { black: 0, white: 65_535 } };
    const { notes } = await importImages({
      paths: [`${folder.path}/set`],
      options,
      folder: `${folder.path}/out`,
      id: 'out',
    });
    expect(notes).toEqual(
      ['dark.tif', 'dark.npy'].map((name) => ({ name, reason: 'came out one colour: nothing of it can be seen.' })),
    );
  });

  it('of several kinds are scaled kind by kind, which is said: one scale would show nothing of most', async () => {
    const of = (name: string, bits: number, format: number, values: NodeJS.ArrayBufferView): void =>
      void folder.write(`kinds/${name}.tif`, tiff({ ...size, bits, format, values }));
    const whole = (step: number): number[] => Array.from({ length: 16 }, (_, at) => at * step);
    of('bits-16', 16, 1, Uint16Array.from(whole(4_000)));
    of('bits-16-dark', 16, 1, Uint16Array.from(whole(400)));
    of('bits-32', 32, 1, Uint32Array.from(whole(286_331_153)));
    of('heat', 32, 3, ramp(16, -900, 1_800));
    of('share', 32, 3, ramp(16, 0, 1));
    of('signed', 16, 2, Int16Array.from(whole(50)));
    const paths = [`${folder.path}/kinds`];
    const plan = await planImport(paths, 'Kinds');
    expect(plan.options).not.toHaveProperty('range');
    expect(plan.numberKinds?.map(({ words, range }) => [words, range.black, range.white])).toEqual([
      ['16 bits, whole numbers of 0 to 60,000', 0, 65_535],
      ['32 bits, whole numbers of 0 to 4,294,967,295', 0, 4_294_967_295],
      ['floating point of 32 bits, whole numbers of −900 to 1,800', -900, 1_800],
      ['floating point of 32 bits, numbers of 0 to 1', 0, 1],
      ['16 bits with a sign, whole numbers of 0 to 750', 0, 1_023],
    ]);
    const { notes } = await importImages({ paths, options: plain, folder: `${folder.path}/kinds-out`, id: 'out' });
    expect(notes).toEqual([]);
  });

  it.each([
    ['in rows', false],
    ['column by column', true],
  ])('of an array with one far beyond the others, %s: these are told to come out dark', async (_, fortran) => {
    const numbers = Float64Array.from({ length: 5 * 64 }, (_, at) => (at % 64) / 64);
    numbers[2 * 64 + 7] = 1e6;
    const turned = numbers.map((_, at) => numbers[(at % 5) * 64 + 8 * (Math.floor(at / 5) % 8) + Math.floor(at / 40)]!);
    const path = folder.write('x.npy', npy('<f8', [5, 8, 8], fortran ? turned : numbers, fortran));
    const { dark, options } = await planImport([path], 'Far');
    expect(dark).toEqual({ count: 4, of: 5, most: 63 / 64, black: 0, white: 1e6 });
    expect(darkWords(dark, options.range)).toBe(
      '4 of 5 pictures looked at come out dark: their brightest value is 0.9844, and 1,000,000 becomes white; import them by themselves, or choose a smaller white',
    );
    const even = folder.write(
      'even.npy',
      npy(
        '<f8',
        [2, 8, 8],
        Float64Array.from({ length: 128 }, (_, at) => at / 128),
      ),
    );
    expect(await planImport([even], 'Even')).not.toHaveProperty('dark');
    // Of two files the scale is that of both.
    const both = await planImport(
      [even, folder.write('far.csv', `${Array.from({ length: 64 }, (_, at) => at * 100.5).join(',')}\n`)],
      'Both',
    );
    expect(both.dark).toMatchObject({ count: 2, of: 3, white: 6_331.5 });
  });

  it('of 12 bits beside 16: those that come out dark are told, and what to do', async () => {
    const of = (name: string, step: number): void =>
      void folder.write(
        `depths/${name}.tif`,
        tiff({ ...size, bits: 16, values: Uint16Array.from({ length: 16 }, (_, at) => at * step) }),
      );
    for (let at = 0; at < 3; at += 1) of(`camera-${at}`, 273 - at);
    for (let at = 0; at < 2; at += 1) of(`scan-${at}`, 4_369 - at);
    const { dark, options } = await planImport([`${folder.path}/depths`], 'Depths');
    expect(dark).toEqual({ count: 3, of: 5, most: 4_095, black: 0, white: 65_535 });
    expect(darkWords(dark, options.range)).toBe(
      '3 of 5 pictures looked at come out dark: their brightest value is 4,095, and 65,535 becomes white; import them by themselves, or choose a smaller white',
    );
    expect(darkWords(dark, { black: 0, white: 4_095 })).toBe('');
    for (let at = 0; at < 2; at += 1) of(`scan-${at}`, 546 - at);
    expect(await planImport([`${folder.path}/depths`], 'Depths')).not.toHaveProperty('dark');
  });

  it('whose white is zero', async () => {
    const values = Uint16Array.from({ length: 16 }, (_, at) => at * 4_369);
    const pixels = await pixelsOf(tiff({ ...size, bits: 16, photometric: 0, values }));
    expect([pixels[0], pixels[15]]).toEqual([255, 0]);
  });

  it('of red, green, blue and infrared: infrared is no opacity', async () => {
    const values = Uint8Array.from({ length: 64 }, (_, at) => [10, 20, 30, 40][at % 4]!);
    const path = folder.write('a.tif', tiff({ ...size, bands: 4, bits: 8, photometric: 2, extra: [0], values }));
    const { items, bands } = await itemsOf(path);
    expect(bands).toBe(4);
    expect(items[0]!.pixels.slice(0, 6)).toEqual([10, 20, 30, 10, 20, 30]);
  });

  it('of seven bands: the first three', async () => {
    const values = Uint16Array.from({ length: 16 * 7 }, (_, at) => (at % 7) * 10_000);
    const extra = Array<number>(6).fill(0);
    const pixels = await pixelsOf(tiff({ ...size, bands: 7, bits: 16, photometric: 1, extra, values }));
    expect(pixels.slice(0, 3)).toEqual([0, 39, 78]);
  });

  it('of several pages: each is a picture', async () => {
    const page = (value: number) => ({ ...size, bits: 8, values: new Uint8Array(16).fill(value) });
    const path = folder.write('stack.tif', tiff(page(10), page(20), page(30)));
    const { count, items } = await itemsOf(path);
    expect(count).toBe(3);
    expect(items.map(({ name, pixels }) => [name, pixels[0]])).toEqual([
      ['stack.tif[0]', 10],
      ['stack.tif[1]', 20],
      ['stack.tif[2]', 30],
    ]);
  });
});
