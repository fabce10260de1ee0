import type { Reconstructions } from '../../../../electron/contract/models.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import { entriesOf, type PictureEntry } from '../../../../renderer/pictures/picture-entries.ts';

export function grey(width: number, height: number, ...pixels: readonly number[]): ImageColumns {
  const length = width * height;
  return { count: pixels.length / length, height, width, channels: 1, pixels: Uint8Array.from(pixels) };
}

/** What a model of 2 × 1 grey images would answer: each picture's squared error is given, all else follows from its place. */
export function answerOf(
  pictures: readonly { readonly name: string; readonly squaredError: number }[],
  rest: Partial<Reconstructions> = {},
): Reconstructions {
  const count = pictures.length;
  const images = grey(2, 1, ...pictures.flatMap((_, index) => [index, 255]));
  return {
    total: count,
    names: pictures.map(({ name }) => name),
    problems: [],
    originals: pictures.map(() => ({ ...grey(1, 1, 9), channels: 1 })),
    prepared: images,
    seen: images,
    reconstructions: images,
    mse: Float32Array.from(pictures, ({ squaredError }) => squaredError / 2),
    squaredErrors: Float32Array.from(pictures, ({ squaredError }) => squaredError),
    percentiles: new Float32Array(count).fill(50),
    psnrBefore: new Float32Array(0),
    psnrAfter: new Float32Array(0),
    codes: Float32Array.from({ length: 3 * count }, (_, index) => index),
    places: { x: new Float32Array(count).fill(1), y: new Float32Array(count).fill(-1) },
    inverted: pictures.map(() => true),
    centred: pictures.map(() => false),
    ...rest,
  };
}

export function entryOf(name: string, squaredError: number, rest: Partial<Reconstructions> = {}): PictureEntry {
  return entriesOf(answerOf([{ name, squaredError }], rest), name)[0] as PictureEntry;
}
