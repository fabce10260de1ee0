import { StudioError } from '../domain/errors.ts';
import { statelessUniform } from './native-ops.ts';
import { shuffled } from './shuffle.ts';
import { tf, valuesOf } from './tensorflow.ts';

/** ε of the counts' smoothing. */
const SMOOTHING = 1e-5;

/** A vector that is taken less often than this share of what each would be were all taken alike begins anew. */
const LEAST_USE = 0.03;

/** At most so many begin anew in a step: the next ones are then drawn where these leave a distance. */
const MOST_ANEW = 16;

interface VectorQuantiserOptions {
  readonly name: string;
  readonly vectors: number;
}

/** How the vectors move in a step. */
export interface CodebookTraining {
  /** γ: the share of its moving averages that each keeps. */
  readonly decay: number;
  /** Of the draws of those that begin anew: int32 [2]. */
  readonly seed: tf.Tensor1D;
}

/** What a batch makes of a codebook, and the codebook of the batch. */
export interface Quantised {
  /** In place of what was given: the nearest vectors, whose gradient is handed on to what was given as it is. */
  readonly output: tf.Tensor;
  /** Mean squared distance of what was given from its vectors, over all numbers of the codes; the vectors take no gradient. */
  readonly distance: tf.Scalar;
  /** Next values of the layer's weights, in their order. */
  readonly next: readonly [codebook: tf.Tensor, counts: tf.Tensor];
}

/**
 * Each place of an image becomes the nearest of the codebook's vectors (van den Oord et al. 2017, eq. 1-2). No gradient moves these: they
 * are moving means of what they stand for (appendix A.1). Weights: the codebook [vectors, channels], and counts [vectors], the moving
 * averages of how often a batch takes each.
 */
export class VectorQuantiser extends tf.layers.Layer {
  static readonly className = 'VectorQuantiser';
  private readonly options: VectorQuantiserOptions;

  constructor(options: VectorQuantiserOptions) {
    super({ name: options.name });
    this.options = options;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = (inputShape as tf.Shape).at(-1) ?? 1;
    const { vectors } = this.options;
    const add = (name: string, shape: number[]): void => {
      this.addWeight(name, shape, 'float32', tf.initializers.zeros(), undefined, false);
    };
    add('codebook', [vectors, channels]);
    add('counts', [vectors]);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return inputShape as tf.Shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
      return tf.reshape(vectorsAt(this.codebook, nearestOf(this.codebook, placesOf(x))), x.shape);
    });
  }

  /** The vectors: float32 [vectors, channels]. */
  get codebook(): tf.Tensor2D {
    return this.weights[0]!.read() as tf.Tensor2D;
  }

  /** Their values, row by row. */
  get values(): Float32Array {
    return this.codebook.dataSync() as Float32Array;
  }

  /** @param x float32 [n, height, width, channels] */
  train(x: tf.Tensor, { decay, seed }: CodebookTraining): Quantised {
    const { codebook } = this;
    const counts = this.weights[1]!.read() as tf.Tensor1D;
    const places = placesOf(x);
    const indices = nearestOf(codebook, places);
    const vectors = vectorsAt(codebook, indices);
    const taken = (gradient: (dy: tf.Tensor) => tf.Tensor): tf.Tensor =>
      withGradient(x, () => tf.reshape(vectors, x.shape), gradient);
    const fixed = taken((dy) => tf.zerosLike(dy));
    const squared = tf.sum(tf.squaredDifference(places, vectors), 1) as tf.Tensor1D;
    const moved = movedBy({ codebook, counts }, places, indices, decay);
    return {
      output: taken((dy) => dy),
      distance: tf.mean(tf.squaredDifference(x, fixed)),
      next: begunAnew(moved, places, squared, seed),
    };
  }

  /** Has the vectors begin at places of x: float32 [n, height, width, channels]. */
  startAt(x: tf.Tensor, seed: number): void {
    tf.tidy(() => {
      const places = placesOf(x);
      const [count, vectors] = [places.shape[0], this.options.vectors];
      const order = shuffled(count, seed, -1);
      const chosen = Int32Array.from({ length: vectors }, (_, index) => order[index % count]!);
      (this.weights[0]!.read() as tf.Variable).assign(tf.gather(places, tf.tensor1d(chosen, 'int32')));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), vectors: this.options.vectors };
  }
}

/** The layer of a code of a codebook's vectors, among its code's. */
export function quantiserOf(codeLayers: readonly tf.layers.Layer[]): VectorQuantiser | undefined {
  return codeLayers.find((layer) => layer instanceof VectorQuantiser);
}

/** What follows from x by ops that have no gradient, with one that is given. */
function withGradient(x: tf.Tensor, compute: () => tf.Tensor, gradient: (dy: tf.Tensor) => tf.Tensor): tf.Tensor {
  return tf.customGrad(() => ({ value: compute(), gradFunc: (dy: tf.Tensor) => gradient(dy) }))(x);
}

/** [n, …, channels] → [places, channels] */
const placesOf = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [-1, x.shape.at(-1) ?? 1]);

/** Which vector is nearest to each place; of two as near, the first: int32 [places]. */
export function nearestOf(codebook: tf.Tensor2D, places: tf.Tensor2D): tf.Tensor1D {
  // |z − e|² without |z|², which is the same for all vectors.
  const distances = tf.sub(tf.sum(tf.square(codebook), 1), tf.mul(tf.matMul(places, codebook, false, true), 2));
  return tf.argMin(distances, 1);
}

const column = (values: tf.Tensor): tf.Tensor => tf.reshape(values, [-1, 1]);

