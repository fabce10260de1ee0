import { between, gaussianWeights, mirrored } from '../../../engine/inspection/planes.ts';
import type { Matrix } from './nodes.ts';

/** What `blurred` does along a side of this length, as a matrix. */
export function blurMatrix(length: number, deviation: number): Matrix {
  const weights = gaussianWeights(deviation);
  const places = mirrored(length, (weights.length - 1) / 2);
  const data = new Float64Array(length * length);
  for (let row = 0; row < length; row += 1) {
    weights.forEach((weight, tap) => (data[row * length + places[row + tap]!]! += weight));
  }
  return { name: `smooth/${length}/${deviation}`, rows: length, columns: length, data };
}

/** What `resized` does along a side. */
export function resizeMatrix(from: number, to: number): Matrix {
  const { first, second, share } = between(from, to);
  const data = new Float64Array(to * from);
  for (let row = 0; row < to; row += 1) {
    data[row * from + first[row]!]! += 1 - share[row]!;
    data[row * from + second[row]!]! += share[row]!;
  }
  return { name: `resize/${from}/${to}`, rows: to, columns: from, data };
}
