import type { ImageColumns } from '../domain/words.ts';
import { imageTensor, valuesIn } from './images.ts';
import type { Breathe } from './inference.ts';
import { keptAxes, type Axes } from './kept-axes.ts';
import { statelessNormal, symmetricEigen } from './native-ops.ts';
import { fitPca, projectImages, type Pca } from './pca.ts';
import { tf } from './tensorflow.ts';

/** Up to this many values an image the whole covariance is decomposed, which takes half a second at most. */
const MOST_EXACT = 1_024;
/** Axes beyond those wanted, and rounds: with both the leading axes are right to within what figures show. */
const SPARE = 10;
const ROUNDS = 5;
/** Rounds that begin with the axes of images much like these. */
const ROUNDS_FROM_OTHERS = 2;
/** Values of images at once. */
const VALUES_AT_ONCE = 500 * 4_096;

/** Where axes may come from, besides the images they are fitted to. */
export interface KnownAxes {
  /** PCA of images much like these, from which fewer rounds are enough. */
  readonly near?: Pca | undefined;
  /** Folder in which an image set's axes are kept for the next process that asks for them (kept-axes.ts). */
  readonly cacheFolder?: string | undefined;
}

/**
 * Codes of images by PCA with a few components. At most as many components as an image has values.
 * @param training what the components are fitted to
 * @returns for each of `sets` float32 [count × size], and the size
 */
export async function pcaCodes(
  training: ImageColumns,
  sets: readonly ImageColumns[],
  components: number,
  breathe: Breathe,
  known: KnownAxes = {},
): Promise<{ readonly size: number; readonly codes: readonly Float32Array[] }> {
  const size = Math.min(components, valuesIn(training));
  const pca = await fitLeading(training, size, breathe, known);
  try {
    const codes: Float32Array[] = [];
    for (const images of sets) {
      codes.push(projectImages(pca, images, size));
      await breathe();
    }
    return { size, codes };
  } finally {
    pca.dispose();
  }
}

/**
 * PCA with at least the leading `components`: all of them and exactly for small images, by block power iteration (Halko,
 * Martinsson & Tropp 2011) for larger ones, whose covariance would take minutes.
 */
export async function fitLeading(
  training: ImageColumns,
  components: number,
  breathe: Breathe,
  { near, cacheFolder }: KnownAxes = {},
): Promise<Pca> {
  const values = valuesIn(training);
  if (values <= MOST_EXACT) return exactPca(training, breathe, cacheFolder);
  // What others have left behind is not what these images alone lead to.
  if (near !== undefined) return iterate(training, components, breathe, near);
  const size = Math.min(components, values);
  const fit = async (): Promise<Axes> => axesOf(await iterate(training, size, breathe));
  return pcaOf(await keptAxes(cacheFolder, training, size, fit), size);
}

async function iterate(training: ImageColumns, components: number, breathe: Breathe, near?: Pca): Promise<Pca> {
  const values = valuesIn(training);
  const width = Math.min(values, components + SPARE);
  const mean = tf.tidy(() => tf.variable(tf.zeros([values]), false));
  const axes = tf.tidy(() => tf.variable(firstAxes(values, width, near), false));
  const rounds = near === undefined ? ROUNDS : ROUNDS_FROM_OTHERS;
  const products = tf.tidy(() => tf.variable(tf.zeros([values, width]), false));
  try {
    const part =
      (done: number): Breathe =>
      (fraction = 1) =>
        breathe((done + fraction) / (rounds + 1));
    await inBlocks(training, part(0), (rows) => mean.assign(tf.add(mean, tf.div(tf.sum(rows, 0), training.count))));
    for (let round = 0; round < rounds; round += 1) {
      tf.tidy(() => {
        // What a round has found, with the axis of the largest spread first: its columns then differ little in direction alone.
        axes.assign(orthonormal(round === 0 ? (axes as tf.Tensor2D) : onOwnAxes(axes, products, products)));
        products.assign(tf.zerosLike(products));
      });
      await inBlocks(training, part(round + 1), (rows) => {
        const centred = tf.sub(rows, mean) as tf.Tensor2D;
        products.assign(tf.add(products, tf.matMul(centred, tf.matMul(centred, axes as tf.Tensor2D), true)));
      });
    }
    const leading = tf.tidy(() =>
      tf.slice(onOwnAxes(axes, products, axes), [0, 0], [-1, Math.min(components, values)]),
    );
    const kept = tf.tidy(() => tf.clone(mean) as tf.Tensor1D);
    return { mean: kept, components: leading, dispose: () => tf.dispose([kept, leading]) };
  } finally {
    tf.dispose([mean, axes, products]);
  }
}