const vectorsAt = (codebook: tf.Tensor2D, indices: tf.Tensor1D): tf.Tensor2D => tf.gather(codebook, indices);

/** float32 [places, vectors]: a one for each place in the column of its vector. */
const takenOf = (indices: tf.Tensor1D, vectors: number): tf.Tensor2D =>
  tf.cast(tf.equal(column(indices), tf.range(0, vectors, 1, 'int32')), 'float32') as tf.Tensor2D;

interface Moved {
  readonly codebook: tf.Tensor2D;
  readonly counts: tf.Tensor1D;
}

/**
 * The exponential moving averages of appendix A.1: Nᵢ ← γNᵢ + (1 − γ)nᵢ, mᵢ ← γmᵢ + (1 − γ)Σz, eᵢ ← mᵢ / Nᵢ, Nᵢ smoothed as by a few
 * counts more for each vector (Laplace): (Nᵢ + ε) / (ΣN + Kε) · ΣN. As mᵢ is eᵢ times that, it need not be kept.
 */
function movedBy({ codebook, counts }: Moved, places: tf.Tensor2D, indices: tf.Tensor1D, decay: number): Moved {
  const taken = takenOf(indices, codebook.shape[0]);
  const mean = (before: tf.Tensor, now: tf.Tensor): tf.Tensor => tf.add(tf.mul(before, decay), tf.mul(now, 1 - decay));
  const sums = mean(tf.mul(codebook, column(smoothed(counts))), tf.matMul(taken, places, true));
  const next = mean(counts, tf.sum(taken, 0)) as tf.Tensor1D;
  return { codebook: tf.div(sums, column(smoothed(next))), counts: next };
}

function smoothed(counts: tf.Tensor1D): tf.Tensor {
  const all = tf.sum(counts);
  const share = tf.div(tf.add(counts, SMOOTHING), tf.add(all, counts.size * SMOOTHING));
  return tf.mul(share, all);
}

/**
 * Vectors that hardly anything takes begin anew at places of the batch, as Dhariwal et al. 2020, §3.1, restart theirs; here a place is drawn
 * by its squared distance from its vector (Arthur & Vassilvitskii 2007, §2.2), so that what has its vector gets no other.
 * @param squared that distance of each place
 */
function begunAnew(
  { codebook, counts }: Moved,
  places: tf.Tensor2D,
  squared: tf.Tensor1D,
  seed: tf.Tensor1D,
): [tf.Tensor2D, tf.Tensor1D] {
  const [count, vectors] = [places.shape[0], codebook.shape[0]];
  const even = count / vectors;
  const drawn = Math.min(MOST_ANEW, vectors);
  const lost = tf.cast(tf.less(counts, LEAST_USE * even), 'float32');
  // The first of those that are lost have number 1, 2, … up to how many may begin anew.
  const order = tf.cumsum(lost);
  const anew = tf.mul(lost, tf.cast(tf.lessEqual(order, drawn), 'float32'));
  const reach = tf.cumsum(squared);
  const targets = tf.mul(statelessUniform([drawn, 1], seed), tf.max(reach));
  const before = tf.sum(tf.cast(tf.lessEqual(tf.reshape(reach, [1, -1]), targets), 'int32'), 1);
  const chosen = tf.gather(places, tf.minimum(before, tf.scalar(count - 1, 'int32')) as tf.Tensor1D);
  const which = tf.cast(tf.clipByValue(tf.sub(order, 1), 0, drawn - 1), 'int32') as tf.Tensor1D;
  const others = tf.sub(1, anew);
  const begun = tf.mul(tf.gather(chosen, which), column(anew));
  return [
    tf.add(tf.mul(codebook, column(others)), begun) as tf.Tensor2D,
    tf.add(tf.mul(counts, others), tf.mul(anew, even)) as tf.Tensor1D,
  ];
}

/** Distances at once, of places from vectors. */
const DISTANCES_AT_ONCE = 2 ** 22;

/**
 * Which vector each place of these codes is of.
 * @param codes float32 [n × size] of vectors of the codebook, or of what is nearest to one
 * @returns uint16 [n × size / channels]
 */
export function indicesOf({ codebook }: VectorQuantiser, codes: Float32Array): Uint16Array {
  const [vectors, channels] = codebook.shape;
  const places = codes.length / channels;
  const indices = new Uint16Array(places);
  const atOnce = Math.max(1, Math.floor(DISTANCES_AT_ONCE / vectors));
  for (let first = 0; first < places; first += atOnce) {
    const rows = Math.min(atOnce, places - first);
    const part = codes.subarray(first * channels, (first + rows) * channels);
    indices.set(
      valuesOf(() => nearestOf(codebook, tf.tensor2d(part, [rows, channels]))),
      first,
    );
  }
  return indices;
}

/**
 * The codes of these indices, float32.
 * @param codebook [vectors × channels]
 * @throws StudioError `bad-file` where an index is none of the codebook's
 */
export function codesOf(codebook: Float32Array, channels: number, indices: ArrayLike<number>): Float32Array {
  const vectors = codebook.length / channels;
  const codes = new Float32Array(indices.length * channels);
  for (let place = 0; place < indices.length; place += 1) {
    const index = indices[place]!;
    if (!Number.isInteger(index) || index < 0 || index >= vectors) {
      throw new StudioError('bad-file', `expected indices of 0 to ${vectors - 1}, found ${index}.`);
    }
    codes.set(codebook.subarray(index * channels, (index + 1) * channels), place * channels);
  }
  return codes;
}
