import type { MapColumns } from '../../electron/domain/words.ts';
import type { Rgb } from './palette.ts';

/** What of an `ImageData` is written to: RGBA, row by row. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** How much of each pixel a disc covers, 0-1, on a square of side `size` with the disc in its middle. */
interface Stamp {
  readonly size: number;
  readonly cover: Float32Array;
}

/**
 * Draws each point as a soft-edged disc of this radius (pixels). Points are taken in a scattered but fixed order, so
 * that no class lies on top of the others only because it came last.
 */
export function splat(
  surface: Surface,
  points: MapColumns,
  colourOf: (index: number) => Rgb,
  radius: number,
  opacity: number,
): void {
  const stamp = discStamp(radius, opacity);
  const count = points.x.length;
  const stride = coprimeStride(count);
  for (let step = 0, index = 0; step < count; step++, index = (index + stride) % count) {
    const x = points.x[index]!;
    const y = points.y[index]!;
    if (Number.isFinite(x) && Number.isFinite(y)) press(surface, stamp, x, y, colourOf(index));
  }
}

function discStamp(radius: number, opacity: number): Stamp {
  const size = 2 * Math.ceil(radius + 0.5) + 1;
  const middle = (size - 1) / 2;
  const cover = new Float32Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const outside = Math.hypot(row - middle, column - middle) - radius;
      cover[row * size + column] = opacity * Math.min(1, Math.max(0, 0.5 - outside));
    }
  }
  return { size, cover };
}

function press({ width, height, data }: Surface, { size, cover }: Stamp, x: number, y: number, colour: Rgb): void {
  const left = Math.round(x) - (size - 1) / 2;
  const top = Math.round(y) - (size - 1) / 2;
  for (let row = Math.max(0, -top); row < size && top + row < height; row++) {
    for (let column = Math.max(0, -left); column < size && left + column < width; column++) {
      const share = cover[row * size + column]!;
      if (share === 0) continue;
      const at = 4 * ((top + row) * width + left + column);
      const under = data[at + 3]! / 255;
      const alpha = share + under * (1 - share);
      for (let channel = 0; channel < 3; channel++) {
        data[at + channel] = (colour[channel]! * share + data[at + channel]! * under * (1 - share)) / alpha;
      }
      data[at + 3] = 255 * alpha;
    }
  }
}

/** A step that visits every one of `count` indices once before it comes back, far from its neighbours. */
export function coprimeStride(count: number): number {
  if (count < 3) return 1;
  let stride = Math.round(count * 0.618);
  while (greatestCommonDivisor(stride, count) !== 1) stride++;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
