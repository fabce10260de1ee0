import type { Preparation } from '../../contract/import-options.ts';
import { StudioError } from '../../domain/errors.ts';
import { tileGrid, type Size, type Tiling } from '../../domain/inspection/tile-places.ts';
import type { Picture } from './picture.ts';
import { prepare } from './prepare.ts';

/** One tile as an image of the set, and where it lies in the picture, in the picture's pixels. */
export interface TileImage {
  readonly left: number;
  readonly top: number;
  /** uint8 [height, width, channels], as the preparation says. */
  readonly pixels: Uint8Array;
}

/** The size that a picture is brought to so that a tile of it is an image. @throws StudioError `bad-file` where it is smaller than a tile */
export function tiledSize(
  picture: Size,
  { width, height }: Pick<Preparation, 'width' | 'height'>,
  side: number,
): readonly [width: number, height: number] {
  const scale = width / side;
  const size = [Math.round(picture.width * scale), Math.round(picture.height * scale)] as const;
  if (size[0] >= width && size[1] >= height) return size;
  const least = Math.ceil(height / scale);
  throw new StudioError(
    'bad-file',
    `Tiles: expected at least ${side} × ${least} pixels, found ${picture.width} × ${picture.height}.`,
  );
}

/** Overlapping tiles of a picture, evenly spread where they are more than `most`. Throws as `tiledSize` */
export function tilesOf(picture: Picture, preparation: Preparation, { side, most }: Tiling): TileImage[] {
  const { width, height, channels } = preparation;
  const [columns, rows] = tiledSize(picture, preparation, side);
  const whole = prepare(picture, { ...preparation, width: columns, height: rows, fit: 'stretch', centre: false });
  const all = tileGrid({ width: columns, height: rows }, preparation);
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, at) => {
    const { left, top } = all[Math.floor(((at + 0.5) * all.length) / count)]!;
    const pixels = new Uint8Array(width * height * channels);
    for (let y = 0; y < height; y += 1) {
      const from = ((top + y) * columns + left) * channels;
      pixels.set(whole.subarray(from, from + width * channels), y * width * channels);
    }
    return { left: Math.round((left * side) / width), top: Math.round((top * side) / width), pixels };
  });
}
