import { Largest } from '../largest.ts';
import { tf, valuesOf, valuesOfAll } from '../tensorflow.ts';

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

/** Known rows around their middle at each place. */
interface Around {
  /** [places × size] */
  readonly middle: Float32Array;
  /** Twice the rows less the middle of their place: [places × count × size]. */
  readonly twice: Float32Array;
  /** Of the rows less the middle, squared: [places × count]. */
  readonly lengths: Float32Array;
}

/** By what is known: few pictures at a time are put beside the same, over and over. */
const arounds = new WeakMap<Float32Array, Around>();

/** Around their middle: lengths of rows far from it would leave too few digits for how they differ. */
function aroundMiddle({ known, places, size }: KnownAtPlaces): Around {
  const before = arounds.get(known);
  if (before !== undefined) return before;
  const [middle, twice, lengths] = valuesOfAll(() => {
    const all = tf.tensor3d(known, [places, known.length / (places * size), size]);
    const mean = tf.mean(all, 1, true);
    const around = tf.sub(all, mean);
    return [mean, tf.mul(around, 2), tf.sum(tf.square(around), 2)];
  }) as [Float32Array, Float32Array, Float32Array];
  const found = { middle, twice, lengths };
  arounds.set(known, found);
  return found;
}

/**
 * Of rows at places, the mean distance to the nearest that are known at the same place. Which are nearest is told by products in single
 * precision, how far they are in double.
 * @param rows [n × places × size]
 * @param areKnown whether they are the first of those known: each is then no neighbour of its own
 * @returns [n × places]; NaN where nothing else is known
 */
export function distancesAtPlaces(
  atPlaces: KnownAtPlaces,
  rows: Float32Array,
  neighbours: number,
  areKnown = false,
): Float32Array {
  const { known, places, size } = atPlaces;
  const count = known.length / (places * size);
  const n = rows.length / (places * size);
  const distances = new Float32Array(n * places);
  const atOnce = Math.max(1, Math.floor(MOST_PRODUCTS / (places * count)));
  const candidates = Math.min(count, areKnown ? neighbours + 1 : neighbours);
  const around = aroundMiddle(atPlaces);
  const [middle, twice, lengths] = [
    tf.tensor3d(around.middle, [places, 1, size]),
    tf.tensor3d(around.twice, [places, count, size]),
    tf.tensor3d(around.lengths, [places, 1, count]),
  ] as const;
  for (let first = 0; first < n; first += atOnce) {
    const few = rows.subarray(first * places * size, (first + atOnce) * places * size);
    const own = few.length / (places * size);
    const closeness = valuesOf(() => {
      const asked = tf.sub(tf.transpose(tf.tensor3d(few, [own, places, size]), [1, 0, 2]), middle);
      return tf.sub(tf.matMul(asked, twice, false, true), lengths);
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
  tf.dispose([middle, twice, lengths]);
  return distances;
}

/** Between a row of `a` and one of `b`. */
function distanceOf(a: Float32Array, firstOfA: number, b: Float32Array, firstOfB: number, size: number): number {
  let sum = 0;
  for (let at = 0; at < size; at += 1) sum += (a[firstOfA + at]! - b[firstOfB + at]!) ** 2;
  return Math.sqrt(sum);
}
