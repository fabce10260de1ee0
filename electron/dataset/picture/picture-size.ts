import { StudioError } from '../../domain/errors.ts';

/** More than this is refused before anything is decoded: 2^27 pixels, past what cameras of 100 megapixels take. */
export const MOST_PIXELS = 2 ** 27;

/** The error for a picture of too many pixels. */
export function tooLarge(name: string, width: number, height: number): StudioError {
  const found = `${width} × ${height} = ${(width * height).toLocaleString('en')}`;
  return new StudioError(
    'bad-file',
    `${name}: expected at most ${MOST_PIXELS.toLocaleString('en')} pixels, found ${found}.`,
  );
}
