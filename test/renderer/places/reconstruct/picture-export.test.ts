import sharp from 'sharp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { errorColour, errorMap } from '../../../../renderer/charts/error-map.ts';
import { MOST_ON_SHEET } from '../../../../renderer/charts/contact-sheet.ts';
import { picturePng } from '../../../../renderer/files/png.ts';
import { toRgba } from '../../../../renderer/maths/rgba.ts';
import { toCsv } from '../../../../renderer/files/csv.ts';
import { PictureExport, safeName } from '../../../../renderer/places/reconstruct/picture-export.svelte.ts';
import type { Exported } from '../../../../renderer/places/reconstruct/picture-export.svelte.ts';
import { picturesTable } from '../../../../renderer/places/reconstruct/pictures-table.ts';
import { entryOf, grey } from './reconstruct-samples.ts';
import { errorWords } from '../../../../renderer/widgets/error-unit.ts';

describe('a table as CSV', () => {
  it('quotes as RFC 4180 says', () => {
    expect(toCsv([['a,b', 'say "so"', 'two\nlines', 1.5, undefined, '']])).toBe(
      '"a,b","say ""so""","two\nlines",1.5,,\r\n',
    );
  });

  it('keeps a spreadsheet from computing a name, and numbers as they are', () => {
    expect(toCsv([['=1+1.png', '+a', '-b', '@c', '\tx', 'a=b', -2.5]])).toBe("'=1+1.png,'+a,'-b,'@c,'\tx,a=b,-2.5\r\n");
    expect(toCsv([['=HYPERLINK("a,b")']])).toBe('"\'=HYPERLINK(""a,b"")"\r\n');
  });

  it('holds the pictures in their order, each with its code, and what could not be read', () => {
    const entries = [
      entryOf('b.png', 8),
      { kind: 'problem', id: 'x', name: 'x.png', message: 'x.png: expected a picture, found text.' } as const,
    ];
    expect(picturesTable(entries, 5)).toBe(
      'name,squared error per image,MSE per pixel,percentile,threshold,above threshold,inverted,centred,code 1,code 2,code 3,problem\r\n' +
        'b.png,8,4,50,5,yes,yes,no,0,1,2,\r\n' +
        'x.png,,,,,,,,,,,"x.png: expected a picture, found text."\r\n',
    );
  });

  it('has the decibels where there was noise', () => {
    const noisy = entryOf('a', 1, { psnrBefore: Float32Array.of(13), psnrAfter: Float32Array.of(Infinity) });
    expect(picturesTable([noisy], undefined).split('\r\n')[1]).toBe('a,1,0.5,50,,,yes,no,13,Infinity,0,1,2,');
  });
});

describe('a picture as PNG', () => {
  it('is read back by another decoder, pixel for pixel', async () => {
    const pixels = Uint8Array.from({ length: 5 * 3 * 3 }, (_, index) => (index * 37) % 256);
    const image = toRgba({ count: 1, height: 3, width: 5, channels: 3, pixels });
    const { data, info } = await sharp(picturePng(image)).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([5, 3, 3]);
    expect(Uint8Array.from(data)).toEqual(pixels);
  });

  it('shows a grey image as grey', () => {
    expect([...toRgba(grey(2, 1, 0, 200)).data]).toEqual([0, 0, 0, 255, 200, 200, 200, 255]);
  });
});

describe('the error map', () => {
  const pixel = (map: { readonly data: Uint8ClampedArray }, at: number) => [...map.data.subarray(4 * at, 4 * at + 3)];

  it('is the greyed picture where nothing errs, and the full hue from the limit on', () => {
    const map = errorMap(grey(3, 1, 0, 255, 255), grey(3, 1, 0, 255, 0), 0.5);
    expect(pixel(map, 0)).toEqual([34, 34, 34]);
    expect(pixel(map, 1)).toEqual([128, 128, 128]);
    expect(pixel(map, 2)).toEqual([255, 126, 38]);
  });

  it('grows evenly with the difference, whichever its sign', () => {
    const map = errorMap(grey(2, 1, 0, 51), grey(2, 1, 51, 0), 0.4);
    expect(pixel(map, 0)).toEqual([...errorColour(0, 0.5)]);
    expect(pixel(map, 1)).toEqual([...errorColour(0.2, 0.5)]);
    expect(errorColour(0, 0.5)).toEqual([145, 80, 36]);
  });

  it('takes the mean of the channels', () => {
    const rgb = (...pixels: readonly number[]) => ({
      count: 1,
      height: 1,
      width: 1,
      channels: 3,
      pixels: Uint8Array.from(pixels),
    });
    expect(pixel(errorMap(rgb(0, 0, 0), rgb(255, 0, 0), 1), 0)).toEqual([...errorColour(0, 1 / 3)]);
  });
});

describe('the wall’s files', () => {
  it('say why there is none where the zip file cannot be made', async () => {
    vi.stubGlobal('OffscreenCanvas', undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    const wall = {
      ...{ entries: [entryOf('a.png', 8)], threshold: undefined, errorLimit: 0.5, title: 'A' },
      errors: errorWords('squared-error', 2),
      image: { width: 2, height: 1 },
    };
    const saving = new PictureExport();
    await saving.zip(wall);
    expect(saving.said).toMatch(/^Not saved: .*OffscreenCanvas/);
    expect([saving.failed, saving.fraction]).toEqual([true, undefined]);
  });
});

it('a sheet holds the first pictures of many, which is said', () => {
  const entries = Array.from({ length: MOST_ON_SHEET + 1 }, (_, at) => entryOf(`${at}.png`, 8));
  const of = (many: number): Exported => ({
    ...{ entries: entries.slice(0, many), threshold: undefined, errorLimit: 0.5, title: 'A' },
    errors: errorWords('squared-error', 2),
    image: { width: 2, height: 1 },
  });
  const saving = new PictureExport();
  const tall = saving.sheet(of(MOST_ON_SHEET + 1)).height;
  expect(saving.said).toBe(
    `The sheet holds the first ${MOST_ON_SHEET} of ${MOST_ON_SHEET + 1} pictures, the zip file all.`,
  );
  expect(saving.sheet(of(MOST_ON_SHEET)).height).toBe(tall);
  expect(saving.said).toBe('');
});

it('a zip file that was stopped is not saved, and the one begun after it is', async () => {
  class Blank {
    getContext = () => new Proxy({}, { get: () => () => undefined, set: () => true });
    convertToBlob = async () => new Blob(['png']);
  }
  vi.stubGlobal('OffscreenCanvas', Blank);
  vi.stubGlobal('ImageData', class {});
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:zip');
  const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined);
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  const wall = {
    ...{ entries: [entryOf('a.png', 8)], threshold: undefined, errorLimit: 0.5, title: 'A' },
    errors: errorWords('squared-error', 2),
    image: { width: 2, height: 1 },
  };
  const saving = new PictureExport();
  const first = saving.zip(wall);
  saving.stop();
  expect([saving.said, saving.fraction]).toEqual(['Saving stopped.', undefined]);
  await Promise.all([first, saving.zip(wall)]);
  expect(saved).toHaveBeenCalledTimes(1);
  expect([saving.said, saving.failed, saving.fraction]).toEqual(['Zip file saved.', false, undefined]);
});

it('names in a zip file are names on every system', () => {
  expect(safeName('cats/a:b?.png')).toBe('cats_a_b_.png');
  expect(safeName('../../etc\n')).toBe('.._.._etc_');
  expect(safeName('ü 1.png')).toBe('ü 1.png');
});
