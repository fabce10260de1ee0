import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../../electron/files/half-precision.ts';

describe('half precision', () => {
  // Of the standard: sign, five bits of exponent with a bias of 15, ten of the fraction.
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [0.333251953125, 0x3555],
    [65_504, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ])('%d is 0x%s', (value, bits) => {
    expect(toHalf(Float32Array.of(value))[0]).toBe(bits);
    expect(Object.is(fromHalf(Uint16Array.of(bits))[0], value)).toBe(true);
  });

  it('rounds to the nearest, ties to even, and over the largest to infinity', () => {
    const rounded = (value: number): number => fromHalf(toHalf(Float32Array.of(value)))[0]!;
    expect(rounded(1 + 2 ** -11)).toBe(1);
    expect(rounded(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
    expect(rounded(2 - 2 ** -12)).toBe(2);
    expect(rounded(2 ** -25)).toBe(0);
    expect(rounded(3 * 2 ** -25)).toBe(2 ** -23);
    expect(rounded(65_519)).toBe(65_504);
    expect(rounded(65_520)).toBe(Number.POSITIVE_INFINITY);
    expect(rounded(Number.NaN)).toBeNaN();
  });

  it('gives every pattern that is a number back', () => {
    const patterns = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
      (bits) => (bits & 0x7fff) <= 0x7c00,
    );
    expect(toHalf(fromHalf(patterns))).toEqual(patterns);
  });
});
