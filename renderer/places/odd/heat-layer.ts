import type { HeatMap } from '../../../electron/contract/inspection.ts';
import type { Rgba } from '../../maths/rgba.ts';

/** The one hue of heat maps, as CSS writes it. */
export const HEAT = '255 126 38';
const [RED, GREEN, BLUE] = [255, 126, 38];
/** Of masks: what errors never look like. */
const MASK = [63, 144, 218, 96] as const;

/** What is laid over a picture: see-through where it is as usual, the full hue where it is as odd as any. */
export function heatLayer({
  map,
  width,
  height,
  range: [least, most],
}: Pick<HeatMap, 'map' | 'width' | 'height' | 'range'>): Rgba {
  const data = new Uint8ClampedArray(4 * width * height);
  const span = most - least;
  for (let at = 0; at < width * height; at++) {
    const share = span > 0 ? (map[at]! - least) / span : 0;
    data[4 * at] = RED;
    data[4 * at + 1] = GREEN;
    data[4 * at + 2] = BLUE;
    // Clamped; NaN becomes 0.
    data[4 * at + 3] = 255 * share;
  }
  return { width, height, data };
}

/** What a given mask marks. */
export function maskLayer(mask: Uint8Array, { width, height }: Pick<HeatMap, 'width' | 'height'>): Rgba {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < width * height; at++) if (mask[at]! > 0) data.set(MASK, 4 * at);
  return { width, height, data };
}
