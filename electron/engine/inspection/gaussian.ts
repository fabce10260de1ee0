/** A Gaussian fitted to rows of numbers, ready to measure distances from its middle. */
export interface Gaussian {
  readonly size: number;
  readonly mean: Float32Array;
  /** Lower triangle L⁻¹ of the covariance LLᵀ, row by row: [size × size], zeros above. */
  readonly whitening: Float32Array;
}

/**
 * Mean and covariance of rows, the covariance drawn towards a multiple of the identity by as much as its own uncertainty says
 * (Ledoit & Wolf 2004), so that few rows of many numbers do not call every direction narrow.
 * @param rows float32 [count × size], count at least 1
 */
export function fitGaussian(rows: Float32Array, size: number): Gaussian {
  const count = rows.length / size;
  const mean = new Float64Array(size);
  for (let at = 0; at < rows.length; at += 1) mean[at % size]! += rows[at]! / count;
  const covariance = new Float64Array(size * size);
  const centred = Float64Array.from(rows, (value, at) => value - mean[at % size]!);
  for (let row = 0; row < count; row += 1) {
    for (let i = 0; i < size; i += 1) {
      const value = centred[row * size + i]! / count;
      for (let j = 0; j <= i; j += 1) covariance[i * size + j]! += value * centred[row * size + j]!;
    }
  }
  for (let i = 0; i < size; i += 1) for (let j = 0; j < i; j += 1) covariance[j * size + i] = covariance[i * size + j]!;
  const average = trace(covariance, size) / size;
  const shrinkage = shrinkageOf(centred, covariance, size, average);
  const shrunk = covariance.map((value, at) => {
    const diagonal = at % (size + 1) === 0;
    return (1 - shrinkage) * value + (diagonal ? shrinkage * average + Math.max(1e-12, 1e-6 * average) : 0);
  });
  return { size, mean: Float32Array.from(mean), whitening: inverseCholesky(shrunk, size) };
}

/** The share of the identity: Σ‖xxᵀ − S‖² / n² over ‖S − μI‖², at most 1. */
function shrinkageOf(centred: Float64Array, covariance: Float64Array, size: number, average: number): number {
  const count = centred.length / size;
  const norm = covariance.reduce((sum, value) => sum + value * value, 0);
  const off = norm - size * average * average;
  if (off <= 0) return 1;
  let fourth = 0;
  for (let row = 0; row < count; row += 1) {
    let length = 0;
    for (let i = 0; i < size; i += 1) length += centred[row * size + i]! ** 2;
    fourth += length * length;
  }
  return Math.min(1, Math.max(0, (fourth / count - norm) / count / off));
}

const trace = (matrix: Float64Array, size: number): number => {
  let sum = 0;
  for (let at = 0; at < size; at += 1) sum += matrix[at * (size + 1)]!;
  return sum;
};

/** L⁻¹ of a positive definite matrix LLᵀ. */
function inverseCholesky(matrix: Float64Array, size: number): Float32Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k += 1) sum -= lower[i * size + k]! * lower[j * size + k]!;
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-30)) : sum / lower[j * size + j]!;
    }
  }
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column += 1) {
    for (let i = column; i < size; i += 1) {
      let sum = i === column ? 1 : 0;
      for (let k = column; k < i; k += 1) sum -= lower[i * size + k]! * inverse[k * size + column]!;
      inverse[i * size + column] = sum / lower[i * size + i]!;
    }
  }
  return Float32Array.from(inverse);
}

/**
 * Squared Mahalanobis distance of a row, over its size: 1 is what the fitted rows have on average.
 * @param from where the row begins in `rows`
 */
export function distanceFrom({ size, mean, whitening }: Gaussian, rows: Float32Array, from = 0): number {
  let sum = 0;
  for (let i = 0; i < size; i += 1) {
    let value = 0;
    const row = i * size;
    for (let j = 0; j <= i; j += 1) value += whitening[row + j]! * (rows[from + j]! - mean[j]!);
    sum += value * value;
  }
  return sum / size;
}
