import { describe, expect, it } from 'vitest';
import { formatMse, formatRate, formatSquaredError, formatTimes } from '../../../renderer/widgets/format-number.ts';
import { readColumn, readNumber, readWhole } from '../../../renderer/widgets/read-number.ts';

describe('a number as typed', () => {
  it.each([
    ['1,234', 1_234],
    ['60,000', 60_000],
    ['1,234,567.5', 1_234_567.5],
    ['0,5', 0.5],
    ['12,34', 12.34],
    ['0,125', 0.125],
    ['1 000', 1_000],
    ['1_000', 1_000],
    ['−2.5', -2.5],
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['0', 0],
  ])('%s is %d', (text, value) => expect(readNumber(text)).toBe(value));

  it.each(['', ' ', '1,23,4', '0x10', 'Infinity', '1.2.3', 'five', '--1'])('"%s" is none', (text) =>
    expect(readNumber(text)).toBeNaN(),
  );

  it('is whole only where it is written out whole', () => {
    expect(['1,024', '7'].map(readWhole)).toEqual([1_024, 7]);
    for (const text of ['1.5', '1e3', '-1', '1,5']) expect(readWhole(text)).toBeNaN();
  });
});

describe('a column of numbers', () => {
  it('has thousands where no comma must be decimal, decimals where one must', () => {
    expect(readColumn(['1,234', '12', ''])).toEqual([1_234, 12, Number.NaN]);
    expect(readColumn(['1,234', '0,5'])).toEqual([1.234, 0.5]);
    expect(readColumn(['1', 'two'])).toBeUndefined();
  });
});

describe('a number as shown', () => {
  it.each([
    [formatTimes(9.96, 1), '10 ×'],
    [formatRate(99.96), '100'],
    [formatSquaredError(9_999.999), '10,000'],
    [formatMse(12_345), '12,345'],
  ])('rounds into its next form: %s', (shown, expected) => expect(shown).toBe(expected));
});
