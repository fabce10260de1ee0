/** Of a tile's length, that its neighbour covers too: at least. */
const OVERLAP = 1 / 4;

/** Where tiles begin along a side: the first at its beginning, the last at its end, evenly. */
export function tilePlaces(length: number, tile: number): number[] {
  if (length <= tile) return [0];
  const steps = Math.ceil((length - tile) / (tile * (1 - OVERLAP)));
  return Array.from({ length: steps + 1 }, (_, at) => Math.round((at * (length - tile)) / steps));
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where the tiles that cover a picture begin, row by row. */
export const tileGrid = (size: Size, tile: Size): { readonly left: number; readonly top: number }[] =>
  tilePlaces(size.height, tile.height).flatMap((top) =>
    tilePlaces(size.width, tile.width).map((left) => ({ left, top })),
  );

/** How large pictures become an image set of tiles: tiles of so many of their pixels a side, at most so many a picture. */
export interface Tiling {
  readonly side: number;
  readonly most: number;
}

/** Pixels a side that a tile's image has. */
export const TILE_IMAGE = 64;
/** Images that a set of tiles is to have, about. */
const WANTED = 3_000;
const [LEAST_MOST, MOST_MOST] = [4, 400];
/** Pictures whose shorter side is this many times a tile's image are much larger than it. */
const MUCH_LARGER = 8;

/** Whether a model would see little of such pictures. */
export const areLarge = ({ width, height }: Size): boolean => Math.min(width, height) >= MUCH_LARGER * TILE_IMAGE;

/** Tiles of a twelfth of the shorter side, not below the size of their images; as many a picture as make a set that teaches. */
export function proposedTiling(size: Size, pictures: number): Tiling {
  const side = Math.max(TILE_IMAGE, 16 * Math.round(Math.min(size.width, size.height) / 12 / 16));
  return { side, most: Math.min(MOST_MOST, Math.max(LEAST_MOST, Math.ceil(WANTED / Math.max(1, pictures)))) };
}

/** How many tiles a picture is covered by. */
export const tileCount = ({ width, height }: Size, side: number): number =>
  tilePlaces(width, side).length * tilePlaces(height, side).length;
