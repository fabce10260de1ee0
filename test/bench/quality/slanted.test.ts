import { describe, expect, it } from 'vitest';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { withSlanted } from './slanted.ts';

const SIDE = 28;

/** A stroke from top to bottom, 20 pixels long and 3 wide, grey at its edges. */
const upright: ImageColumns = { count: 1, height: SIDE, width: SIDE, channels: 1, pixels: stroke() };

function stroke(): Uint8Array {
  const pixels = new Uint8Array(SIDE * SIDE);
  for (let row = 4; row < 24; row += 1) pixels.set([90, 255, 255, 255, 60], row * SIDE + 12);
  return pixels;
}

const copiesOf = (images: ImageColumns, copies: number, seed: number): Uint8Array[] => {
  const { pixels } = withSlanted(images, copies, seed);
  return Array.from({ length: copies + 1 }, (_, copy) => pixels.slice(copy * SIDE * SIDE, (copy + 1) * SIDE * SIDE));
};

/** Of the stroke: its rows, the mean of its columns, and by how many columns it leans from top to bottom. */
function shape(pixels: Uint8Array): { readonly rows: number; readonly column: number; readonly lean: number } {
  const means = Array.from({ length: SIDE }, (_, row) => {
    const line = [...pixels.subarray(row * SIDE, (row + 1) * SIDE)].flatMap((value, column) =>
      value >= 128 ? [column] : [],
    );
    return line.length === 0 ? undefined : line.reduce((sum, column) => sum + column, 0) / line.length;
  }).filter((mean) => mean !== undefined);
  return {
    rows: means.length,
    column: means.reduce((sum, mean) => sum + mean, 0) / means.length,
    lean: means.at(-1)! - means[0]!,
  };
}

describe('slanted copies', () => {
  const copies = copiesOf(upright, 200, 7);
  const [original, ...slanted] = copies;

  it('come after the images, which stay as they are', () => {
    expect(original).toEqual(upright.pixels);
    const two: ImageColumns = {
      ...upright,
      count: 2,
      pixels: Uint8Array.from([...upright.pixels, ...upright.pixels.map((v) => v >> 1)]),
    };
    const all = withSlanted(two, 2, 3);
    expect(all.count).toBe(6);
    expect(all.pixels.subarray(0, 2 * SIDE * SIDE)).toEqual(two.pixels);
    expect(Math.max(...all.pixels.subarray(4 * SIDE * SIDE, 5 * SIDE * SIDE))).toBe(255);
    expect(Math.max(...all.pixels.subarray(5 * SIDE * SIDE))).toBe(127);
  });

  it('have exactly the grey levels of their image', () => {
    for (const copy of slanted) expect([...copy].sort((a, b) => a - b)).toEqual([...original!].sort((a, b) => a - b));
  });

  it('lean to both sides as far as their turn and slant say, about the centre, as long as before', () => {
    const shapes = slanted.map(shape);
    const leans = shapes.map(({ lean }) => lean);
    const mean = leans.reduce((sum, lean) => sum + lean, 0) / leans.length;
    const deviation = Math.sqrt(leans.reduce((sum, lean) => sum + (lean - mean) ** 2, 0) / leans.length);
    // 19 rows, each aside by the tangent of 5° = 0.087 and by 0.08: √(0.087² + 0.08²) · 19 = 2.25 columns.
    expect(Math.abs(mean)).toBeLessThan(0.5);
    expect(deviation).toBeGreaterThan(1.8);
    expect(deviation).toBeLessThan(2.7);
    for (const { rows, column } of shapes) {
      expect(Math.abs(rows - 20)).toBeLessThanOrEqual(1);
      expect(Math.abs(column - 14)).toBeLessThan(0.6);
    }
  });

  it('keep their larger extent, so that none leaves the box that digits are fitted into', () => {
    const pixels = new Uint8Array(SIDE * SIDE);
    for (let at = 4; at < 24; at += 1) pixels.set([255, 255], at * SIDE + at);
    for (const copy of copiesOf({ ...upright, pixels }, 100, 7)) {
      const places = [...copy.entries()].filter(([, value]) => value >= 128).map(([place]) => place);
      const spans = [(place: number) => Math.floor(place / SIDE), (place: number) => place % SIDE].map((of) => {
        const all = places.map(of);
        return Math.max(...all) - Math.min(...all) + 1;
      });
      expect(Math.abs(Math.max(...spans) - 21)).toBeLessThanOrEqual(1);
    }
  });

  it('are the same with one seed, others with another', () => {
    expect(copiesOf(upright, 3, 7)).toEqual(copies.slice(0, 4));
    expect(copiesOf(upright, 3, 8)[1]).not.toEqual(copies[1]);
  });

  it('of an empty image are empty', () => {
    const { pixels } = withSlanted({ ...upright, pixels: new Uint8Array(SIDE * SIDE) }, 1, 7);
    expect(Math.max(...pixels)).toBe(0);
  });
});
