import Flatbush from 'flatbush';
import { checkFinite } from './finite.ts';
import type { Breathe } from './inference.ts';
import { Largest } from './largest.ts';
import { tf, valuesOf } from './tensorflow.ts';

/** What is compared at once: 64 × 8,192 floats are 2 MB. */
const QUERIES_AT_ONCE = 64;
const KNOWN_AT_ONCE = 8_192;

/**
 * Known codes that stand for each other at first: the k nearest lie among the k groups whose own nearest are nearest, and of the others
 * nothing needs to leave TensorFlow.
 */
const IN_GROUP = 32;

/** Found beyond what is asked for, then put in order by exact distances: float32 mistakes only the closest for each other. */
const SPARE = 8;

/** Codes and what they are codes of. */
export interface LabelledCodes {
  /** float32 [n × size] */
  readonly codes: Float32Array;
  readonly labels: Uint8Array;
}

/** Known codes, ready to be searched. */
export interface CodeSearch {
  readonly codes: Float32Array;
  readonly size: number;
  /** For each query (float32 [rows × size]) the places of its k nearest known codes, in no order that can be relied on. */
  nearest(queries: Float32Array, k: number): readonly ArrayLike<number>[];
  dispose(): void;
}

/** Makes codes (float32 [n × size], n at least 1) ready to be searched by Euclidean distance; dispose when done. */
export function searchCodes(codes: Float32Array, size: number): CodeSearch {
  return size <= 2 ? searchPlane(codes, size) : searchSpace(codes, size);
}

/**
 * The share of test codes for which the `neighbours` nearest training codes (Euclidean) vote for the right label; the smallest
 * label wins a tie, as in scikit-learn's KNeighborsClassifier.
 */
export async function neighbourAccuracy(
  training: LabelledCodes,
  test: LabelledCodes,
  size: number,
  neighbours: number,
  breathe: Breathe,
): Promise<number> {
  const k = Math.min(neighbours, training.labels.length);
  const search = searchCodes(training.codes, size);
  let right = 0;
  try {
    for (let first = 0; first < test.labels.length; first += QUERIES_AT_ONCE) {
      const queries = test.codes.subarray(first * size, (first + QUERIES_AT_ONCE) * size);
      search.nearest(queries, k).forEach((voters, row) => {
        if (vote(voters, training.labels) === test.labels[first + row]) right += 1;
      });
      await breathe(Math.min(1, (first + QUERIES_AT_ONCE) / test.labels.length));
    }
  } finally {
    search.dispose();
  }
  return right / test.labels.length;
}

/**
 * The k nearest known codes of each query, the nearest first, the first known one where two are equally near.
 * @param queries float32 [n × size]
 * @returns columns [n × min(k, known)]
 * @throws StudioError `engine-failed` where known codes or queries are not finite.
 */
export async function nearestCodes(
  search: CodeSearch,
  queries: Float32Array,
  k: number,
  breathe: Breathe,
): Promise<{ readonly k: number; readonly indices: Uint32Array; readonly distances: Float32Array }> {
  const { codes, size } = search;
  checkFinite(codes);
  checkFinite(queries);
  const known = codes.length / size;
  const count = queries.length / size;
  const kept = Math.min(k, known);
  const indices = new Uint32Array(count * kept);
  const distances = new Float32Array(count * kept);
  for (let first = 0; first < count; first += QUERIES_AT_ONCE) {
    const block = queries.subarray(first * size, (first + QUERIES_AT_ONCE) * size);
    search.nearest(block, Math.min(k + SPARE, known)).forEach((places, row) => {
      const exact = Array.from(places, (place) => ({ place, distance: distanceOf(codes, place, block, row, size) }));
      exact.sort((a, b) => a.distance - b.distance || a.place - b.place);
      for (let rank = 0; rank < kept; rank += 1) {
        indices[(first + row) * kept + rank] = exact[rank]!.place;
        distances[(first + row) * kept + rank] = exact[rank]!.distance;
      }
    });
    await breathe();
  }
  return { k: kept, indices, distances };
}

/** In double precision. */
function distanceOf(codes: Float32Array, place: number, queries: Float32Array, row: number, size: number): number {
  let sum = 0;
  for (let unit = 0; unit < size; unit += 1) sum += (codes[place * size + unit]! - queries[row * size + unit]!) ** 2;
  return Math.sqrt(sum);
}

/** One or two dimensions: a packed R-tree. */
function searchPlane(codes: Float32Array, size: number): CodeSearch {
  const count = codes.length / size;
  const index = new Flatbush(count, 16, Float32Array);
  const at = (points: Float32Array, point: number, axis: number): number =>
    axis < size ? (points[point * size + axis] ?? 0) : 0;
  for (let point = 0; point < count; point += 1) index.add(at(codes, point, 0), at(codes, point, 1));
  index.finish();
  return {
    codes,
    size,
    nearest: (queries, k) =>
      Array.from({ length: queries.length / size }, (_, row) =>
        index.neighbors(at(queries, row, 0), at(queries, row, 1), k),
      ),
    dispose: () => undefined,
  };
}

