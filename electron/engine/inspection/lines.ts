import { fewAtATime } from './few-pictures.ts';
import { lineFilters, STRENGTHS, type LineFilters } from './line-filters.ts';
import { lineStrengths } from './line-strengths.ts';
import { distancesAtPlaces } from './nearest.ts';
import type { Shape } from './pieces.ts';
import { resized, type Plane } from './planes.ts';
import { UsualPlanes } from './usual-planes.ts';

/** How strong lines are in normal pictures, place by place. */
export interface LineStatistics {
  readonly filters: LineFilters;
  /** Of normal pictures, in deviations: [places × known × `STRENGTHS`]. */
  readonly known: Float32Array;
  /** Of each strength at each place: [places × `STRENGTHS`]. */
  readonly deviation: Float32Array;
  /** By place, how far held-out normal pictures are from their nearest known ones: [places]. */
  readonly usual: Float32Array;
}

/** What is learnt, and the same without each fold of the held-out pictures, by which those of the fold are scored. */
export interface FittedLines {
  readonly all: LineStatistics;
  readonly without: readonly LineStatistics[];
}

/** Normal pictures that are kept, and numbers of them all (8 MB): with them grows what a check costs. */
const MOST_PICTURES = 800;
const MOST_KNOWN = 2 ** 21;
const NEIGHBOURS = 3;
/** Share of a map's pixels that a score of it looks at: the worst. */
export const WORST_LINES = 0.1;
/** A strength that hardly differs among normal pictures is not blown up; it is a logarithm. */
const LEAST_DEVIATION = 0.05;

/**
 * Learns how strong lines of each size and direction are in normal pictures, place by place: what a picture shows there is put beside
 * the nearest normal pictures (as SPADE, Cohen & Hoshen 2020, with Gabor filters
 * in place of a foreign network; place by place, as PaDiM, Defard et al. 2021).
 * @param training evened pictures, one after another
 * @param heldOut evened normal pictures that are not among them
 */
export function fitLines(training: Float32Array, heldOut: Float32Array, shape: Shape): FittedLines {
  const size = shape[0] * shape[1] * shape[2];
  const filters = lineFilters(shape);
  const places = filters.rows * filters.columns;
  const most = Math.min(MOST_PICTURES, Math.floor(MOST_KNOWN / (places * STRENGTHS)));
  const count = Math.min(training.length / size, Math.max(1, most));
  const known = new Float32Array(places * count * STRENGTHS);
  for (const [first, few] of fewAtATime(training.subarray(0, count * size), size)) {
    const strengths = lineStrengths(filters, few, shape[2]);
    for (let at = 0; at < strengths.length / STRENGTHS; at += 1) {
      const [picture, place] = [first + Math.floor(at / places), at % places];
      known.set(strengths.subarray(at * STRENGTHS, (at + 1) * STRENGTHS), (place * count + picture) * STRENGTHS);
    }
  }
  const deviation = new Float32Array(places * STRENGTHS);
  for (let place = 0; place < places; place += 1) {
    const own = known.subarray(place * count * STRENGTHS, (place + 1) * count * STRENGTHS);
    scaleByDeviation(own, deviation.subarray(place * STRENGTHS, (place + 1) * STRENGTHS));
  }
  const plain = { filters, known, deviation };
  const tests = heldOut.length / size;
  const usual = new UsualPlanes(filters.columns, filters.rows, tests);
  const distances = lineDistances(plain, heldOut, shape[2]);
  for (let picture = 0; picture < tests; picture += 1) {
    usual.add(picture, distances.subarray(picture * places, (picture + 1) * places));
  }
  return {
    all: { ...plain, usual: usual.all() },
    without: Array.from({ length: usual.folds }, (_, fold) => ({ ...plain, usual: usual.without(fold) })),
  };
}

/** Divides each column of rows by its deviation, which it writes down. */
function scaleByDeviation(rows: Float32Array, deviation: Float32Array): void {
  const count = rows.length / STRENGTHS;
  for (let unit = 0; unit < STRENGTHS; unit += 1) {
    let [sum, squares] = [0, 0];
    for (let at = unit; at < rows.length; at += STRENGTHS) sum += rows[at]!;
    for (let at = unit; at < rows.length; at += STRENGTHS) squares += (rows[at]! - sum / count) ** 2;
    deviation[unit] = Math.max(LEAST_DEVIATION, Math.sqrt(squares / count));
    for (let at = unit; at < rows.length; at += STRENGTHS) rows[at]! /= deviation[unit]!;
  }
}

/**
 * Where lines of a picture are stronger or weaker than in any normal one: the distance to the three nearest, 1 is usual.
 * @param distances of the picture: [places]
 * @returns [height × width], between the places linearly
 */
export function lineMap({ filters, usual }: Pick<LineStatistics, 'filters' | 'usual'>, distances: Float32Array): Plane {
  const { width, height, columns, rows } = filters;
  const values = distances.map((distance, place) => distance / usual[place]!);
  return resized({ width: columns, height: rows, values }, width, height);
}

/**
 * By place, the mean distance to the nearest known ones.
 * @param pictures evened, one after another
 * @returns [pictures × places]
 */
export function lineDistances(
  { filters, known, deviation }: Omit<LineStatistics, 'usual'>,
  pictures: Float32Array,
  channels: number,
): Float32Array {
  const places = filters.rows * filters.columns;
  const size = filters.height * filters.width * channels;
  const scaled = new Float32Array((pictures.length / size) * deviation.length);
  for (const [first, few] of fewAtATime(pictures, size)) {
    const strengths = lineStrengths(filters, few, channels);
    scaled.set(
      strengths.map((strength, at) => strength / deviation[at % deviation.length]!),
      first * deviation.length,
    );
  }
  return distancesAtPlaces({ known, places, size: STRENGTHS }, scaled, NEIGHBOURS);
}
