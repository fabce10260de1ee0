import type { MapColumns } from '../domain/words.ts';
import { checkFinite } from './finite.ts';
import { symmetricEigen } from './native-ops.ts';
import { tf, valuesOf } from './tensorflow.ts';

/** A plane among codes: (x, y) is the code origin + x · axes[0] + y · axes[1], the axes orthonormal; each float32 [code size]. */
export interface CodePlane {
  readonly origin: Float32Array;
  readonly axes: readonly [Float32Array, Float32Array];
}

/**
 * The plane that codes are shown on: one or two dimensions are shown as they are (1-D: y is 0), more on the codes' first two
 * principal axes through their mean, signs fixed so that each axis's largest loading is positive.
 * @param codes float32 [count × size]
 * @throws StudioError `engine-failed` for codes of more than two dimensions that are not finite.
 */
export function fitPlane(codes: Float32Array, size: number): CodePlane {
  if (size <= 2) {
    const unit = (axis: number): Float32Array => Float32Array.from({ length: size }, (_, at) => (at === axis ? 1 : 0));
    return { origin: new Float32Array(size), axes: [unit(0), unit(1)] };
  }
  checkFinite(codes);
  const count = codes.length / size;
  const origin = valuesOf(() => tf.mean(tf.tensor2d(codes, [count, size]), 0));
  const loadings = valuesOf(() => {
    const centred = tf.sub(tf.tensor2d(codes, [count, size]), tf.tensor1d(origin)) as tf.Tensor2D;
    const covariance = tf.div(tf.matMul(centred, centred, true), count) as tf.Tensor2D;
    // Ascending: the last two, one row each.
    return tf.transpose(tf.slice(symmetricEigen(covariance).vectors, [0, size - 2], [-1, 2]));
  });
  return { origin, axes: [withSign(loadings.slice(size)), withSign(loadings.slice(0, size))] };
}

/** Where codes lie on the plane (their orthogonal projections). */
export function placesOn(plane: CodePlane, codes: Float32Array, size: number): MapColumns {
  const count = codes.length / size;
  if (size <= 2) return takeColumns(codes, size, count);
  const places = valuesOf(() => {
    const centred = tf.sub(tf.tensor2d(codes, [count, size]), tf.tensor1d(plane.origin)) as tf.Tensor2D;
    return tf.matMul(centred, tf.stack(plane.axes.map((axis) => tf.tensor1d(axis))) as tf.Tensor2D, false, true);
  });
  return takeColumns(places, 2, count);
}

function withSign(axis: Float32Array): Float32Array {
  let largest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? axis.map((value) => -value) : axis;
}

function takeColumns(points: Float32Array, size: number, count: number): MapColumns {
  const column = (axis: number): Float32Array =>
    Float32Array.from({ length: count }, (_, row) => points[row * size + axis] ?? 0);
  return { x: column(0), y: size === 1 ? new Float32Array(count) : column(1) };
}
