import Flatbush from 'flatbush';
import type { Breathe } from './inference.ts';
import { tf, valuesOf } from './tensorflow.ts';

/** Rows of closeness held at once: 64 × 55,000 floats are 14 MB, and as much again in JavaScript. */
const QUERIES_AT_ONCE = 64;

/** Codes and what they are codes of. */
export interface LabelledCodes {
  /** float32 [n × size] */
  readonly codes: Float32Array;
  readonly labels: Uint8Array;
}

/** Finds, for test codes [first, first + rows), the places of their nearest known codes. */
interface Search {
  nearest(first: number, rows: number): readonly ArrayLike<number>[];
  dispose(): void;
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
  const search = size <= 2 ? searchPlane(training, test, size, k) : searchSpace(training, test, size, k);
  let right = 0;
  try {
    for (let first = 0; first < test.labels.length; first += QUERIES_AT_ONCE) {
      const rows = Math.min(QUERIES_AT_ONCE, test.labels.length - first);
      search.nearest(first, rows).forEach((voters, row) => {
        if (vote(voters, training.labels) === test.labels[first + row]) right += 1;
      });
      await breathe();
    }
  } finally {
    search.dispose();
  }
  return right / test.labels.length;
}

/** One or two dimensions: a packed R-tree. */
function searchPlane(training: LabelledCodes, test: LabelledCodes, size: number, k: number): Search {
  const index = new Flatbush(training.labels.length, 16, Float32Array);
  const at = (codes: Float32Array, point: number, axis: number): number =>
    axis < size ? (codes[point * size + axis] ?? 0) : 0;
  for (let point = 0; point < training.labels.length; point += 1) {
    index.add(at(training.codes, point, 0), at(training.codes, point, 1));
  }
  index.finish();
  return {
    nearest: (first, rows) =>
      Array.from({ length: rows }, (_, row) =>
        index.neighbors(at(test.codes, first + row, 0), at(test.codes, first + row, 1), k),
      ),
    dispose: () => undefined,
  };
}

/**
 * More dimensions: all pairs. 2 q·x - |x|² orders the neighbours of q; with one more column, [2q, 1]·[x, -|x|²], it is a single
 * matrix product. Around the known codes' mean, so that far-off codes do not drown the differences in float32.
 */
function searchSpace(training: LabelledCodes, test: LabelledCodes, size: number, k: number): Search {
  const count = training.labels.length;
  const centre = tf.tidy(() => tf.mean(tf.tensor2d(training.codes, [count, size]), 0));
  const known = tf.tidy(() => {
    const points = tf.sub(tf.tensor2d(training.codes, [count, size]), centre) as tf.Tensor2D;
    return tf.concat([points, tf.neg(tf.sum(tf.square(points), 1, true))], 1) as tf.Tensor2D;
  });
  const closeness = (first: number, rows: number): Float32Array =>
    valuesOf(() => {
      const codes = tf.tensor2d(test.codes.subarray(first * size, (first + rows) * size), [rows, size]);
      const query = tf.concat([tf.mul(tf.sub(codes, centre), 2), tf.ones([rows, 1])], 1) as tf.Tensor2D;
      return tf.matMul(query, known, false, true);
    });
  return {
    nearest: (first, rows) => {
      const values = closeness(first, rows);
      return Array.from({ length: rows }, (_, row) => largest(values.subarray(row * count, (row + 1) * count), k));
    },
    dispose: () => tf.dispose([centre, known]),
  };
}

/** The places of the k largest values. One pass with a short sorted list: several times quicker than TensorFlow's TopK here. */
function largest(values: Float32Array, k: number): Int32Array {
  const places = new Int32Array(k).fill(-1);
  const kept = new Float32Array(k).fill(Number.NEGATIVE_INFINITY);
  let least = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place] as number;
    if (value <= least) continue;
    let slot = k - 1;
    while (slot > 0 && (kept[slot - 1] as number) < value) {
      kept[slot] = kept[slot - 1] as number;
      places[slot] = places[slot - 1] as number;
      slot -= 1;
    }
    kept[slot] = value;
    places[slot] = place;
    least = kept[k - 1] as number;
  }
  return places;
}

function vote(voters: ArrayLike<number>, labels: Uint8Array): number {
  const votes = new Uint16Array(256);
  for (const voter of Array.from(voters)) {
    const label = labels[voter] ?? 0;
    votes[label] = (votes[label] ?? 0) + 1;
  }
  return votes.indexOf(Math.max(...votes));
}
