import type { Limits } from './scatter-geometry.ts';
import type { Nearness } from './nearness.ts';
import type { Rgba } from './rgba.ts';

/** A picture of where imagination begins: `alpha` 0-255 in each cell, row by row from the top left. */
export interface Shade {
  readonly limits: Limits;
  readonly columns: number;
  readonly rows: number;
  readonly alpha: Uint8ClampedArray;
}

/** Cells along the longer side of what the codes fill. */
const CELLS = 384;
/** How far around them the shade goes on, in their longer side: about as far as a map that shows them all. */
const REACH = 1.5;
/** Over how many radii the shade grows to its full darkness. */
const SOFTNESS = 1;

/**
 * The plane with everything darkened that is further than the radius from every training code: by exact distances, so
 * that the shade's edge stands where the words beside the picture change. Of a 1-D code (`isLine`) only x counts.
 */
export function shadeOf(nearness: Nearness, darkest: number, isLine = false): Shade {
  const tight = widened(nearness.limits, (1 + SOFTNESS) * nearness.radius);
  const [width, height] = [tight.right - tight.left, tight.top - tight.bottom];
  const cell = Math.max(width, height) / CELLS;
  const columns = Math.max(1, Math.round(width / cell));
  const rows = isLine ? 1 : Math.max(1, Math.round(height / cell));
  const squared = squaredDistances(occupied(nearness, tight, columns, rows), columns, rows);
  const alpha = Uint8ClampedArray.from(squared, (distance) => {
    const beyond = (Math.sqrt(distance) * cell) / nearness.radius - 1;
    return darkest * Math.min(1, Math.max(0, beyond / SOFTNESS));
  });
  return surrounded({ limits: tight, columns, rows, alpha }, Math.round(REACH * CELLS), darkest);
}

/** The same in the middle of `reach` cells of full darkness on every side; a line's shade reaches as far up and down. */
function surrounded({ limits, columns, rows, alpha }: Shade, reach: number, darkest: number): Shade {
  const across = (limits.right - limits.left) / columns;
  const down = (limits.top - limits.bottom) / rows;
  const above = rows === 1 ? 0 : reach;
  const around = new Uint8ClampedArray((columns + 2 * reach) * (rows + 2 * above)).fill(darkest);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    around.set(alpha.subarray(from, from + columns), (row + above) * (columns + 2 * reach) + reach);
  }
  const up = rows === 1 ? reach * across : above * down;
  return {
    limits: {
      left: limits.left - reach * across,
      right: limits.right + reach * across,
      bottom: limits.bottom - up,
      top: limits.top + up,
    },
    columns: columns + 2 * reach,
    rows: rows + 2 * above,
    alpha: around,
  };
}

/** The shade in one colour, as strong in each cell as it is dark there. */
export function shadePixels(
  { columns, rows, alpha }: Shade,
  [red, green, blue]: readonly [number, number, number],
): Rgba {
  // Two million cells: a function called for each would hold the window up.
  const data = new Uint8ClampedArray(4 * columns * rows);
  for (let cell = 0, at = 0; cell < alpha.length; cell++, at += 4) {
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
    data[at + 3] = alpha[cell]!;
  }
  return { width: columns, height: rows, data };
}

function widened({ left, right, bottom, top }: Limits, margin: number): Limits {
  return { left: left - margin, right: right + margin, bottom: bottom - margin, top: top + margin };
}

/** 0 in cells that hold a code, infinity elsewhere. */
function occupied({ points }: Nearness, limits: Limits, columns: number, rows: number): Float64Array {
  const grid = new Float64Array(columns * rows).fill(Infinity);
  const across = columns / (limits.right - limits.left);
  const down = rows / (limits.top - limits.bottom);
  for (let code = 0; code < points.x.length; code++) {
    const column = Math.floor((points.x[code]! - limits.left) * across);
    const row = Math.floor((limits.top - points.y[code]!) * down);
    if (column >= 0 && column < columns && row >= 0 && row < rows) grid[row * columns + column] = 0;
  }
  return grid;
}

/** Each cell's squared distance, in cells, to the nearest occupied one (Felzenszwalb & Huttenlocher 2012). */
export function squaredDistances(grid: Float64Array, columns: number, rows: number): Float64Array {
  const result = grid.slice();
  for (let column = 0; column < columns; column++) sweep(result, column, columns, rows);
  for (let row = 0; row < rows; row++) sweep(result, row * columns, 1, columns);
  return result;
}

/** One row or column: the lower envelope of the parabolas that stand on its finite cells. */
function sweep(grid: Float64Array, first: number, step: number, count: number): void {
  const stands: number[] = [];
  const from: number[] = [];
  const value = (at: number) => grid[first + at * step]!;
  for (let at = 0; at < count; at++) {
    if (value(at) === Infinity) continue;
    let meets = -Infinity;
    while (stands.length > 0) {
      const last = stands.at(-1)!;
      meets = (value(at) + at * at - value(last) - last * last) / (2 * (at - last));
      if (meets > from.at(-1)!) break;
      stands.pop();
      from.pop();
    }
    from.push(stands.length === 0 ? -Infinity : meets);
    stands.push(at);
  }
  if (stands.length === 0) return;
  const row = Float64Array.from({ length: count }, (_, at) => value(at));
  let parabola = 0;
  for (let at = 0; at < count; at++) {
    while (parabola + 1 < stands.length && from[parabola + 1]! < at) parabola++;
    grid[first + at * step] = (at - stands[parabola]!) ** 2 + row[stands[parabola]!]!;
  }
}
