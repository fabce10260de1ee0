import { expect, it } from 'vitest';
import { layPixels } from '../../../../renderer/charts/map/underlay.ts';

const WIDTH = 12;
const HEIGHT = 8;
const PAPER = 0;

/** Where a picture of one colour, stretched over this frame, has been drawn. */
function laid(frame: Parameters<typeof layPixels>[2], hatch?: Parameters<typeof layPixels>[3]): string[] {
  const pixels = new Int32Array(WIDTH * HEIGHT).fill(PAPER);
  layPixels({ width: WIDTH, height: HEIGHT, pixels }, { width: 1, height: 1, pixels: Int32Array.of(1) }, frame, hatch);
  return Array.from({ length: HEIGHT }, (_, row) =>
    [...pixels.subarray(row * WIDTH, (row + 1) * WIDTH)].map((value) => (value === PAPER ? '.' : '/')).join(''),
  );
}

const frame = { left: -3, top: -3, across: 20, down: 20 };

it('a ground covers its part of the map', () => {
  expect(laid({ left: 2, top: 1, across: 4, down: 3 })).toEqual([
    '............',
    ...Array<string>(3).fill('..////......'),
    ...Array<string>(4).fill('............'),
  ]);
});

it('a hatch has strokes of one width, as far apart however near it is seen', () => {
  const near = laid({ left: -300, top: -300, across: 2_000, down: 2_000 }, { spacing: 4, width: 1 });
  expect(near.slice(0, 3)).toEqual(['/.../.../...', '.../.../.../', '../.../.../.']);
  expect(laid(frame, { spacing: 4, width: 2 }).slice(0, 2)).toEqual(['..//..//..//', './/..//..//.']);
});

it('a hatch moves with what it lies under', () => {
  const hatch = { spacing: 4, width: 1 };
  const moved = laid({ ...frame, left: frame.left + 1 }, hatch);
  expect(moved.map((row) => row.slice(1))).toEqual(laid(frame, hatch).map((row) => row.slice(0, -1)));
});
