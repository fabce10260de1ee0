import type { MapColumns } from '../../electron/domain/words.ts';
import { silhouetteOf } from './silhouette.ts';

/** How well a layout keeps what it was made of, as far as its points say. */
export interface LayoutFigures {
  /** Venna & Kaski 2001: 1 where the neighbours on the map are neighbours among the codes. */
  readonly trustworthiness: number;
  /** The share of points whose neighbours on the map, itself left out, vote for its own label; only with labels. */
  readonly neighbourAccuracy?: number;
  /** By label, of the places on the map; only with labels of two classes and more. */
  readonly silhouette?: number;
  /** Points that were compared. */
  readonly compared: number;
}

type Vector = readonly number[];
type Distance = (a: Vector, b: Vector) => number;

const NEIGHBOURS = 10;
/** All their distances are compared. */
const MOST_COMPARED = 1_000;

export function euclideanDistance(a: Vector, b: Vector): number {
  let sum = 0;
  for (let unit = 0; unit < a.length; unit++) sum += (a[unit]! - b[unit]!) ** 2;
  return Math.sqrt(sum);
}

/** 0 for one direction to 2 for opposite ones; a code of zeros has no direction and is 1 away from all. */
export function cosineDistance(a: Vector, b: Vector): number {
  let [product, left, right] = [0, 0, 0];
  for (let unit = 0; unit < a.length; unit++) {
    product += a[unit]! * b[unit]!;
    left += a[unit]! ** 2;
    right += b[unit]! ** 2;
  }
  return left === 0 || right === 0 ? 1 : 1 - product / Math.sqrt(left * right);
}

/**
 * The figures of a layout of codes, of at most a thousand of them taken evenly.
 * @param labels a class a code; empty without
 * @param distance between codes, as the layout was told
 */
export function layoutFigures(
  codes: readonly Vector[],
  { x, y }: MapColumns,
  labels: Uint8Array,
  distance: Distance,
): LayoutFigures {
  const compared = Math.min(codes.length, MOST_COMPARED);
  const chosen = Array.from({ length: compared }, (_, at) => Math.floor((at * codes.length) / compared));
  const k = Math.min(NEIGHBOURS, Math.ceil(compared / 2) - 1);
  let penalty = 0;
  let right = 0;
  for (const own of chosen) {
    const others = chosen.filter((other) => other !== own);
    const far = new Map(others.map((other) => [other, distance(codes[own]!, codes[other]!)]));
    const near = others.toSorted((a, b) => apart(own, a) - apart(own, b) || a - b).slice(0, k);
    for (const other of near) penalty += Math.max(0, rankOf(other, far) - k);
    if (vote(near, labels) === labels[own]) right++;
  }
  function apart(a: number, b: number): number {
    return Math.hypot(x[a]! - x[b]!, y[a]! - y[b]!);
  }
  const trustworthiness = 1 - (penalty * 2) / (compared * k * (2 * compared - 3 * k - 1));
  if (labels.length !== codes.length) return { trustworthiness, compared };
  const classes = chosen.map((point) => labels[point]!);
  const places = chosen.map((point) => [x[point]!, y[point]!]);
  return {
    trustworthiness,
    compared,
    neighbourAccuracy: right / compared,
    ...(new Set(classes).size > 1 && { silhouette: silhouetteOf(places, classes, Math.max(...classes) + 1) }),
  };
}

/** 1 for the nearest of all others. */
function rankOf(point: number, distances: ReadonlyMap<number, number>): number {
  const own = distances.get(point)!;
  let rank = 1;
  for (const [other, distance] of distances) {
    if (distance < own || (distance === own && other < point)) rank++;
  }
  return rank;
}

/** The label of most of these points, the smallest where several have as many. */
function vote(points: readonly number[], labels: Uint8Array): number {
  const votes = new Uint16Array(256);
  for (const point of points) votes[labels[point] ?? 0]!++;
  return votes.indexOf(Math.max(...votes));
}
