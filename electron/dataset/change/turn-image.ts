import type { Turn } from '../../contract/image-changes.ts';

interface Size {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Whether rows become columns. */
export const swapsSides = (turn: Turn): boolean => turn !== 'half' && turn !== 'mirror';

/**
 * One image turned by quarters, or mirrored left to right.
 * @param pixels uint8 [height, width, channels]
 * @returns the same, [width, height, channels] where the sides are swapped
 */
export function turnImage(pixels: Uint8Array, { height, width, channels }: Size, turn: Turn): Uint8Array {
  const turned = new Uint8Array(pixels.length);
  const newWidth = swapsSides(turn) ? height : width;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const [toRow, toColumn] = placeOf[turn](row, column, height, width);
      const [from, to] = [(row * width + column) * channels, (toRow * newWidth + toColumn) * channels];
      for (let channel = 0; channel < channels; channel += 1) turned[to + channel] = pixels[from + channel]!;
    }
  }
  return turned;
}

/** Where a pixel goes. */
const placeOf: Readonly<
  Record<Turn, (row: number, column: number, height: number, width: number) => readonly [number, number]>
> = {
  left: (row, column, _height, width) => [width - 1 - column, row],
  right: (row, column, height) => [column, height - 1 - row],
  half: (row, column, height, width) => [height - 1 - row, width - 1 - column],
  mirror: (row, column, _height, width) => [row, width - 1 - column],
  transpose: (row, column) => [column, row],
};
