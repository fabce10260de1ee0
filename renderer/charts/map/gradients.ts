import { rgb } from 'd3-color';
import { interpolateCividis, interpolateViridis } from 'd3-scale-chromatic';
import { packed, type Packed } from './point-cloud.ts';

/** Gradients whose lightness grows evenly, so that a number can be read from them in grey too: a colour for each share, 0-1. */
export const gradients = { viridis: interpolateViridis, cividis: interpolateCividis } as const;

export type GradientName = keyof typeof gradients;

/** `count` colours along a gradient, from its dark end to its light one. */
export function gradientColours(name: GradientName, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, step) => {
    const { r, g, b } = rgb(gradients[name](step / Math.max(1, count - 1)));
    return packed(r, g, b) satisfies Packed;
  });
}
