import type { Size } from './tile-places.ts';

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

/** A region while it is found. */
interface Region {
  /** In which they were met, row by row. */
  readonly order: number;
  left: number;
  readonly top: number;
  /** One beyond its last pixels. */
  right: number;
  bottom: number;
  area: number;
  score: number;
  /** The earlier region that it has turned out to be part of. */
  whole?: Region;
}

/** Pixels of a row, one beside the other, that lie above the threshold. */
interface Run {
  readonly from: number;
  /** One beyond the last. */
  readonly to: number;
  readonly region: Region;
}

/**
 * The regions above a threshold (8 neighbours), the worst first. They are put together from runs of pixels, row by row (Rosenfeld & Pfaltz
 * 1966): pixels that are not odd, most of them, are looked at once.
 * @param least pixels below which a region is left out
 */
export function boxesOf(
  { map, width, height }: { readonly map: Float32Array; readonly width: number; readonly height: number },
  threshold: number,
  least = 1,
): Box[] {
  const regions: Region[] = [];
  let above: readonly Run[] = [];
  for (let y = 0; y < height; y += 1) {
    const row = map.subarray(y * width, (y + 1) * width);
    const own: Run[] = [];
    let next = 0;
    for (let x = 0; x < width; x += 1) {
      if (!(row[x]! > threshold)) continue;
      const from = x;
      let score = row[x]!;
      for (x += 1; x < width && row[x]! > threshold; x += 1) if (row[x]! > score) score = row[x]!;
      while (next < above.length && above[next]!.to < from) next += 1;
      let region: Region | undefined;
      for (let at = next; at < above.length && above[at]!.from <= x; at += 1) {
        region = region === undefined ? wholeOf(above[at]!.region) : joined(region, wholeOf(above[at]!.region));
      }
      const part: Region = {
        order: regions.length,
        left: from,
        top: y,
        right: x,
        bottom: y + 1,
        area: x - from,
        score,
      };
      if (region === undefined) regions.push(part);
      else grow(region, part);
      own.push({ from, to: x, region: region ?? part });
    }
    above = own;
  }
  return regions
    .filter(({ whole, area }) => whole === undefined && area >= least)
    .sort((a, b) => b.score - a.score)
    .map(({ left, top, right, bottom, area, score }) => ({
      left,
      top,
      width: right - left,
      height: bottom - top,
      area,
      score,
    }));
}

/** Boxes over a picture that was made smaller or larger, in pixels of it as it came; edges outwards, so that nothing is cut off. */
export function boxesOn(boxes: readonly Box[], from: Size, to: Size): Box[] {
  const [across, down] = [to.width / from.width, to.height / from.height];
  return boxes.map(({ left, top, width, height, area, score }) => {
    const [x, y] = [Math.floor(left * across), Math.floor(top * down)];
    return {
      left: x,
      top: y,
      width: Math.min(to.width, Math.ceil((left + width) * across)) - x,
      height: Math.min(to.height, Math.ceil((top + height) * down)) - y,
      area: Math.round(area * across * down),
      score,
    };
  });
}

function wholeOf(region: Region): Region {
  let whole = region;
  while (whole.whole !== undefined) whole = whole.whole;
  // The next who asks finds it at once.
  if (region !== whole) region.whole = whole;
  return whole;
}

/** Of two whole regions that touch, the earlier with the other in it. */
function joined(a: Region, b: Region): Region {
  if (a === b) return a;
  const [first, second] = a.order < b.order ? [a, b] : [b, a];
  grow(first, second);
  second.whole = first;
  return first;
}

/** @param part that was met later */
function grow(region: Region, part: Region): void {
  region.left = Math.min(region.left, part.left);
  region.right = Math.max(region.right, part.right);
  region.bottom = Math.max(region.bottom, part.bottom);
  region.area += part.area;
  region.score = Math.max(region.score, part.score);
}
