import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatMse,
  formatRate,
  formatShare,
  formatSquaredError,
  formatOnAxis,
  formatTimes,
} from '../../../renderer/widgets/format-number.ts';
import { formatDuration, formatMoment } from '../../../renderer/widgets/format-time.ts';

describe('numbers on screen', () => {
  it('shows errors to the digits they are published with', () => {
    expect(formatMse(0.0849123)).toBe('0.08491');
    expect(formatMse(0.0000123)).toBe('1.23e-5');
    expect(formatMse(0)).toBe('0.000');
    expect(formatMse(Number.NaN)).toBe('not finite');
    expect(formatSquaredError(13.866)).toBe('13.87');
    expect(formatSquaredError(22_563.49)).toBe('22,563');
    expect(formatSquaredError(Infinity)).toBe('not finite');
  });

  it('names counts, shares, rates and ratios', () => {
    expect(formatCount(60_000)).toBe('60,000');
    expect(formatShare(0.443)).toBe('44.3 %');
    expect(formatRate(312.4)).toBe('312');
    expect(formatRate(8.25)).toBe('8.3');
    expect(formatTimes(66.6, 1.85)).toBe('36 ×');
    expect(formatTimes(5.82, 1e-12)).toBe('more than 1,000 ×');
    expect(formatTimes(43.64, 25.28)).toBe('1.7 ×');
    // A few hundredths are what small sets gain over PCA.
    expect([760.85, 830, 700].map((error) => formatTimes(error, 730.44))).toEqual(['1.04 ×', '1.1 ×', '0.96 ×']);
  });
});

it('writes numbers of an axis plainly, in powers of ten where noughts would have to be counted', () => {
  expect([0, 0.02, 1_500, 999_000, 0.0001].map((value) => formatOnAxis(value))).toEqual([
    '0',
    '0.02',
    '1500',
    '999000',
    '0.0001',
  ]);
  expect([1e9, 1e6, 5_040_000, 2.5e-5].map((value) => formatOnAxis(value))).toEqual(['1e9', '1e6', '5.04e6', '2.5e-5']);
});

describe('times on screen', () => {
  it('shows durations as a clock does', () => {
    expect(formatDuration(0)).toBe('0:00');
    expect(formatDuration(41.4)).toBe('0:41');
    expect(formatDuration(59.6)).toBe('1:00');
    expect(formatDuration(3_725)).toBe('1:02:05');
    expect(formatDuration(Number.NaN)).toBe('–:––');
  });

  it('shows moments with the year only when it is another one', () => {
    const moment = new Date(2026, 10, 23, 14, 6);
    expect(formatMoment(moment.toISOString(), moment)).toBe('23 Nov 14:06');
    expect(formatMoment(moment.toISOString(), new Date(2027, 0, 1))).toBe('23 Nov 2026 14:06');
    expect(formatMoment('yesterday', moment)).toBe('unknown');
  });
});
