import type { HeatMap } from '../../../electron/contract/inspection.ts';
import type { Rgba } from '../../maths/rgba.ts';

const [RED, GREEN, BLUE] = [255, 126, 38];
/** Of masks: what errors never look like. */
const MASK = [63, 144, 218, 96] as const;

/** How strong the hue is at the threshold from below and from above: what is usual is only hinted at. */
const [USUAL, ODD] = [0.25, 0.55] as const;

type Scale = Pick<HeatMap, 'range' | 'threshold'>;

/** How strong the one hue of heat maps is, 0-1, for a value of the map; NaN is see-through. */
export function heatAt({ range: [least, most], threshold }: Scale, value: number): number {
  if (!(value > threshold))
    return threshold > least ? USUAL * (Math.max(0, value - least) / (threshold - least)) ** 2 || 0 : 0;
  return most > threshold ? ODD + (1 - ODD) * Math.min(1, (value - threshold) / (most - threshold)) : 1;
}

/** The same from the least to the most value, as CSS paints it. @param limit where the threshold lies, 0-1 */
export function heatGradient(limit: number): string {
  const stop = (share: number, at: number): string => `rgb(${RED} ${GREEN} ${BLUE} / ${share * 100}%) ${at * 100}%`;
  const stops = [stop(0, 0), stop(USUAL / 4, limit / 2), stop(USUAL, limit), stop(ODD, limit), stop(1, 1)];
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

/** What is laid over a picture: hardly seen where it is as usual, the full hue where it is as odd as any. */
export function heatLayer(heat: Pick<HeatMap, 'map' | 'width' | 'height'> & Scale): Rgba {
  const { map, width, height } = heat;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < width * height; at++) {
    data[4 * at] = RED;
    data[4 * at + 1] = GREEN;
    data[4 * at + 2] = BLUE;
    data[4 * at + 3] = 255 * heatAt(heat, map[at]!);
  }
  return { width, height, data };
}

/** What a given mask marks. */
export function maskLayer(mask: Uint8Array, { width, height }: Pick<HeatMap, 'width' | 'height'>): Rgba {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < width * height; at++) if (mask[at]! > 0) data.set(MASK, 4 * at);
  return { width, height, data };
}
