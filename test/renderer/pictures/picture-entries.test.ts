import { describe, expect, it } from 'vitest';
import { isAbove, readQuantile, thresholdAt } from '../../../renderer/places/reconstruct/odd-ones.ts';
import { entriesOf, keptSide, sorted } from '../../../renderer/pictures/picture-entries.ts';
import { mostSideOf, plainOptions, readOptions } from '../../../renderer/pictures/picture-options.ts';
import {
  entryWords,
  formatPsnr,
  noiseWords,
  preparationWords,
} from '../../../renderer/places/reconstruct/picture-words.ts';
import { shrunk } from '../../../renderer/pictures/shrink.ts';
import { answerOf, entryOf, grey } from '../places/reconstruct/reconstruct-samples.ts';
import { percentileWords } from '../../../renderer/pictures/percentile-words.ts';
import { errorWords } from '../../../renderer/widgets/error-unit.ts';

describe('an answer as entries', () => {
  it('gives every picture its own part of the columns, and problems after them', () => {
    const answer = answerOf(
      [
        { name: 'a.png', squaredError: 1 },
        { name: 'b.png', squaredError: 4 },
      ],
      {
        problems: [{ name: 'c.png', message: 'c.png: expected a picture, found text.' }],
        percentiles: Float32Array.of(12.5, Number.NaN),
        places: { x: Float32Array.of(3, Number.NaN), y: Float32Array.of(4, Number.NaN) },
      },
    );
    const [a, b, c] = entriesOf(answer, 'p');
    expect(a).toMatchObject({ kind: 'picture', name: 'a.png', squaredError: 1, mse: 0.5, percentile: 12.5 });
    expect(a).toMatchObject({ code: Float32Array.of(0, 1, 2), place: { x: 3, y: 4 }, inverted: true, centred: false });
    expect(b).toMatchObject({ name: 'b.png', code: Float32Array.of(3, 4, 5) });
    expect(b).toMatchObject({ reconstruction: { count: 1, pixels: Uint8Array.of(1, 255) } });
    expect(b).not.toHaveProperty('percentile');
    expect(b).not.toHaveProperty('place');
    expect(c).toEqual({
      kind: 'problem',
      id: 'p-problem-0',
      name: 'c.png',
      message: 'c.png: expected a picture, found text.',
    });
  });

  it('keeps what the model saw apart from what was prepared only where noise was added', () => {
    const plain = entryOf('a', 1);
    expect(plain.seen).toBe(plain.prepared);
    const seen = grey(2, 1, 100, 200);
    const noisy = entryOf('a', 1, { seen, psnrBefore: Float32Array.of(13), psnrAfter: Float32Array.of(20) });
    expect(noisy.seen.pixels).toEqual(Uint8Array.of(100, 200));
    expect(noisy.psnr).toEqual({ before: 13, after: 20 });
  });

  it('are in the order wanted, the largest error first, what could not be read last', () => {
    const entries = [
      { kind: 'problem', id: 'x', name: 'x', message: 'no' } as const,
      entryOf('b10', 2),
      entryOf('b9', 7),
      entryOf('a', Number.NaN),
    ];
    const names = (order: 'error' | 'name' | 'given') => sorted(entries, order).map(({ name }) => name);
    expect(names('error')).toEqual(['a', 'b9', 'b10', 'x']);
    expect(names('name')).toEqual(['a', 'b9', 'b10', 'x']);
    expect(names('given')).toEqual(['x', 'b10', 'b9', 'a']);
  });
});

