import { Largest } from '../largest.ts';
import { tf, valuesOf } from '../tensorflow.ts';

/** The mean distance of a row to its nearest known rows (Euclidean). */
export function meanDistance(
  known: Float32Array,
  size: number,
  row: Float32Array | Float64Array,
  neighbours: number,
): number {
  const count = known.length / size;
  /** Squares of the nearest so far, ascending. */
  const nearest = new Float64Array(neighbours).fill(Infinity);
  let worst = Infinity;
  for (let place = 0; place < count; place += 1) {
    let sum = 0;
    const end = (place + 1) * size;
    for (let at = place * size, unit = 0; at < end && sum < worst; at += 1, unit += 1) {
      const off = known[at]! - row[unit]!;
      sum += off * off;
    }
    if (sum >= worst) continue;
    let to = neighbours - 1;
    for (; to > 0 && nearest[to - 1]! > sum; to -= 1) nearest[to] = nearest[to - 1]!;
    nearest[to] = sum;
    worst = nearest[neighbours - 1]!;
  }
  const found = nearest.filter(Number.isFinite);
  return found.reduce((sum, square) => sum + Math.sqrt(square), 0) / found.length;
}

/** Rows that are known at each of several places. */
export interface KnownAtPlaces {
  /** [places × count × size] */
  readonly known: Float32Array;
  readonly places: number;
  readonly size: number;
}

/** Numbers in the products of rows and known rows: 16 MB. */
const MOST_PRODUCTS = 2 ** 22;

/**
 * Of rows at places, the mean distance to the nearest that are known at the same place. Which are nearest is told by products in single
 * precision, how far they are in double.
 * @param rows [n × places × size]
 * @param areKnown whether they are the first of those known: each is then no neighbour of its own
 * @returns [n × places]; NaN where nothing else is known
 */
export function distancesAtPlaces(
  { known, places, size }: KnownAtPlaces,
  rows: Float32Array,
  neighbours: number,
  areKnown = false,
): Float32Array {
  const count = known.length / (places * size);
  const n = rows.length / (places * size);
  const distances = new Float32Array(n * places);
  const atOnce = Math.max(1, Math.floor(MOST_PRODUCTS / (places * count)));
  const candidates = Math.min(count, areKnown ? neighbours + 1 : neighbours);
  // Around their middle: lengths of rows far from it would leave too few digits for how they differ.
  const [middle, centred, lengths] = tf.tidy(() => {
    const all = tf.tensor3d(known, [places, count, size]);
    const mean = tf.mean(all, 1, true);
    const around = tf.sub(all, mean);
    return [mean, around, tf.expandDims(tf.sum(tf.square(around), 2), 1)];
  }) as [tf.Tensor, tf.Tensor, tf.Tensor];
  for (let first = 0; first < n; first += atOnce) {
    const few = rows.subarray(first * places * size, (first + atOnce) * places * size);
    const own = few.length / (places * size);
    const closeness = valuesOf(() => {
      const asked = tf.sub(tf.transpose(tf.tensor3d(few, [own, places, size]), [1, 0, 2]), middle);
      return tf.sub(tf.mul(tf.matMul(asked, centred, false, true), 2), lengths);
    });
    for (let at = 0; at < own * places; at += 1) {
      const [place, row] = [Math.floor(at / own), at % own];
      const nearest = new Largest(candidates);
      nearest.take(closeness.subarray(at * count, (at + 1) * count), 0);
      let [sum, found] = [0, 0];
      for (const one of nearest.places) {
        if (found === neighbours || (areKnown && one === first + row)) continue;
        sum += distanceOf(known, (place * count + one) * size, few, (row * places + place) * size, size);
        found += 1;
      }
      distances[(first + row) * places + place] = sum / found;
    }
  }
  tf.dispose([middle, centred, lengths]);
  return distances;
}

/** Between a row of `a` and one of `b`. */
function distanceOf(a: Float32Array, firstOfA: number, b: Float32Array, firstOfB: number, size: number): number {
  let sum = 0;
  for (let at = 0; at < size; at += 1) sum += (a[firstOfA + at]! - b[firstOfB + at]!) ** 2;
  return Math.sqrt(sum);
}
