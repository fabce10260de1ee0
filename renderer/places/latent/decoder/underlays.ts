import type { DecodedGrid } from './grid.svelte.ts';
import type { Underlay } from '../explorer.svelte.ts';
import { sheetOf } from '../../../maths/sheet.ts';
import type { Shade } from '../../../maths/shade.ts';

/** The shade in one colour, as it lies under the map's points. */
export function shadeCanvas({ limits, columns, rows, alpha }: Shade, colour: string): Underlay {
  const picture = new OffscreenCanvas(columns, rows);
  const context = picture.getContext('2d')!;
  const image = new ImageData(columns, rows);
  alpha.forEach((value, cell) => (image.data[4 * cell + 3] = value));
  context.putImageData(image, 0, 0);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = colour;
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
