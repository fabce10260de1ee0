import type { Breathe } from './inference.ts';

/** Multiply-adds between two looks at the messages: some 20 ms. */
const OPERATIONS_AT_ONCE = 2e7;

/** Euclidean distances between all pairs of a few points: float64 [count × count], summed in double precision. */
export async function pairDistances(
  points: Float32Array | Uint8Array,
  size: number,
  breathe: Breathe,
): Promise<Float64Array> {
  const count = points.length / size;
  const distances = new Float64Array(count * count);
  let operations = 0;
  for (let row = 0; row < count; row += 1) {
    for (let other = row + 1; other < count; other += 1) {
      let sum = 0;
      for (let at = 0; at < size; at += 1) sum += (points[row * size + at]! - points[other * size + at]!) ** 2;
      distances[row * count + other] = distances[other * count + row] = Math.sqrt(sum);
    }
    operations += (count - row) * size;
    if (operations < OPERATIONS_AT_ONCE) continue;
    operations = 0;
    // Of all pairs, those of the rows so far.
    await breathe(1 - ((count - row - 1) * (count - row - 2)) / (count * (count - 1)));
  }
  return distances;
}
