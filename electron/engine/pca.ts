import { StudioError } from '../domain/errors.ts';
import type { ImageColumns, MapColumns } from '../domain/words.ts';
import type { Breathe } from './inference.ts';
import { imageTensor } from './images.ts';
import { symmetricEigen } from './native-ops.ts';
import { fitPlane, placesOn } from './plane.ts';
import { tf, valuesOf } from './tensorflow.ts';

/** Principal components of flattened rows; dispose when done. */
export interface Pca {
  /** float32 [values] */
  readonly mean: tf.Tensor1D;
  /** float32 [values, components]: one column a component, the largest variance first; all or the leading ones. */
  readonly components: tf.Tensor2D;
  dispose(): void;
}

/** Above this the covariance alone takes a gigabyte and its decomposition minutes. */
const MOST_VALUES = 16_384;
const BATCH = 2_000;
/** Values of images at once, of larger ones. */
const MOST_AT_ONCE = 8_000_000;

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
      await breathe(Math.min(1, (first + BATCH) / images.count));
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
  const atOnce = rowsAtOnce(pca);
  for (let first = 0; first < images.count; first += atOnce) {
    const batch = valuesOf(() => {
      const axes = tf.slice(pca.components, [0, 0], [-1, components]);
      return tf.matMul(tf.sub(flat(images, first, atOnce), pca.mean) as tf.Tensor2D, axes);
    });
    codes.set(batch, first * components);
  }
  return codes;
}

/**
 * Squared error per image with the first k components, at index k from 0 (the mean image alone) to all there are: what is left
 * of the images' distance from the mean after the squares of their first k coordinates (Pythagoras; the axes are orthonormal).
 */
export async function pcaErrors(pca: Pca, images: ImageColumns, breathe: Breathe): Promise<Float32Array> {
  const [values, components] = pca.components.shape;
  const energies = new Float64Array(components);
  let whole = 0;
  const atOnce = rowsAtOnce(pca);
  for (let first = 0; first < images.count; first += atOnce) {
    const batch = valuesOf(() => {
      const centred = tf.sub(flat(images, first, atOnce), pca.mean) as tf.Tensor2D;
      const along = tf.sum(tf.square(tf.matMul(centred, pca.components)), 0);
      return tf.concat([along, tf.reshape(tf.sum(tf.square(centred)), [1])]);
    });
    whole += batch[components] ?? 0;
    for (let index = 0; index < components; index += 1) energies[index]! += batch[index] ?? 0;
    await breathe();
  }
  const errors = new Float32Array(components + 1);
  const found = energies.reduce((sum, energy) => sum + energy, 0);
  // Summed from the smallest, so that the last errors are not lost in the rounding of the first. All components leave nothing.
  let left = components === values ? 0 : Math.max(0, whole - found);
  for (let index = components; index >= 0; index -= 1) {
    left += energies[index] ?? 0;
    errors[index] = left / Math.max(1, images.count);
  }
  return errors;
}

/**
 * Points of any dimension on their own first two principal axes (1-D: y is 0), signs as `fitPlane` fixes them.
 * @param codes float32 [count × size]
 * @throws StudioError `engine-failed` for codes of more than two dimensions that are not finite.
 */
export function principalPlane(codes: Float32Array, size: number): MapColumns {
  return placesOn(fitPlane(codes, size), codes, size);
}

const rowsAtOnce = ({ mean }: Pca): number => Math.max(1, Math.min(BATCH, Math.floor(MOST_AT_ONCE / mean.size)));

function flat(images: ImageColumns, first: number, most: number): tf.Tensor2D {
  const count = Math.max(0, Math.min(most, images.count - first));
  const indices = Int32Array.from({ length: count }, (_, row) => first + row);
  return tf.reshape(imageTensor(images, indices), [count, -1]);
}
