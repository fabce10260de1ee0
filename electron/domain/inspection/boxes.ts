import { regionsOf } from './pixel-figures.ts';

/** A connected region of a heat map that lies above a threshold, in pixels of the original. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Pixels above the threshold in it. */
  readonly area: number;
  /** The highest value in it. */
  readonly score: number;
}

/** The regions above a threshold (8 neighbours), the worst first. @param least pixels below which a region is left out */
export function boxesOf(
  { map, width, height }: { readonly map: Float32Array; readonly width: number; readonly height: number },
  threshold: number,
  least = 1,
): Box[] {
  const over = new Uint8Array(map.length);
  map.forEach((value, at) => (over[at] = value > threshold ? 1 : 0));
  const { labels, count } = regionsOf(over, width, height);
  const found = Array.from({ length: count }, () => ({
    left: width,
    top: height,
    right: 0,
    bottom: 0,
    area: 0,
    score: -Infinity,
  }));
  labels.forEach((label, at) => {
    if (label === 0) return;
    const box = found[label - 1]!;
    const x = at % width;
    const y = (at - x) / width;
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
    box.area += 1;
    box.score = Math.max(box.score, map[at]!);
  });
  return found
    .filter(({ area }) => area >= least)
    .sort((a, b) => b.score - a.score)
    .map(({ left, top, right, bottom, area, score }) => ({
      left,
      top,
      width: right - left + 1,
      height: bottom - top + 1,
      area,
      score,
    }));
}
