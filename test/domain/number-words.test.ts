import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../electron/domain/number-words.ts';

describe('bytes as they are said', () => {
  const units = ['kB', 'MB', 'GB', 'TB'];

  it.each(units.map((unit, power) => [unit, 1_000 ** (power + 1), units[power - 1] ?? 'bytes']))(
    'are never 1000 of what is less than a %s',
    (unit, edge, smaller) => {
      expect(formatBytes(edge)).toBe(`1.0 ${unit}`);
      expect(formatBytes(edge + 1)).toBe(`1.0 ${unit}`);
      if (smaller === 'bytes') {
        expect(formatBytes(edge - 1)).toBe('999 bytes');
        return;
      }
      expect(formatBytes(edge - 1)).toBe(`1.0 ${unit}`);
      expect(formatBytes(0.99995 * edge)).toBe(`1.0 ${unit}`);
      expect(formatBytes(0.9999 * edge)).toBe(`999.9 ${smaller}`);
    },
  );

  it('are whole below a thousand, and one is one', () => {
    expect([0, 1, 2, 999].map(formatBytes)).toEqual(['0 bytes', '1 byte', '2 bytes', '999 bytes']);
  });
});
