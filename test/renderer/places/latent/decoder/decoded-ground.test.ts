import { describe, expect, it } from 'vitest';
import type { ImageColumns } from '../../../../../electron/domain/words.ts';
import { decodedGround } from '../../../../../renderer/places/latent/decoder/decoded-ground.ts';
import { nearnessOf } from '../../../../../renderer/maths/nearness.ts';

const SIDE = 8;
const CELLS = 4;
const limits = { left: 0, right: CELLS, bottom: 0, top: CELLS };
const INK = '#102030';

/** A grid of CELLS × CELLS pictures of one value. */
function grid(channels: 1 | 3, value: number) {
  const count = CELLS * CELLS;
  const pixels = new Uint8Array(count * SIDE * SIDE * channels).fill(value);
  const images: ImageColumns = { count, width: SIDE, height: SIDE, channels, pixels };
  return { limits, columns: CELLS, rows: CELLS, images, took: 0 };
}

/** Training codes in the cell at the lower left. */
const codes = nearnessOf({ x: Float32Array.of(0.2, 0.4, 0.6), y: Float32Array.of(0.2, 0.6, 0.4) });

describe('pictures that fill their cells', () => {
  const { width, height, data } = decodedGround(grid(3, 40), codes, INK);
  const alphaAt = (x: number, y: number) => data[4 * (y * width + x) + 3]!;
  const cell = width / CELLS;

  it('have clean ground between them', () => {
    expect(width).toBe(height);
    expect(cell).toBeGreaterThan(SIDE);
    for (let at = 0; at < width; at++) {
      for (let edge = 0; edge < CELLS; edge++) {
        expect([alphaAt(at, edge * cell), alphaAt(edge * cell, at)]).toEqual([0, 0]);
      }
    }
    expect(alphaAt(cell / 2, cell / 2)).toBeGreaterThan(0);
  });

  it('are in their own colours, faint where codes lie and stronger beside them', () => {
    const middle = (column: number, row: number) => [(column + 0.5) * cell, (row + 0.5) * cell] as const;
    const under = alphaAt(...middle(0, CELLS - 1));
    const beside = alphaAt(...middle(1, CELLS - 1));
    const far = alphaAt(...middle(CELLS - 1, 0));
    expect(under).toBeLessThan(far);
    expect(far).toBeLessThan(beside);
    const [x, y] = middle(0, 0);
    expect([...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)]).toEqual([40, 40, 40]);
  });
});

it('grey pictures are drawn in ink, each on its own ground, where some are nothing of the kind', () => {
  const { images, ...others } = grid(1, 0);
  const pixels = images.pixels.slice();
  const size = SIDE * SIDE;
  pixels.fill(255, size, 2 * size);
  pixels.fill(128, 2 * size, 3 * size);
  const { width, data } = decodedGround({ ...others, images: { ...images, pixels } }, undefined, INK);
  const alphas = [0, 1, 2].map((column) => data[4 * (column * SIDE) + 3]!);
  expect(width).toBe(CELLS * SIDE);
  expect(alphas).toEqual([0, 0, expect.any(Number)]);
  expect(alphas[2]).toBeLessThan(128);
  expect([...data.subarray(4 * 2 * SIDE, 4 * 2 * SIDE + 3)]).toEqual([0x10, 0x20, 0x30]);
});

it('grey pictures of which most have no even ground are drawn as they are', () => {
  expect(decodedGround(grid(1, 128), undefined, INK).width).toBeGreaterThan(CELLS * SIDE);
});

it('grey pictures on an even ground are drawn in ink, side by side', () => {
  const { width, data } = decodedGround(grid(1, 0), undefined, INK);
  expect(width).toBe(CELLS * SIDE);
  expect([...data.subarray(0, 4)]).toEqual([0x10, 0x20, 0x30, 0]);
});
