import { auroc } from './ranking.ts';

/** Heat maps beside the masks of the same pictures: values [height × width] each, a mask's pixels 0 or not. */
export interface MaskedMap {
  readonly width: number;
  readonly height: number;
  readonly map: Float32Array;
  /** All 0 for a normal picture. */
  readonly mask: Uint8Array;
}

export interface PixelFigures {
  /** Over the pixels of all pictures. */
  readonly auroc: number;
  /** Per-region overlap up to a false-alarm rate of 30 %, 0-1. */
  readonly pro: number;
  readonly pictures: number;
}

/** False-alarm rate up to which the overlap is averaged. */
export const PRO_LIMIT = 0.3;
/** Thresholds at which the overlap is looked at, evenly among the scores of normal pixels. */
const STEPS = 1_000;

/** What heat maps say of where the odd pixels are. NaN where none is marked, or all are. */
export function pixelFigures(maps: readonly MaskedMap[]): PixelFigures {
  return { auroc: pixelAuroc(maps), pro: regionOverlap(maps), pictures: maps.length };
}

function pixelAuroc(maps: readonly MaskedMap[]): number {
  const [normal, odd]: [number[], number[]] = [[], []];
  for (const { map, mask } of maps) map.forEach((value, at) => (mask[at] === 0 ? normal : odd).push(value));
  return auroc(normal, odd);
}

/**
 * Per-region overlap (Bergmann et al. 2021): at each threshold, the share of each marked region's pixels that lie above it, averaged
 * over all regions of all pictures, large or small; the mean of that over false-alarm rates of 0 to `limit` (share of the unmarked
 * pixels above the threshold), by the trapezoidal rule. NaN without regions.
 */
export function regionOverlap(maps: readonly MaskedMap[], limit: number = PRO_LIMIT): number {
  const normal: number[] = [];
  const regions: Float64Array[] = [];
  for (const { map, mask, width, height } of maps) {
    const { labels, count } = regionsOf(mask, width, height);
    const own = Array.from({ length: count }, (): number[] => []);
    map.forEach((value, at) => (labels[at] === 0 ? normal : own[labels[at]! - 1]!).push(value));
    regions.push(...own.map((values) => Float64Array.from(values).sort()));
  }
  if (regions.length === 0 || normal.length === 0) return Number.NaN;
  const ascending = Float64Array.from(normal).sort();
  const points = [{ rate: 0, overlap: overlapAbove(regions, ascending.at(-1)!) }];
  for (let step = 1; step <= STEPS; step += 1) {
    const place = Math.max(0, ascending.length - 1 - Math.round((limit * ascending.length * step) / STEPS));
    const threshold = ascending[place]!;
    const rate = countAbove(ascending, threshold) / ascending.length;
    points.push({ rate, overlap: overlapAbove(regions, threshold) });
  }
  return areaUpTo(points, limit) / limit;
}

function overlapAbove(regions: readonly Float64Array[], threshold: number): number {
  return regions.reduce((sum, values) => sum + countAbove(values, threshold) / values.length, 0) / regions.length;
}

/** Of ascending numbers, how many are above one. */
function countAbove(ascending: Float64Array, number: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > number) high = middle;
    else low = middle + 1;
  }
  return ascending.length - low;
}

function areaUpTo(points: readonly { readonly rate: number; readonly overlap: number }[], limit: number): number {
  let area = 0;
  let last = points[0]!;
  for (const point of points.slice(1)) {
    const rate = Math.min(limit, point.rate);
    const share = point.rate > last.rate ? (rate - last.rate) / (point.rate - last.rate) : 0;
    const overlap = last.overlap + share * (point.overlap - last.overlap);
    area += ((rate - last.rate) * (last.overlap + overlap)) / 2;
    last = { rate, overlap };
  }
  // Ties can jump over the limit's neighbourhood: what is not reached keeps the last overlap.
  return area + Math.max(0, limit - last.rate) * last.overlap;
}

export interface Regions {
  /** 0 outside, else the region's number from 1: [height × width]. */
  readonly labels: Uint32Array;
  readonly count: number;
}

/** Connected regions (8 neighbours) of pixels that are not 0. */
export function regionsOf(mask: ArrayLike<number>, width: number, height: number): Regions {
  const labels = new Uint32Array(width * height);
  const waiting: number[] = [];
  let count = 0;
  for (let start = 0; start < labels.length; start += 1) {
    if (mask[start] === 0 || labels[start] !== 0) continue;
    count += 1;
    labels[start] = count;
    waiting.push(start);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row += 1) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column += 1) {
          const next = row * width + column;
          if (mask[next] === 0 || labels[next] !== 0) continue;
          labels[next] = count;
          waiting.push(next);
        }
      }
    }
  }
  return { labels, count };
}
