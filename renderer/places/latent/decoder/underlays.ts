import type { ImageColumns } from '../../../../electron/domain/words.ts';
import { rgbOf } from '../../../charts/map/packed-colours.ts';
import type { Rgb } from '../../../charts/palette.ts';
import type { Nearness } from '../../../maths/nearness.ts';
import type { DecodedGrid } from './grid.svelte.ts';
import type { UnderlayPicture } from '../explorer.svelte.ts';
import { sheetOf } from '../../../maths/sheet.ts';
import { squaredDistances, type Shade } from '../../../maths/shade.ts';

/** Cells between two strokes of the hatch. */
const HATCH = 7;

/** Diagonal strokes of one colour on nothing: it says that something is missing and leaves the ground clean. */
function hatch(context: OffscreenCanvasRenderingContext2D, colour: string): CanvasPattern {
  const tile = new OffscreenCanvas(HATCH, HATCH);
  const strokes = tile.getContext('2d')!;
  strokes.strokeStyle = colour;
  strokes.beginPath();
  // Over the corners too, so that a stroke goes on in the next tile.
  for (const shift of [-HATCH, 0, HATCH]) {
    strokes.moveTo(shift - 1, HATCH + 1);
    strokes.lineTo(shift + HATCH + 1, -1);
  }
  strokes.stroke();
  return context.createPattern(tile, 'repeat')!;
}

/** The shade as a hatch in one colour, as it lies under the map's points. */
export function shadeCanvas({ limits, columns, rows, alpha }: Shade, colour: string): UnderlayPicture {
  const picture = new OffscreenCanvas(columns, rows);
  const context = picture.getContext('2d')!;
  const image = new ImageData(columns, rows);
  alpha.forEach((value, cell) => (image.data[4 * cell + 3] = value));
  context.putImageData(image, 0, 0);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = hatch(context, colour);
  context.fillRect(0, 0, columns, rows);
  return { limits, picture };
}

/** How much of a decoded picture is seen between training codes, far from all of them, and where they lie thick. */
const IN_THE_OPEN = 0.5;
const FAR_OUT = 0.1;
const UNDER_POINTS = 0.06;
/** In cells, the distance from the next training code at which there is half as much to see as beside it. */
const HALF_WAY = 2.5;

/**
 * The decoded grid, as it lies under the map's points: faint where training codes lie and stronger where there is room.
 * @param ink "#rrggbb" in which grey images on an even ground are drawn, so that they lie on the window's own ground
 */
export function gridCanvas(grid: DecodedGrid, nearness: Nearness | undefined, ink: string): UnderlayPicture {
  const { limits, columns, rows, images } = grid;
  const sheet = sheetOf(images, columns);
  const inked = inkOf(images, rgbOf(ink));
  const room = roomOf(grid, nearness);
  const { width, data } = sheet;
  for (let pixel = 0; pixel < data.length / 4; pixel++) {
    const column = Math.floor((pixel % width) / images.width);
    const row = Math.floor(Math.floor(pixel / width) / images.height);
    const at = 4 * pixel;
    data[at + 3] = 255 * room[row * columns + column]!;
    inked?.(data, at);
  }
  const picture = new OffscreenCanvas(width, rows * images.height);
  picture.getContext('2d')!.putImageData(new ImageData(data, width, rows * images.height), 0, 0);
  return { limits, picture };
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

/** Nearly the same value in all corners of all images, 0-255: their ground. */
function groundOf({ count, width, height, pixels }: ImageColumns): number | undefined {
  const size = width * height;
  let [least, most] = [255, 0];
  for (let image = 0; image < count; image++) {
    for (const corner of [0, width - 1, size - width, size - 1]) {
      const value = pixels[image * size + corner]!;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return most < 64 ? 0 : least > 191 ? 255 : undefined;
}

/** What draws a pixel in ink, its ground see-through; nothing for images in colour or without an even ground. */
function inkOf(images: ImageColumns, [red, green, blue]: Rgb) {
  const ground = images.channels === 1 ? groundOf(images) : undefined;
  if (ground === undefined) return undefined;
  return (data: Uint8ClampedArray, at: number): void => {
    data[at + 3] = (data[at + 3]! * Math.abs(data[at]! - ground)) / 255;
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
  };
}
