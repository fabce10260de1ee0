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

/** Products of all pairs of images about their mean: [count, count]. */
function centredGram(pixels: Uint8Array, count: number): Float64Array {
  const values = pixels.length / count;
  const gram = new Float64Array(count * count);
  for (let row = 0; row < count; row += 1) {
    const a = pixels.subarray(row * values, (row + 1) * values);
    for (let column = 0; column <= row; column += 1) {
      const b = pixels.subarray(column * values, (column + 1) * values);
      let sum = 0;
      for (let at = 0; at < values; at += 1) sum += a[at]! * b[at]!;
      gram[row * count + column] = gram[column * count + row] = sum;
    }
  }
  const means = Float64Array.from({ length: count }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < count; column += 1) sum += gram[row * count + column]!;
    return sum / count;
  });
  const mean = means.reduce((sum, value) => sum + value, 0) / count;
  return gram.map((value, at) => value - means[Math.floor(at / count)]! - means[at % count]! + mean);
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
    let inner = 0;
    for (let i = k + 1; i < n; i += 1) {
      let sum = 0;
      for (let j = k + 1; j < n; j += 1) sum += a[i * n + j]! * v[j]!;
      p[i] = (2 * sum) / length;
      inner += p[i]! * v[i]!;
    }
    for (let i = k + 1; i < n; i += 1) p[i]! -= (inner / length) * v[i]!;
    for (let i = k + 1; i < n; i += 1) {
      for (let j = k + 1; j < n; j += 1) a[i * n + j]! -= v[i]! * p[j]! + p[i]! * v[j]!;
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
