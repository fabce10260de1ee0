import { describe, expect, it } from 'vitest';
import type { ErrorUnit } from '../../../../electron/contract/settings.ts';
import { sparkline } from '../../../../renderer/charts/sparkline.ts';
import {
  everyRun,
  filteredRuns,
  newestFirst,
  orderAfter,
  sortedRuns,
  type RunColumn,
} from '../../../../renderer/places/runs/list.ts';
import { mnist } from '../../samples.ts';
import { run } from './samples.ts';

const pets = { ...mnist, id: 'pets-1', name: 'Animals' };
const imageSets = [mnist, pets];
const a = run('a', {
  name: 'Deep 10',
  startedAt: '2026-11-25T01:00:00Z',
  codeSize: 30,
  testSquaredError: 2.5,
  tags: ['talk'],
});
const b = run('b', { name: 'deep 9', startedAt: '2026-11-25T03:00:00Z', codeSize: 2, notes: 'slow schedule' });
const c = run('c', {
  name: 'Map',
  startedAt: '2026-11-25T02:00:00Z',
  codeSize: 128,
  testSquaredError: Number.NaN,
  imageSet: 'pets-1',
  preset: 'map-2d',
});
const d = run('d', { name: 'Old', startedAt: '2026-11-24T02:00:00Z', status: 'failed', testSquaredError: 30 });
const runs = [a, b, c, d];

const ids = (column: RunColumn, descending = false) =>
  sortedRuns(runs, { column, descending }, imageSets, 'squared-error')
    .map(({ id }) => id)
    .join('');

describe('the list of runs', () => {
  it('begins with the newest', () => {
    expect(sortedRuns(runs, newestFirst, imageSets, 'squared-error')).toEqual([b, c, a, d]);
  });

  it('sorts names as people do: without regard to case, numbers by their value', () => {
    expect(ids('name')).toBe('bacd');
    expect(ids('name', true)).toBe('dcab');
  });

  it('sorts numbers by their value, the worst being what is not a number, and those without one last either way', () => {
    expect(ids('codeSize')).toBe('bacd');
    expect(ids('test')).toBe('adcb');
    expect(ids('test', true)).toBe('cdab');
  });

  it('sorts errors by the unit that they are written in', () => {
    const large = run('e', { testSquaredError: 20, imageValues: 12_288, startedAt: '2026-11-23T02:00:00Z' });
    const order = { column: 'test', descending: false } as const;
    const sorted = (unit: ErrorUnit) => sortedRuns([a, large], order, imageSets, unit).map(({ id }) => id);
    expect(sorted('squared-error')).toEqual(['a', 'e']);
    expect(sorted('mse')).toEqual(['e', 'a']);
  });

  it('sorts image sets by the name on screen, equal ones newest first', () => {
    expect(ids('imageSet')).toBe('cbad');
  });

  it('turns a column around when its head is pressed again; moments begin with the newest', () => {
    expect(orderAfter(newestFirst, 'test')).toEqual({ column: 'test', descending: false });
    expect(orderAfter({ column: 'test', descending: false }, 'test')).toEqual({ column: 'test', descending: true });
    expect(orderAfter({ column: 'test', descending: false }, 'startedAt')).toEqual(newestFirst);
  });

  it('finds words in names, tags, notes, presets and image sets, all of which must be there', () => {
    const found = (text: string) => filteredRuns(runs, { ...everyRun, text }, imageSets).map(({ id }) => id);
    expect(found('')).toEqual(['a', 'b', 'c', 'd']);
    expect(found('DEEP')).toEqual(['a', 'b']);
    expect(found('deep talk')).toEqual(['a']);
    expect(found('schedule')).toEqual(['b']);
    expect(found('2-D')).toEqual(['c']);
    expect(found('animals')).toEqual(['c']);
    expect(found('deep animals')).toEqual([]);
  });

  it('shows one status when asked to', () => {
    expect(filteredRuns(runs, { text: 'o', status: 'failed' }, imageSets)).toEqual([d]);
  });
});

describe('a small curve', () => {
  it('is logarithmic: factors of ten are equal steps', () => {
    expect(sparkline([100, 10, 1], 80, 20)).toBe('M0 0L40 10L80 20');
  });

  it('leaves a gap where a logarithm has no place, and makes a lone value a dot', () => {
    expect(sparkline([10, 0, 1, Number.NaN, 10, 1], 50, 10)).toBe('M0 0h0M20 10h0M40 0L50 10');
  });

  it('is flat without change, a dot at one value, and nothing without any', () => {
    expect(sparkline([3, 3], 10, 8)).toBe('M0 4L10 4');
    expect(sparkline([3], 10, 8)).toBe('M5 4h0');
    expect(sparkline([0, Number.POSITIVE_INFINITY], 10, 8)).toBe('');
  });
});
