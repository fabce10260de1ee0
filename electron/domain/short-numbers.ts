const DIGITS = 3;
/** Doubles hold no more. */
const MOST_DIGITS = 17;

const rounded = (value: number, digits: number): string => String(Number(value.toPrecision(digits)));

/** A number in three significant digits. */
export const short = (value: number): string => rounded(value, DIGITS);

/** Two numbers that a sentence holds against each other, in as many significant digits, three at least, as tell them apart. */
export function shortApart(a: number, b: number): readonly [string, string] {
  let digits = DIGITS;
  while (a !== b && digits < MOST_DIGITS && rounded(a, digits) === rounded(b, digits)) digits++;
  return [rounded(a, digits), rounded(b, digits)];
}
