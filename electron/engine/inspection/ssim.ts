import { blurredExactly, type Plane } from './planes.ts';

/** Of images of 0 to 1 (Wang et al. 2004). */
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;
/** The window's deviation, in pixels. */
const WINDOW = 1.5;

/**
 * 1 - SSIM of two pictures around each pixel, 0 (alike) to 2: structural similarity of brightness, contrast and pattern in Gaussian
 * windows (Wang et al. 2004), as an error (Bergmann et al. 2018).
 */
export function dissimilarity(one: Plane, other: Plane): Plane {
  const { width, height } = one;
  const window = (values: Float32Array | Float64Array): Float64Array =>
    blurredExactly({ width, height, values }, WINDOW);
  const product = (x: Float32Array, y: Float32Array): Float64Array => {
    const products = new Float64Array(x.length);
    for (let at = 0; at < x.length; at += 1) products[at] = x[at]! * y[at]!;
    return products;
  };
  const [a, b] = [one.values, other.values];
  const [meanA, meanB] = [window(a), window(b)];
  const [aa, bb, ab] = [window(product(a, a)), window(product(b, b)), window(product(a, b))];
  const values = new Float32Array(meanA.length);
  meanA.forEach((mean, at) => {
    const second = meanB[at]!;
    const [varianceA, varianceB] = [Math.max(0, aa[at]! - mean * mean), Math.max(0, bb[at]! - second * second)];
    const covariance = ab[at]! - mean * second;
    const likeness =
      ((2 * mean * second + C1) * (2 * covariance + C2)) /
      ((mean * mean + second * second + C1) * (varianceA + varianceB + C2));
    values[at] = 1 - likeness;
  });
  return { width, height, values };
}
