import type { NumberRange } from '../../contract/import-options.ts';
import { isEven, type Picture } from './picture.ts';

/** A picture whose values are numbers of any size: row by row, the bands of a pixel beside each other. */
export interface NumberPicture {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  /** The last band is opacity. */
  readonly alpha: boolean;
  /** [height × width × bands] */
  readonly values: ArrayLike<number>;
}

/** What bytes mean when nothing else is said. */
export const BYTES: NumberRange = { black: 0, white: 255 };

/**
 * The picture in 8 bits: `range.black` becomes 0, `range.white` 255, what lies beyond is cut; no number (NaN) becomes black.
 * @param bands the ones that are grey, or red, green and blue; left out, or where there are fewer: one or two bands are grey,
 * of more the first three are colours. Opacity is kept where the bands are not chosen.
 */
export function pictureOfNumbers(
  { width, height, bands, alpha, values }: NumberPicture,
  range: NumberRange,
  chosen?: readonly number[],
): Picture {
  const colours = bands - (alpha ? 1 : 0);
  const usable = chosen?.every((band) => band < bands) === true ? chosen : undefined;
  const taken = usable ?? (colours < 3 ? [0] : [0, 1, 2]);
  const from = usable === undefined && alpha ? [...taken, bands - 1] : taken;
  const channels = from.length as Picture['channels'];
  const isPlain = range.black === BYTES.black && range.white === BYTES.white && values instanceof Uint8Array;
  if (isPlain && from.length === bands && from.every((band, at) => band === at)) {
    return { width, height, channels, pixels: values };
  }
  const scale = 255 / (range.white - range.black);
  const pixels = new Uint8Array(width * height * channels);
  for (let pixel = 0, to = 0; pixel < width * height; pixel += 1) {
    for (const band of from) {
      // A typed array of bytes takes NaN as 0.
      const value = (values[pixel * bands + band]! - range.black) * scale;
      pixels[to] = value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value);
      to += 1;
    }
  }
  return { width, height, channels, pixels };
}

/** Whether a picture is even though the numbers that it was made of are not: they lie beyond what is black or white. */
export function hasVanished({ values }: Pick<NumberPicture, 'values'>, { pixels, channels }: Picture): boolean {
  return isEven(pixels, channels) && Array.prototype.some.call(values, (value) => value !== values[0]);
}
