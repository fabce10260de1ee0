import type { Nearness } from '../../../maths/nearness.ts';
import type { Rgba } from '../../../maths/rgba.ts';
import { shadePixels, type Shade } from '../../../maths/shade.ts';
import type { UnderlayPicture } from '../explorer.svelte.ts';
import { decodedGround } from './decoded-ground.ts';
import type { DecodedGrid } from './grid.svelte.ts';
import { rgbOf } from '../../../charts/map/packed-colours.ts';

/** The shade in one colour, of which the map draws a hatch: it says that something is missing and leaves the ground clean. */
export function shadeCanvas(shade: Shade, colour: string): UnderlayPicture {
  return { limits: shade.limits, picture: canvasOf(shadePixels(shade, rgbOf(colour))), isHatched: true };
}

/** The decoded grid, as it lies under the map's points. */
export function gridCanvas(grid: DecodedGrid, nearness: Nearness | undefined, ink: string): UnderlayPicture {
  return { limits: grid.limits, picture: canvasOf(decodedGround(grid, nearness, ink)) };
}

function canvasOf({ width, height, data }: Rgba): OffscreenCanvas {
  const picture = new OffscreenCanvas(width, height);
  picture.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
  return picture;
}
