import { rgbOf } from './packed-colours.ts';
import { packed, type Packed } from './point-cloud.ts';

/** Gradients whose lightness grows evenly, so that a number can be read from them in grey too. */
export const gradients = {
  viridis: [
    '#440154',
    '#482475',
    '#414487',
    '#355f8d',
    '#2a788e',
    '#21918c',
    '#22a884',
    '#44bf70',
    '#7ad151',
    '#bddf26',
    '#fde725',
  ],
  cividis: [
    '#00224e',
    '#123570',
    '#3b496c',
    '#575d6d',
    '#707173',
    '#8a8678',
    '#a59c74',
    '#c3b369',
    '#e1cc55',
    '#fee838',
  ],
} as const;

export type GradientName = keyof typeof gradients;

/** `count` colours along a gradient, from its dark end to its light one. */
export function gradientColours(name: GradientName, count: number): Uint32Array {
  const stops = gradients[name].map(rgbOf);
  return Uint32Array.from({ length: count }, (_, step) => {
    const at = (step / Math.max(1, count - 1)) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    const channel = (index: 0 | 1 | 2) =>
      Math.round(stops[low]![index] + (at - low) * (stops[low + 1]![index] - stops[low]![index]));
    return packed(channel(0), channel(1), channel(2)) satisfies Packed;
  });
}
