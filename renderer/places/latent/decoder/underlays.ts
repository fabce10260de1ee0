import type { DecodedGrid } from './grid.svelte.ts';
import type { Underlay } from '../explorer.svelte.ts';
import { sheetOf } from '../../../maths/sheet.ts';
import type { Shade } from '../../../maths/shade.ts';

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
export function shadeCanvas({ limits, columns, rows, alpha }: Shade, colour: string): Underlay {
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

/** The decoded grid, as it lies under the map's points. */
export function gridCanvas({ limits, columns, images }: DecodedGrid): Underlay {
  const { width, height, data } = sheetOf(images, columns);
  const picture = new OffscreenCanvas(width, height);
  picture.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
  return { limits, picture };
}
