import type { ImageColumns } from '../../electron/domain/words.ts';

/** One picture as a canvas takes it: RGBA, row by row, nothing see-through. */
export interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** The first of the images, grey or RGB, in a canvas's format. */
export function toRgba({ width, height, channels, pixels }: ImageColumns): Rgba {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      data[4 * pixel + channel] = pixels[pixel * channels + (channels === 3 ? channel : 0)]!;
    }
    data[4 * pixel + 3] = 255;
  }
  return { width, height, data };
}
