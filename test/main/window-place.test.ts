import { expect, it } from 'vitest';
import { openingAt, PlaceFile } from '../../electron/main/window-place.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const laptop = { x: 0, y: 0, width: 1_440, height: 875 };
const beside = { x: 1_440, y: 0, width: 1_920, height: 1_080 };
const place = { x: 1_500, y: 100, width: 1_600, height: 900, maximized: false };

it('opens in its usual size where nothing is known', () => {
  expect(openingAt(undefined, [laptop])).toEqual({ width: 1_280, height: 800, maximized: false });
});

it('opens where it stood while that screen is there', () => {
  expect(openingAt(place, [laptop, beside])).toEqual(place);
  expect(openingAt({ ...place, maximized: true }, [laptop, beside]).maximized).toBe(true);
});

it.each([
  ['the screen is gone', place],
  ['its top is above every screen', { ...place, x: 100, y: -100 }],
  ['it shows less than can be taken hold of', { ...place, x: 1_441 - 100, y: 100 }],
  ['it is below', { ...place, x: 100, y: 860 }],
])('refuses the place where %s, and fits the screen that is there', (_, off) => {
  expect(openingAt(off, [laptop])).toEqual({ width: 1_440, height: 875, maximized: false });
});

it('is never smaller than the window can be', () => {
  const small = { ...place, x: 10, y: 10, width: 300, height: 200 };
  expect(openingAt(small, [laptop])).toMatchObject({ x: 10, y: 10, width: 1_024, height: 700 });
});

it('is kept in a file; a damaged one counts as none', async () => {
  using data = new TemporaryFolder();
  const reports: string[] = [];
  const file = new PlaceFile(data.path, (problem) => reports.push(problem));
  expect(await file.read()).toBeUndefined();
  file.keep({ ...place, maximized: true });
  await file.close();
  expect(await new PlaceFile(data.path, () => undefined).read()).toMatchObject({ ...place, maximized: true });
  data.write('window.json', '{"version": 1, "x": "left"}');
  expect(await file.read()).toBeUndefined();
  expect(reports).toEqual([]);
});
