import type { ImageColumns } from '../../domain/words.ts';
import { flatten, type Picture } from '../picture/picture.ts';
import { resample } from '../picture/resample.ts';

/** The longer side of what is shown, in pixels. */
const MOST_SIDE = 64;
/** What shows through transparency: the grey that pictures of either kind stand out on. */
const GROUND = [128, 128, 128] as const;

/** A picture as it was found, small and in RGB: what stands beside its image in a preview. */
export function asFound(picture: Picture): ImageColumns {
  const flat = flatten(picture, 3, GROUND);
  const scale = Math.min(1, MOST_SIDE / Math.max(flat.width, flat.height));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const { width, height, pixels } = resample(flat, side(flat.width), side(flat.height));
  return { count: 1, width, height, channels: 3, pixels: pixels.slice() };
}