describe('the threshold', () => {
  const errors = Float32Array.from({ length: 100 }, (_, index) => index + 1);

  it('is the least error with the share of the images at or below it', () => {
    expect(thresholdAt(errors, 0.99)).toBe(99);
    expect(thresholdAt(errors, 1)).toBe(100);
    expect(thresholdAt(errors, 0.5)).toBe(50);
    expect(thresholdAt(errors, 0.501)).toBe(51);
    expect(thresholdAt(errors, 0.001)).toBe(1);
  });

  it('is absent without errors, and for what is no share', () => {
    expect(thresholdAt(new Float32Array(0), 0.99)).toBeUndefined();
    expect(thresholdAt(errors, 0)).toBeUndefined();
    expect(thresholdAt(errors, 1.01)).toBeUndefined();
    expect(thresholdAt(errors, Number.NaN)).toBeUndefined();
  });

  it('has above it what errs more, and what has no finite error at all', () => {
    expect(isAbove(entryOf('a', 5), 5)).toBe(false);
    expect(isAbove(entryOf('a', 5.5), 5)).toBe(true);
    expect(isAbove(entryOf('a', Number.NaN), 5)).toBe(true);
    expect(isAbove(entryOf('a', 5), undefined)).toBe(false);
    expect(isAbove({ kind: 'problem', id: 'x', name: 'x', message: 'no' }, 5)).toBe(false);
  });

  it('is typed in percent', () => {
    expect(readQuantile(' 99.5 ')).toBeCloseTo(0.995, 12);
    expect(readQuantile('97,5')).toBeCloseTo(0.975, 12);
    expect(readQuantile('100')).toBe(1);
    for (const text of ['', '0', '-1', '101', 'many']) expect(readQuantile(text)).toBeUndefined();
  });
});

describe('originals', () => {
  it('are kept smaller the more there are', () => {
    expect([1, 200, 201, 2_000, 2_001, 70_000].map(keptSide)).toEqual([256, 256, 128, 128, 64, 64]);
  });

  it('are shrunk by the mean of whole blocks, cut at the edge', () => {
    const picture = grey(3, 2, 0, 10, 100, 20, 30, 200);
    expect(shrunk(picture, 2)).toEqual(grey(2, 1, 15, 150));
    expect(shrunk(picture, 3)).toBe(picture);
  });

  it('keep their colours apart', () => {
    const rgb = { count: 1, height: 1, width: 2, channels: 3, pixels: Uint8Array.of(0, 100, 200, 10, 110, 210) };
    expect([...shrunk(rgb, 1).pixels]).toEqual([5, 105, 205]);
  });
});

describe('words about a picture', () => {
  it('say how it was prepared', () => {
    const preparation = { width: 28, height: 28, channels: 1, fit: 'contain' } as const;
    expect(preparationWords({ inverted: true, centred: true }, preparation)).toBe(
      'inverted, centred by mass, 28 × 28 grey',
    );
    expect(preparationWords({ inverted: false, centred: false }, { ...preparation, channels: 3, fit: 'cover' })).toBe(
      'not inverted, filled and cut, 28 × 28 RGB',
    );
  });

  it('say of whom a picture is above: of the validation images, never of all of them where one is not', () => {
    expect(percentileWords(99.995, 'validation')).toBe('larger than 99.99 % of the validation images’');
    expect(percentileWords(50, 'validation')).toBe('larger than 50 % of the validation images’');
  });

  it('never round a percentile up to all or down to none', () => {
    const words = (percentile: number) => percentileWords(percentile, 'validation');
    expect(words(97.4)).toBe('larger than 97 % of the validation images’');
    expect(words(99.98)).toBe('larger than 99.98 % of the validation images’');
    expect(words(99.999)).toBe('larger than 99.99 % of the validation images’');
    expect(words(99.26)).toBe('larger than 99.3 % of the validation images’');
    expect(words(0.02)).toBe('larger than 0.02 % of the validation images’');
    expect(words(100)).toBe('larger than all the validation images’');
    expect(percentileWords(0, 'test')).toBe('smaller than all the test images’');
    expect(percentileWords(undefined, 'test')).toContain('no percentile');
  });

  it('tell one who cannot see it its error, its standing and whether it is odd', () => {
    const usual = errorWords('squared-error', 784);
    expect(entryWords(entryOf('a.png', 6.123), 'validation', true, usual)).toBe(
      'a.png: squared error per image 6.12, larger than 50 % of the validation images’, above the threshold',
    );
    const problem = { kind: 'problem', id: 'x', name: 'x.png', message: 'expected a picture, found text.' } as const;
    expect(entryWords(entryOf('a.png', 7.84), 'validation', false, errorWords('mse', 784))).toMatch(
      /^a.png: MSE per pixel 0.01000, /,
    );
    expect(entryWords(problem, 'validation', false, usual)).toBe(
      'x.png: could not be read, expected a picture, found text.',
    );
  });

  it('name noise and its decibels', () => {
    expect(noiseWords({ kind: 'gaussian', amount: 0.2, seed: 1 })).toBe('Gaussian noise, standard deviation 0.2');
    expect(noiseWords({ kind: 'masking', amount: 0.295, seed: 1 })).toBe('29.5 % of the pixels masked');
    const squares = { kind: 'patches', count: 2, size: 7, seed: 1 } as const;
    expect(noiseWords(squares)).toBe('2 squares of 7 × 7 pixels missing');
    expect(noiseWords({ ...squares, count: 1 })).toBe('1 square of 7 × 7 pixels missing');
    expect(formatPsnr(16.94)).toBe('16.9 dB');
    expect(formatPsnr(Infinity)).toBe('∞ dB');
    expect(formatPsnr(Number.NaN)).toBe('not finite');
  });
});

