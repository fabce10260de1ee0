import { expect, it } from 'vitest';
import { short, shortApart } from '../../electron/domain/short-numbers.ts';

it.each([
  [0.10612, 0.10598, '0.1061', '0.106'],
  [0.106004, 0.106001, '0.106004', '0.106001'],
  [0.2, 0.1, '0.2', '0.1'],
  [0.5, 0.5, '0.5', '0.5'],
])('two numbers of a sentence are told apart: %d and %d', (a, b, first, second) => {
  expect(shortApart(a, b)).toEqual([first, second]);
});

it('one number has three significant digits', () => expect(short(0.123456)).toBe('0.123'));
