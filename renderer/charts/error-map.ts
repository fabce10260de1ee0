import type { ImageColumns } from '../../electron/domain/words.ts';
import type { Rgb } from './palette.ts';
import type { Rgba } from '../maths/rgba.ts';

/** The one hue of errors, over greys that are darker than it and never reach it. */
const HUE: Rgb = [255, 126, 38];
const DARKEST_GREY = 34;
const LIGHTEST_GREY = 128;

/** The errors that can end the ramp: the difference of a pixel on the scale of 0-1. */
export const errorLimits = [0.25, 0.5, 1] as const;
export type ErrorLimit = (typeof errorLimits)[number];

/**
 * Where a reconstruction errs: the absolute difference of each pixel (0-1, the mean of its channels) as a ramp of one
 * hue over the greyed picture; from `limit` on the hue is full. Both hold one image of the same shape.
 */
export function errorMap(picture: ImageColumns, reconstruction: ImageColumns, limit: number): Rgba {
  const { width, height, channels } = picture;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    let grey = 0;
    let error = 0;
    for (let channel = 0; channel < channels; channel++) {
      const value = picture.pixels[pixel * channels + channel]!;
      grey += value / channels / 255;
      error += Math.abs(value - reconstruction.pixels[pixel * channels + channel]!) / channels / 255;
    }
    const at = 4 * pixel;
    [data[at], data[at + 1], data[at + 2]] = errorColour(grey, error / limit);
    data[at + 3] = 255;
  }
  return { width, height, data };
}

/** The colour of an error (its share of the limit) over a picture's grey; both 0-1. */
export function errorColour(grey: number, share: number): Rgb {
  const under = DARKEST_GREY + grey * (LIGHTEST_GREY - DARKEST_GREY);
  const cover = Math.min(1, Math.max(0, share));
  const mixed = (channel: number) => Math.round(under + (channel - under) * cover);
  return [mixed(HUE[0]), mixed(HUE[1]), mixed(HUE[2])];
}
