import { StudioError } from '../contract/errors.ts';
import type { ImageColumns, MapColumns } from '../contract/words.ts';
import type { Breathe } from './inference.ts';
import { imageTensor } from './images.ts';
import { symmetricEigen } from './native-ops.ts';
import { tf, valuesOf } from './tensorflow.ts';

/** Principal components of flattened rows; dispose when done. */
export interface Pca {
  /** float32 [values] */
  readonly mean: tf.Tensor1D;
  /** float32 [values, values]: one column a component, the largest variance first. */
  readonly components: tf.Tensor2D;
  dispose(): void;
}

/** Above this the covariance alone takes a gigabyte and its decomposition minutes. */
const MOST_VALUES = 16_384;
const BATCH = 2_000;

/**
 * Exact PCA of images from their covariance (Pearson 1901; Hotelling 1933), pixels in [0, 1].
 * @throws StudioError `refused` for images of more than 16,384 values.
 */
export async function fitPca(images: ImageColumns, breathe: Breathe): Promise<Pca> {
  const values = images.height * images.width * images.channels;
  if (values > MOST_VALUES) {
    throw new StudioError('refused', `PCA of ${values} values an image: expected at most ${MOST_VALUES}.`);
  }
  const sum = tf.tidy(() => tf.variable(tf.zeros([values]), false));
  const products = tf.tidy(() => tf.variable(tf.zeros([values, values]), false));
  // Around a rough centre, so that the covariance is no difference of two large float32 numbers.
  const centre = tf.tidy(() => tf.mean(flat(images, 0, Math.min(BATCH, images.count)), 0)) as tf.Tensor1D;
  try {
    for (let first = 0; first < images.count; first += BATCH) {
      tf.tidy(() => {
        const rows = tf.sub(flat(images, first, BATCH), centre) as tf.Tensor2D;
        sum.assign(tf.add(sum, tf.sum(rows, 0)));
        products.assign(tf.add(products, tf.matMul(rows, rows, true)));
      });
      await breathe();
    }
    const [mean, components] = tf.tidy(() => {
      const shift = tf.div(sum, images.count) as tf.Tensor1D;
      const covariance = tf.sub(tf.div(products, images.count), tf.outerProduct(shift, shift)) as tf.Tensor2D;
      const { vectors } = symmetricEigen(covariance);
      return [tf.add(centre, shift) as tf.Tensor1D, tf.reverse(vectors, 1) as tf.Tensor2D] as const;
    });
    return { mean, components, dispose: () => tf.dispose([mean, components]) };
  } finally {
    tf.dispose([sum, products, centre]);
  }
}

/** The images on the first `components` axes: float32 [count × components]. */
export function projectImages(pca: Pca, images: ImageColumns, components: number): Float32Array {
  const codes = new Float32Array(images.count * components);
  for (let first = 0; first < images.count; first += BATCH) {
    const batch = valuesOf(() => {
      const axes = tf.slice(pca.components, [0, 0], [-1, components]);
      return tf.matMul(tf.sub(flat(images, first, BATCH), pca.mean) as tf.Tensor2D, axes);
    });
    codes.set(batch, first * components);
  }
  return codes;
}

/**
 * Squared error per image with the first k components, at index k from 0 (the mean image alone) to all of them: what is left
 * of the images' distance from the mean after the squares of their first k coordinates (Pythagoras; the axes are orthonormal).
 */
export async function pcaErrors(pca: Pca, images: ImageColumns, breathe: Breathe): Promise<Float32Array> {
  const values = pca.mean.size;
  const energies = new Float64Array(values);
  for (let first = 0; first < images.count; first += BATCH) {
    const batch = valuesOf(() => {
      const coordinates = tf.matMul(tf.sub(flat(images, first, BATCH), pca.mean) as tf.Tensor2D, pca.components);
      return tf.sum(tf.square(coordinates), 0);
    });
    batch.forEach((energy, index) => (energies[index] = (energies[index] ?? 0) + energy));
    await breathe();
  }
  const errors = new Float32Array(values + 1);
  let left = 0;
  // Summed from the smallest, so that the last errors are not lost in the rounding of the first.
  for (let index = values - 1; index >= 0; index -= 1) {
    left += energies[index] ?? 0;
    errors[index] = left / Math.max(1, images.count);
  }
  return errors;
}

/**
 * Points of any dimension on their own first two principal axes (1-D: y is 0), signs fixed so that each axis's largest
 * loading is positive.
 * @param codes float32 [count × size]
 * @throws StudioError `engine-failed` for codes of more than two dimensions that are not finite.
 */
export function principalPlane(codes: Float32Array, size: number): MapColumns {
  const count = codes.length / size;
  if (size <= 2) return takeColumns(codes, size, count);
  if (!codes.every(Number.isFinite)) {
    throw new StudioError('engine-failed', 'The codes are no longer finite numbers. Try a smaller learning rate.');
  }
  const plane = valuesOf(() => {
    const points = tf.tensor2d(codes, [count, size]);
    const centred = tf.sub(points, tf.mean(points, 0)) as tf.Tensor2D;
    const covariance = tf.div(tf.matMul(centred, centred, true), count) as tf.Tensor2D;
    const axes = tf.reverse(tf.slice(symmetricEigen(covariance).vectors, [0, size - 2], [-1, 2]), 1) as tf.Tensor2D;
    const largest = tf.argMax(tf.abs(axes), 0).dataSync();
    const loadings = axes.arraySync();
    const signs = [0, 1].map((axis) => ((loadings[largest[axis] ?? 0]?.[axis] ?? 1) < 0 ? -1 : 1));
    return tf.matMul(centred, tf.mul(axes, tf.tensor2d(signs, [1, 2])));
  });
  return takeColumns(plane, 2, count);
}

function takeColumns(points: Float32Array, size: number, count: number): MapColumns {
  const column = (axis: number): Float32Array =>
    Float32Array.from({ length: count }, (_, row) => points[row * size + axis] ?? 0);
  return { x: column(0), y: size === 1 ? new Float32Array(count) : column(1) };
}

function flat(images: ImageColumns, first: number, most: number): tf.Tensor2D {
  const count = Math.max(0, Math.min(most, images.count - first));
  const indices = Int32Array.from({ length: count }, (_, row) => first + row);
  return tf.reshape(imageTensor(images, indices), [count, -1]);
}
