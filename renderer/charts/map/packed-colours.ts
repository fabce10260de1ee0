import type { Rgb } from '../palette.ts';
import { packed, type Packed } from './point-cloud.ts';

/** "#rrggbb" or "#rgb" (as style sheets are shortened) as numbers; black for anything else. */
export function rgbOf(hex: string): Rgb {
  const digits = hex.replace(/^#([0-9a-f])([0-9a-f])([0-9a-f])$/i, '#$1$1$2$2$3$3');
  const value = /^#[0-9a-f]{6}$/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : 0;
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export const hexOf = ([red, green, blue]: Rgb) =>
  `#${((1 << 24) | (red << 16) | (green << 8) | blue).toString(16).slice(1)}`;

export function packedOf(hex: string): Packed {
  const [red, green, blue] = rgbOf(hex);
  return packed(red, green, blue);
}

/** A packed colour for a canvas, its strength left out. */
export const cssOf = (colour: Packed) => `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;

/** The same as "#rrggbb". */
export const hexOfPacked = (colour: Packed) => hexOf([colour & 255, (colour >> 8) & 255, (colour >> 16) & 255]);
