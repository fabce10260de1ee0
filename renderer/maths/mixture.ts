import { randomLcg, randomNormal } from 'd3-random';
import { kmeans } from 'ml-kmeans';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** One Gaussian: its share of the codes, its mean [size], and the lower triangle [size × size] whose square is its covariance. */
interface Component {
  readonly weight: number;
  readonly mean: Float64Array;
  readonly root: Float64Array;
}

export interface Mixture {
  readonly size: number;
  /** How many codes it was fitted to. */
  readonly fittedTo: number;
  readonly components: readonly Component[];
}

/** More components, or more codes, take longer and give no better pictures. */
const MOST_COMPONENTS = 20;
const MOST_CODES = 3_000;
/** A component needs this many codes to have a shape of its own. */
const CODES_A_COMPONENT = 40;
const MOST_ROUNDS = 15;

/**
 * Fits a mixture of Gaussians to codes [n × size]: its components are those of k-means, each with the covariance of its
 * codes, drawn towards that without correlations the fewer they are. Takes up to seconds for hundreds of units: not for
 * a window's own thread. Codes that are not finite are left out; throws a `RangeError` if none is left.
 */
export function fitMixture(codes: Float32Array, size: number, seed: number): Mixture {
  const rows = sampleRows(codes, size, seed);
  if (rows.length === 0) throw new RangeError('Expected at least one finite code to fit a density to, found none.');
  const groups = grouped(rows, Math.min(MOST_COMPONENTS, Math.floor(rows.length / CODES_A_COMPONENT)), seed);
  return { size, fittedTo: rows.length, components: groups.map((group) => componentOf(group, size, rows.length)) };
}

/** `count` codes drawn from a mixture, [count × size]; the same for the same seed. */
export function sampleMixture({ size, components }: Mixture, count: number, seed: number): Float32Array<ArrayBuffer> {
  const random = randomLcg(scattered(seed));
  const normal = randomNormal.source(random)();
  const codes = new Float32Array(count * size);
  for (let at = 0; at < codes.length; at += size) {
    const { mean, root } = picked(components, random());
    const noise = Float64Array.from({ length: size }, normal);
    for (let unit = 0; unit < size; unit++) {
      let value = mean[unit]!;
      for (let other = 0; other <= unit; other++) value += root[unit * size + other]! * noise[other]!;
      codes[at + unit] = value;
    }
  }
  return codes;
}

/** `count` codes drawn from a variational model's prior, the standard normal; [count × size]. */
export function samplePrior(size: number, count: number, seed: number): Float32Array<ArrayBuffer> {
  const normal = randomNormal.source(randomLcg(scattered(seed)))();
  return Float32Array.from({ length: count * size }, normal);
}

/** d3's generator begins alike with seeds close by: they are scattered over 0-1 first. */
const scattered = (seed: number) => (Math.imul(seed + 1, 0x9e3779b1) >>> 0) / 2 ** 32;

function picked(components: readonly Component[], share: number): Component {
  let left = share;
  for (const component of components) {
    left -= component.weight;
    if (left < 0) return component;
  }
  return components.at(-1)!;
}

/** At most so many codes, evenly over the whole from a place that the seed chooses. */
function sampleRows(codes: Float32Array, size: number, seed: number): number[][] {
  const count = Math.floor(codes.length / size);
  const stride = Math.max(1, count / MOST_CODES);
  const rows: number[][] = [];
  for (let place = randomLcg(scattered(seed))() * stride; place < count; place += stride) {
    const row = codes.subarray(Math.floor(place) * size, (Math.floor(place) + 1) * size);
    if (row.every(Number.isFinite)) rows.push([...row]);
  }
  return rows;
}

function grouped(rows: number[][], count: number, seed: number): number[][][] {
  if (count < 2) return [rows];
  const { clusters } = kmeans(rows, count, { seed, initialization: 'random', maxIterations: MOST_ROUNDS });
  const groups = Array.from({ length: count }, (): number[][] => []);
  rows.forEach((row, index) => groups[clusters[index]!]!.push(row));
  return groups.filter((group) => group.length > 0);
}

function componentOf(group: readonly number[][], size: number, whole: number): Component {
  const mean = new Float64Array(size);
  for (const row of group) row.forEach((value, unit) => (mean[unit]! += value / group.length));
  return { weight: group.length / whole, mean, root: rootOf(covarianceOf(group, mean), size) };
}

/** Its lower triangle, row by row. With n codes of d units, the correlations count n / (n + d). */
function covarianceOf(group: readonly number[][], mean: Float64Array): Float64Array {
  const size = mean.length;
  const covariance = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (const row of group) {
    for (let unit = 0; unit < size; unit++) centred[unit] = row[unit]! - mean[unit]!;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) covariance[i * size + j]! += centred[i]! * centred[j]!;
    }
  }
  const kept = group.length / (group.length + size);
  return covariance.map((sum, at) => (sum / group.length) * (at % (size + 1) === 0 ? 1 : kept));
}

/** The Cholesky factor of a covariance; a unit that never changes, or follows from others, gets as good as no spread. */
function rootOf(covariance: Float64Array, size: number): Float64Array {
  let most = 0;
  for (let unit = 0; unit < size; unit++) most = Math.max(most, covariance[unit * (size + 1)]!);
  if (most === 0) return covariance;
  const matrix = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = covariance[i * size + j]! + (i === j ? most * 1e-9 : 0);
      matrix.set(i, j, value).set(j, i, value);
    }
  }
  return Float64Array.from(new CholeskyDecomposition(matrix).lowerTriangularMatrix.to1DArray());
}