describe('the options chosen', () => {
  it('leave out what is as the image set has it', () => {
    expect(readOptions(plainOptions)).toEqual({ options: { invert: 'auto', centre: 'auto' }, problems: {} });
    expect(readOptions({ ...plainOptions, invert: 'off', fit: 'stretch' }).options).toEqual({
      invert: 'off',
      centre: 'auto',
      fit: 'stretch',
    });
  });

  it('take noise as typed', () => {
    expect(readOptions({ ...plainOptions, noise: 'gaussian', amount: '0,3', seed: '7' })).toEqual({
      options: { invert: 'auto', centre: 'auto', noise: { kind: 'gaussian', amount: 0.3, seed: 7 } },
      problems: {},
    });
  });

  it('take missing squares as typed, no larger than the images', () => {
    const draft = { ...plainOptions, noise: 'patches', squares: '3', side: '8', seed: '7' } as const;
    const most = mostSideOf({ inputShape: [12, 8, 1] });
    expect(readOptions(draft, most).options.noise).toEqual({ kind: 'patches', count: 3, size: 8, seed: 7 });
    expect(readOptions({ ...draft, side: '9' }, most).problems).toEqual({ side: 'must be a whole number, 1–8' });
    expect(readOptions({ ...draft, squares: '0', side: '1.5', seed: '-1' }, most).problems).toEqual({
      squares: 'must be a whole number, 1–64',
      side: 'must be a whole number, 1–8',
      seed: 'must be a whole number, 0–2,147,483,647',
    });
    expect(mostSideOf(undefined)).toBe(512);
  });

  it('say at the field what is wrong with it', () => {
    const problems = (amount: string, seed: string, noise: 'gaussian' | 'masking' = 'gaussian') =>
      readOptions({ ...plainOptions, noise, amount, seed }).problems;
    expect(problems('much', '1')).toEqual({ amount: 'must be a number, 0–2' });
    expect(problems('0.2', '1.5')).toEqual({ seed: 'must be a whole number, 0–2,147,483,647' });
    expect(problems('', '-1')).toEqual({
      amount: 'must be a number, 0–2',
      seed: 'must be a whole number, 0–2,147,483,647',
    });
    expect(problems('1.2', '1', 'masking')).toEqual({ amount: 'must be at most 1' });
    expect(problems('1.2', '1')).toEqual({});
  });
});
