/** Images that the spectrum is worked out from, at most; fewer of large ones, so that it takes about a second. */
const MOST_IMAGES = 300;
const MOST_PRODUCTS = 1e9;

/** How many of a set's images, of so many values each, its spectrum is worked out from. */
export const spectrumSample = (count: number, values: number): number =>
  Math.min(count, MOST_IMAGES, Math.max(2, Math.floor(Math.sqrt((2 * MOST_PRODUCTS) / values))));

/**
 * How many principal components of images keep a share of their variance, counted on the eigenvalues of their Gram matrix, which
 * are those of their covariance.
 * @param pixels uint8 [count, values]
 */
export function componentsFor(share: number, pixels: Uint8Array, count: number): number {
  const eigenvalues = eigenvaluesOf(centredGram(pixels, count), count).sort((a, b) => b - a);
  const whole = eigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  let kept = 0;
  // Images that are all the same vary by nothing, which no component keeps.
  if (whole <= 1e-9) return 0;
  return eigenvalues.findIndex((value) => (kept += Math.max(0, value)) >= share * whole) + 1;
}

/** Of so many pixels at once, the products of any two images add up to less than 2 ** 31. */
const PIXELS_AT_ONCE = 32_768;

/** Products of all pairs of images about their mean: [count, count]. */
function centredGram(pixels: Uint8Array, count: number): Float64Array {
  const values = pixels.length / count;
  const gram = new Float64Array(count * count);
  for (let first = 0; first < values; first += PIXELS_AT_ONCE) {
    const length = Math.min(PIXELS_AT_ONCE, values - first);
    for (let row = 0; row < count; row += 1) {
      // Four images at once: each pixel of the row is then read once for all of them. Past the last it is the last again.
      for (let column = 0; column <= row; column += 4) {
        const from = (image: number): number => Math.min(image, count - 1) * values + first;
        const runs = [from(row), from(column), from(column + 1), from(column + 2), from(column + 3)] as const;
        const products = productsOf(pixels, runs, length);
        for (let at = 0; at < 4 && column + at <= row; at += 1) gram[row * count + column + at]! += products[at]!;
      }
    }
  }
  for (let row = 0; row < count; row += 1)
    for (let column = 0; column < row; column += 1) gram[column * count + row] = gram[row * count + column]!;
  const means = Float64Array.from({ length: count }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < count; column += 1) sum += gram[row * count + column]!;
    return sum / count;
  });
  const mean = means.reduce((sum, value) => sum + value, 0) / count;
  return gram.map((value, at) => value - means[Math.floor(at / count)]! - means[at % count]! + mean);
}

/** Of the first of five runs of pixels with each of the others: exact, in whole numbers. */
function productsOf(
  pixels: Uint8Array,
  [a, b, c, d, e]: readonly [number, number, number, number, number],
  length: number,
): readonly [number, number, number, number] {
  let [ab, ac, ad, ae] = [0, 0, 0, 0];
  for (let at = 0; at < length; at += 1) {
    const value = pixels[a + at]!;
    // Much of a drawing is black.
    if (value === 0) continue;
    ab = (ab + Math.imul(value, pixels[b + at]!)) | 0;
    ac = (ac + Math.imul(value, pixels[c + at]!)) | 0;
    ad = (ad + Math.imul(value, pixels[d + at]!)) | 0;
    ae = (ae + Math.imul(value, pixels[e + at]!)) | 0;
  }
  return [ab, ac, ad, ae];
}

/** Eigenvalues of a symmetric matrix [n, n], which is overwritten; in no order. */
export function eigenvaluesOf(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, beside } = tridiagonal(matrix, n);
  return qlImplicit(diagonal, beside);
}

/** By Householder reflections (Golub & Van Loan, Matrix Computations, §8.3.1). */
function tridiagonal(a: Float64Array, n: number): { readonly diagonal: Float64Array; readonly beside: Float64Array } {
  const beside = new Float64Array(n);
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n - 2; k += 1) {
    let norm = 0;
    for (let i = k + 1; i < n; i += 1) norm += a[i * n + k]! ** 2;
    norm = Math.sqrt(norm);
    const first = a[(k + 1) * n + k]!;
    beside[k] = norm === 0 ? 0 : first > 0 ? -norm : norm;
    if (norm === 0) continue;
    let length = 0;
    for (let i = k + 1; i < n; i += 1) {
      v[i] = a[i * n + k]! - (i === k + 1 ? beside[k]! : 0);
      length += v[i]! ** 2;
    }
    if (length === 0) continue;
    // A ← A − v qᵀ − q vᵀ with p = 2 A v / vᵀv, q = p − (pᵀv / vᵀv) v.
    // Of A only what lies below its diagonal is read and changed.
    p.fill(0, k + 1);
    for (let i = k + 1; i < n; i += 1) {
      const row = a.subarray(i * n, i * n + i);
      const own = v[i]!;
      let sum = a[i * n + i]! * own;
      for (let j = k + 1; j < i; j += 1) {
        sum += row[j]! * v[j]!;
        p[j]! += row[j]! * own;
      }
      p[i]! += sum;
    }
    let inner = 0;
    for (let i = k + 1; i < n; i += 1) {
      p[i]! *= 2 / length;
      inner += p[i]! * v[i]!;
    }
    for (let i = k + 1; i < n; i += 1) p[i]! -= (inner / length) * v[i]!;
    for (let i = k + 1; i < n; i += 1) {
      const row = a.subarray(i * n, i * n + i + 1);
      const [vi, pi] = [v[i]!, p[i]!];
      for (let j = k + 1; j <= i; j += 1) row[j]! -= vi * p[j]! + pi * v[j]!;
    }
  }
  if (n > 1) beside[n - 2] = a[(n - 1) * n + n - 2]!;
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), beside };
}

/** The QL algorithm with implicit shifts (Bowdler, Martin, Reinsch & Wilkinson 1968), without vectors. */
function qlImplicit(d: Float64Array, e: Float64Array): Float64Array {
  const n = d.length;
  for (let l = 0; l < n; l += 1) {
    for (let round = 0; round < 60; round += 1) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m += 1;
      if (m === l) break;
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.hypot(g, 1);
      g = d[m]! - d[l]! + e[l]! / (g + (g < 0 ? -r : r));
      let [s, c, p] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i -= 1) {
        const f = s * e[i]!;
        const b = c * e[i]!;
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
      }
      if (r === 0 && i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
  return d;
}
