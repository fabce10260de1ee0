import type { Breathe } from './inference.ts';
import { tf, valuesOf } from './tensorflow.ts';

/** Rows of distances held at once: 200 × 55,000 floats are 44 MB. */
const QUERIES_AT_ONCE = 200;

/**
 * The share of test codes for which the `neighbours` nearest training codes (Euclidean) vote for the right label; the smallest
 * label wins a tie, as in scikit-learn's KNeighborsClassifier.
 * @param training float32 [n × size] with its labels, @param test the same
 */
export async function neighbourAccuracy(
  training: { readonly codes: Float32Array; readonly labels: Uint8Array },
  test: { readonly codes: Float32Array; readonly labels: Uint8Array },
  size: number,
  neighbours: number,
  breathe: Breathe,
): Promise<number> {
  const count = training.labels.length;
  const k = Math.min(neighbours, count);
  // Around their mean, so that far-off codes do not drown the differences in float32.
  const centre = tf.tidy(() => tf.mean(tf.tensor2d(training.codes, [count, size]), 0));
  // 2 q·x - |x|² orders the neighbours of q; with one more column, [2q, 1]·[x, -|x|²], it is a single matrix product.
  const known = tf.tidy(() => {
    const points = tf.sub(tf.tensor2d(training.codes, [count, size]), centre) as tf.Tensor2D;
    return tf.concat([points, tf.neg(tf.sum(tf.square(points), 1, true))], 1) as tf.Tensor2D;
  });
  let right = 0;
  try {
    for (let first = 0; first < test.labels.length; first += QUERIES_AT_ONCE) {
      const rows = Math.min(QUERIES_AT_ONCE, test.labels.length - first);
      const closeness = valuesOf(() => {
        const codes = tf.tensor2d(test.codes.subarray(first * size, (first + rows) * size), [rows, size]);
        const query = tf.concat([tf.mul(tf.sub(codes, centre), 2), tf.ones([rows, 1])], 1) as tf.Tensor2D;
        return tf.matMul(query, known, false, true);
      });
      for (let row = 0; row < rows; row += 1) {
        const voters = largest(closeness.subarray(row * count, (row + 1) * count), k);
        if (vote(voters, training.labels) === test.labels[first + row]) right += 1;
      }
      await breathe();
    }
  } finally {
    tf.dispose([centre, known]);
  }
  return right / test.labels.length;
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

function vote(voters: Int32Array, labels: Uint8Array): number {
  const votes = new Uint16Array(256);
  for (const voter of voters) {
    const label = labels[voter] ?? 0;
    votes[label] = (votes[label] ?? 0) + 1;
  }
  return votes.indexOf(Math.max(...votes));
}
