import type { ImageColumns } from '../../../../electron/domain/words.ts';
import { rgbOf } from '../../../charts/map/packed-colours.ts';
import type { Rgb } from '../../../charts/palette.ts';
import type { Nearness } from '../../../maths/nearness.ts';
import type { Rgba } from '../../../maths/rgba.ts';
import { squaredDistances } from '../../../maths/shade.ts';
import { sheetOf } from '../../../maths/sheet.ts';
import type { DecodedGrid } from './grid.svelte.ts';

/** How much of a decoded picture is seen between training codes, far from all of them, and where they lie thick. */
const IN_THE_OPEN = 0.5;
const FAR_OUT = 0.1;
const UNDER_POINTS = 0.06;
/** The same, times this, of pictures that fill their cells: they have so much more ink. */
const FILLED = 0.7;
/** In cells, the distance from the next training code at which there is half as much to see as beside it. */
const HALF_WAY = 2.5;

/** Of a picture's side, what lies free around one that fills its cell: side by side they would be a wall. */
const GAP = 0.15;

/**
 * The decoded grid's pixels, as they lie under the map's points: faint where training codes lie and stronger where there is room.
 * @param ink "#rrggbb" in which grey images on an even ground are drawn, so that they lie on the window's own ground; others have
 *   some of it around each
 */
export function decodedGround(grid: DecodedGrid, nearness: Nearness | undefined, ink: string): Rgba {
  const { columns, images } = grid;
  const inked = inkOf(images, rgbOf(ink));
  const spaced = inked ? 0 : Math.max(1, Math.round(GAP * Math.min(images.width, images.height)));
  const sheet = sheetOf(images, columns, spaced);
  const room = roomOf(grid, nearness);
  const { width, data } = sheet;
  for (let pixel = 0; pixel < data.length / 4; pixel++) {
    const column = Math.floor((pixel % width) / (images.width + 2 * spaced));
    const row = Math.floor(Math.floor(pixel / width) / (images.height + 2 * spaced));
    const at = 4 * pixel;
    data[at + 3]! *= (inked ? 1 : FILLED) * room[row * columns + column]!;
    inked?.(data, at, row * columns + column);
  }
  return sheet;
}

/** Of each cell, how much of its picture is seen: less the more training codes lie in it, and the further they all are. */
function roomOf({ limits, columns, rows }: DecodedGrid, nearness: Nearness | undefined): Float64Array {
  const counts = new Float64Array(columns * rows);
  const { x, y } = nearness?.points ?? { x: new Float32Array(), y: new Float32Array() };
  const across = columns / (limits.right - limits.left);
  const down = rows / (limits.top - limits.bottom);
  for (let code = 0; code < x.length; code++) {
    const column = Math.floor((x[code]! - limits.left) * across);
    const row = Math.floor((limits.top - y[code]!) * down);
    if (column >= 0 && column < columns && row >= 0 && row < rows) counts[row * columns + column]!++;
  }
  // As many as would lie in a cell if they were spread evenly over all.
  const even = Math.max(1, x.length / counts.length);
  const away = squaredDistances(
    counts.map((count) => (count > 0 ? 0 : Infinity)),
    columns,
    rows,
  );
  return counts.map((count, cell) => {
    const near = 2 ** (-Math.sqrt(away[cell]!) / HALF_WAY);
    const open = nearness ? FAR_OUT + (IN_THE_OPEN - FAR_OUT) * near : IN_THE_OPEN;
    return UNDER_POINTS + (open - UNDER_POINTS) / (1 + (4 * count) / even);
  });
}

/** Share of the images that must lie on an even ground of their own, for all of them to be drawn in ink. */
const EVEN = 0.6;

/** The even ground that an image lies on, by its corners: black, white, or none. */
function groundOf({ width, height, pixels }: ImageColumns, image: number): 0 | 255 | undefined {
  const size = width * height;
  const corners = [0, width - 1, size - width, size - 1].map((corner) => pixels[image * size + corner]!);
  if (Math.max(...corners) < 64) return 0;
  return Math.min(...corners) > 191 ? 255 : undefined;
}

/** What draws a pixel of an image in ink, its ground see-through; nothing for images in colour or without an even ground. */
function inkOf(images: ImageColumns, [red, green, blue]: Rgb) {
  if (images.channels !== 1) return undefined;
  const grounds = Array.from({ length: images.count }, (_, image) => groundOf(images, image));
  if (grounds.filter((ground) => ground !== undefined).length < EVEN * images.count) return undefined;
  return (data: Uint8ClampedArray, at: number, image: number): void => {
    // Far from all codes a decoder may well draw something else: what is darker there is the ink.
    data[at + 3] = (data[at + 3]! * Math.abs(data[at]! - (grounds[image] ?? 255))) / 255;
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
  };
}
