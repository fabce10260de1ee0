import { SSIM_WINDOW } from '../domain/experiment-problems.ts';
import { tf } from './tensorflow.ts';

/** Wang et al. 2004, §III-C: a Gaussian window, and K1, K2 squared for pixels from 0 to 1 (L = 1). */
const DEVIATION = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/**
 * Mean structural similarity of two batches of images [n, h, w, c] in [0, 1], from -1 to 1 (Wang et al. 2004, eq. 13): 11 × 11
 * Gaussian windows that lie wholly inside the image, each channel for itself, averaged over windows, channels and images.
 */
export function meanSimilarity(a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar {
  const [meanA, meanB, squareA, squareB, product] = tf.split(
    blur(tf.concat([a, b, tf.square(a), tf.square(b), tf.mul(a, b)], 0)),
    5,
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const [squaredA, squaredB, both] = [tf.square(meanA), tf.square(meanB), tf.mul(meanA, meanB)];
  const covariance = tf.sub(product, both);
  const variances = tf.add(tf.sub(squareA, squaredA), tf.sub(squareB, squaredB));
  const over = tf.mul(tf.add(tf.mul(both, 2), C1), tf.add(tf.mul(covariance, 2), C2));
  const under = tf.mul(tf.add(tf.add(squaredA, squaredB), C1), tf.add(variances, C2));
  return tf.mean(tf.div(over, under));
}

/**
 * The window's weighted mean at every place, [n, w − 10, c, h − 10]: first down the columns, then along the rows, each as a product
 * with a band matrix, which compiles everywhere and costs little beside a network's own products.
 */
function blur(images: tf.Tensor4D): tf.Tensor {
  const [count, height, width, channels] = images.shape;
  const columns = along(tf.transpose(images, [0, 2, 3, 1]), height);
  const rows = along(tf.transpose(columns, [0, 2, 3, 1]), width);
  return tf.reshape(rows, [count, channels, height - SSIM_WINDOW + 1, width - SSIM_WINDOW + 1]);
}

function along(x: tf.Tensor, size: number): tf.Tensor {
  const valid = size - SSIM_WINDOW + 1;
  const shape = x.shape.slice(0, -1);
  return tf.reshape(tf.matMul(tf.reshape(x, [-1, size]), band(size, valid)), [...shape, valid]);
}

/** [size, valid]: column p holds the window that begins at p. */
function band(size: number, valid: number): tf.Tensor2D {
  const middle = (SSIM_WINDOW - 1) / 2;
  const window = Array.from({ length: SSIM_WINDOW }, (_, at) => Math.exp(-((at - middle) ** 2) / (2 * DEVIATION ** 2)));
  const sum = window.reduce((total, weight) => total + weight, 0);
  const values = new Float32Array(size * valid);
  for (let place = 0; place < valid; place += 1) {
    window.forEach((weight, at) => {
      values[(place + at) * valid + place] = weight / sum;
    });
  }
  return tf.tensor2d(values, [size, valid]);
}