/**
 * More dimensions: all pairs. 2 q·x - |x|² orders the neighbours of q; with one more column, [2q, 1]·[x, -|x|²], it is a single
 * matrix product. Around the known codes' mean, so that far-off codes do not drown the differences in float32. Block by block: what a
 * product gives, and what its operands are made of, are then some megabytes however many codes are known.
 */
function searchSpace(codes: Float32Array, size: number): CodeSearch {
  const centre = tf.tensor1d(meanOf(codes, size));
  const blocks: KnownBlock[] = [];
  for (let first = 0; first * size < codes.length; first += KNOWN_AT_ONCE) {
    const part = codes.subarray(first * size, (first + KNOWN_AT_ONCE) * size);
    blocks.push({ first, known: knownBlock(part, size, centre) });
  }
  return {
    codes,
    size,
    nearest: (queries, k) => {
      const found = Array.from({ length: queries.length / size }, () => new Largest(k));
      const asked = queryRows(queries, size, centre);
      for (const { first, known } of blocks) takeNearest(asked, known, first, k, found);
      asked.dispose();
      return found.map(({ places }) => places);
    },
    dispose: () => tf.dispose([centre, ...blocks.map(({ known }) => known)]),
  };
}

interface KnownBlock {
  /** Place of its first code. */
  readonly first: number;
  /** Codes around the centre and minus their squared lengths, filled up to whole groups: float32 [size + 1, count]. */
  readonly known: tf.Tensor2D;
}

/** Laid as the product wants it, once: turned anew for each block of queries it takes up to twice as long. */
function knownBlock(codes: Float32Array, size: number, centre: tf.Tensor1D): tf.Tensor2D {
  return tf.tidy(() => {
    const points = tf.sub(tf.tensor2d(codes, [codes.length / size, size]), centre);
    const rows = tf.concat([points, tf.neg(tf.sum(tf.square(points), 1, true))], 1);
    const count = codes.length / size;
    const missing = Math.ceil(count / IN_GROUP) * IN_GROUP - count;
    const nowhere = tf.concat([tf.zeros([missing, size]), tf.fill([missing, 1], Number.NEGATIVE_INFINITY)], 1);
    return tf.transpose(tf.concat([rows, nowhere])) as tf.Tensor2D;
  });
}

/** float32 [queries, size + 1] */
function queryRows(queries: Float32Array, size: number, centre: tf.Tensor1D): tf.Tensor2D {
  const rows = queries.length / size;
  return tf.tidy(() => {
    const points = tf.tensor2d(queries, [rows, size]);
    return tf.concat([tf.mul(tf.sub(points, centre), 2), tf.ones([rows, 1])], 1) as tf.Tensor2D;
  });
}

/** Has each row's list take what can be among its k nearest of a block, in the order of their places. */
function takeNearest(
  asked: tf.Tensor2D,
  known: tf.Tensor2D,
  first: number,
  k: number,
  found: readonly Largest[],
): void {
  const groups = known.shape[1] / IN_GROUP;
  const closeness = tf.tidy(() => tf.reshape(tf.matMul(asked, known), [-1, IN_GROUP]));
  try {
    const nearest = valuesOf(() => tf.max(closeness, 1));
    const looked = found.map((list, row) => groupsFor(list, nearest.subarray(row * groups, (row + 1) * groups), k));
    const rows = looked.flatMap((own, row) => own.map((group) => row * groups + group));
    if (rows.length === 0) return;
    const values = valuesOf(() => tf.gather(closeness, tf.tensor1d(rows, 'int32')));
    let at = 0;
    looked.forEach((own, row) => {
      for (const group of own) {
        found[row]!.take(values.subarray(at, at + IN_GROUP), first + group * IN_GROUP);
        at += IN_GROUP;
      }
    });
  } finally {
    closeness.dispose();
  }
}

/** Those of a block's groups that a list has to look through, ascending. @param nearest the closeness of each group's nearest */
function groupsFor(list: Largest, nearest: Float32Array, k: number): readonly number[] {
  const best = new Largest(Math.min(k, nearest.length));
  best.take(nearest, 0);
  // After the first blocks most have nothing nearer than what was found before.
  return [...best.places].filter((group) => nearest[group]! > list.least).sort((a, b) => a - b);
}

/** Summed in double precision. */
function meanOf(codes: Float32Array, size: number): Float32Array {
  const sums = new Float64Array(size);
  for (let at = 0; at < codes.length; at += size) {
    for (let unit = 0; unit < size; unit += 1) sums[unit]! += codes[at + unit]!;
  }
  return Float32Array.from(sums, (sum) => (sum * size) / codes.length);
}

function vote(voters: ArrayLike<number>, labels: Uint8Array): number {
  const votes = new Uint16Array(256);
  for (const voter of Array.from(voters)) {
    const label = labels[voter] ?? 0;
    votes[label] = (votes[label] ?? 0) + 1;
  }
  return votes.indexOf(Math.max(...votes));
}
