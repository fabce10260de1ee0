import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/**
 * The squared Fréchet distance between the normal distributions that have the means and covariances of two sets of rows:
 * |μ₁ − μ₂|² + tr(C₁ + C₂ − 2 (C₁ C₂)^½) (Dowson & Landau 1982; of features, Heusel et al. 2017, eq. 6).
 * @param first float32 [n × size], n at least 2; `second` likewise
 */
export function frechetDistance(first: Float32Array, second: Float32Array, size: number): number {
  const [a, b] = [momentsOf(first, size), momentsOf(second, size)];
  const apart = a.mean.reduce((sum, value, at) => sum + (value - b.mean[at]!) ** 2, 0);
  // The trace of the root of C₁ C₂ is that of the root of C₁^½ C₂ C₁^½, which is symmetric.
  const root = powerOf(a.covariance, Math.sqrt);
  const { realEigenvalues } = new EigenvalueDecomposition(root.mmul(b.covariance).mmul(root), {
    assumeSymmetric: true,
  });
  const shared = realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(value, 0)), 0);
  return apart + a.covariance.trace() + b.covariance.trace() - 2 * shared;
}

function momentsOf(
  rows: Float32Array,
  size: number,
): { readonly mean: readonly number[]; readonly covariance: Matrix } {
  const count = rows.length / size;
  const mean = Array.from({ length: size }, (_, column) => {
    let sum = 0;
    for (let at = column; at < rows.length; at += size) sum += rows[at]!;
    return sum / count;
  });
  const sums = Array.from({ length: size }, () => new Float64Array(size));
  for (let at = 0; at < rows.length; at += size) {
    for (let i = 0; i < size; i += 1) {
      const off = rows[at + i]! - mean[i]!;
      const line = sums[i]!;
      for (let j = 0; j <= i; j += 1) line[j]! += off * (rows[at + j]! - mean[j]!);
    }
  }
  const covariance = new Matrix(size, size);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const value = sums[i]![j]! / (count - 1);
      covariance.set(i, j, value);
      covariance.set(j, i, value);
    }
  }
  return { mean, covariance };
}

/** A function of a symmetric matrix, by its eigenvalues. */
function powerOf(matrix: Matrix, of: (value: number) => number): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const scaled = eigenvectorMatrix.clone().mulRowVector(realEigenvalues.map((value) => of(Math.max(value, 0))));
  return scaled.mmul(eigenvectorMatrix.transpose());
}