interface Fitted extends Axes {
  readonly of: Uint8Array;
}

/** The last of each set's pixels: a run's start, its map, PCA's figures and those of merit ask for the same one after the other. */
const lastFitted = new WeakMap<ArrayBufferLike, Fitted>();

async function exactPca(images: ImageColumns, breathe: Breathe, cacheFolder: string | undefined): Promise<Pca> {
  const { pixels } = images;
  const values = valuesIn(images);
  const last = lastFitted.get(pixels.buffer);
  const isOfThese =
    last?.of.byteOffset === pixels.byteOffset && last.of.length === pixels.length && last.mean.length === values;
  if (isOfThese) return pcaOf(last, values);
  const axes = await keptAxes(cacheFolder, images, values, async () => axesOf(await fitPca(images, breathe)));
  lastFitted.set(pixels.buffer, { of: pixels, ...axes });
  return pcaOf(axes, values);
}

/** Takes its numbers out of TensorFlow. */
function axesOf(pca: Pca): Axes {
  try {
    const [mean, components] = [pca.mean, pca.components].map((tensor) => tensor.dataSync() as Float32Array);
    return { mean: mean!, components: components! };
  } finally {
    pca.dispose();
  }
}

function pcaOf(axes: Axes, size: number): Pca {
  const mean = tf.tensor1d(axes.mean);
  const components = tf.tensor2d(axes.components, [axes.mean.length, size]);
  return { mean, components, dispose: () => tf.dispose([mean, components]) };
}

/** What iteration begins with: drawn axes [values, width], the first of them those that are known. */
function firstAxes(values: number, width: number, near: Pca | undefined): tf.Tensor2D {
  const drawn = statelessNormal([values, width], tf.tensor1d([1, 2], 'int32')) as tf.Tensor2D;
  if (near === undefined) return drawn;
  const known = Math.min(width, near.components.shape[1]);
  return tf.concat([tf.slice(near.components, [0, 0], [-1, known]), tf.slice(drawn, [0, known], [-1, -1])], 1);
}

/** Columns turned by the eigenvectors of the covariance within the axes (Rayleigh and Ritz), the largest spread first. */
function onOwnAxes(axes: tf.Tensor, products: tf.Tensor, turned: tf.Tensor): tf.Tensor2D {
  const within = tf.matMul(axes as tf.Tensor2D, products as tf.Tensor2D, true);
  const { vectors } = symmetricEigen(tf.mul(0.5, tf.add(within, tf.transpose(within))) as tf.Tensor2D);
  return tf.matMul(turned as tf.Tensor2D, tf.reverse(vectors, 1) as tf.Tensor2D);
}

/**
 * The same space on orthonormal axes. Columns are brought to one length first, so that weak ones are not lost beside strong
 * ones, and it is done twice: the second time mends what float32 has lost in the first.
 */
function orthonormal(axes: tf.Tensor2D): tf.Tensor2D {
  const lengths = tf.maximum(tf.sqrt(tf.sum(tf.square(axes), 0)), 1e-30);
  return whitened(whitened(tf.div(axes, lengths)));
}

function whitened(axes: tf.Tensor2D): tf.Tensor2D {
  const { values, vectors } = symmetricEigen(tf.matMul(axes, axes, true));
  const lengths = tf.sqrt(tf.maximum(values, tf.maximum(tf.mul(tf.max(values), 1e-7), 1e-30)));
  return tf.div(tf.matMul(axes, vectors as tf.Tensor2D), lengths);
}

async function inBlocks(
  images: ImageColumns,
  breathe: Breathe,
  visit: (rows: tf.Tensor2D, first: number) => void,
): Promise<void> {
  const values = valuesIn(images);
  const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / values));
  for (let first = 0; first < images.count; first += atOnce) {
    const count = Math.min(atOnce, images.count - first);
    const indices = Int32Array.from({ length: count }, (_, row) => first + row);
    tf.tidy(() => {
      visit(tf.reshape(imageTensor(images, indices), [count, values]), first);
    });
    await breathe((first + count) / images.count);
  }
}
