import type { Preparation } from '../../contract/import-options.ts';
import { centreByMass } from './centre.ts';
import { colourOf, flatten, greyOf, place, type Colour, type Picture } from './picture.ts';
import { resample } from './resample.ts';

/**
 * Makes one image of a set from a picture: flattened over the background, inverted, then fitted or centred by mass.
 * @returns uint8 [height, width, channels], as the preparation says.
 */
export function prepare(picture: Picture, preparation: Preparation): Uint8Array {
  const { channels, invert, width, height } = preparation;
  const background = colourOf(preparation.background);
  const flat = flatten(picture, channels, background);
  const pixels = invert ? flat.pixels.map((value) => 255 - value) : flat.pixels;
  const upright = { ...flat, pixels };
  const ground = groundOf(background, channels, invert);
  if (preparation.centre) return centreByMass(upright, width, height, ground);
  return fit(upright, preparation, ground);
}

/** The background's value in each channel of the finished image. */
function groundOf([red, green, blue]: Colour, channels: 1 | 3, invert: boolean): readonly number[] {
  const ground = channels === 1 ? [greyOf(red, green, blue)] : [red, green, blue];
  return invert ? ground.map((value) => 255 - value) : ground;
}

function fit(picture: Picture, preparation: Preparation, ground: readonly number[]): Uint8Array {
  const { width, height } = preparation;
  if (preparation.fit === 'stretch') return resample(picture, width, height).pixels;
  const scales = [width / picture.width, height / picture.height] as const;
  if (preparation.fit === 'cover') {
    const scale = Math.max(...scales);
    const region = { width: width / scale, height: height / scale };
    const left = (picture.width - region.width) / 2;
    return resample(picture, width, height, { left, top: (picture.height - region.height) / 2, ...region }).pixels;
  }
  const scale = Math.min(...scales);
  const inner = (length: number, most: number): number => Math.max(1, Math.min(most, Math.round(length * scale)));
  const small = resample(picture, inner(picture.width, width), inner(picture.height, height));
  const left = Math.floor((width - small.width) / 2);
  return place(small, left, Math.floor((height - small.height) / 2), width, height, ground);
}
