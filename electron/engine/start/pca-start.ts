import type { TrainingSpec } from '../../domain/experiment.ts';
import type { ImageColumns } from '../../domain/words.ts';
import type { Breathe } from '../inference.ts';
import { fitLeading } from '../leading-components.ts';
import type { Network } from '../network.ts';
import { pcaErrors, type Pca } from '../pca.ts';
import { randomOf, shuffled } from '../shuffle.ts';
import { tf, valuesOf } from '../tensorflow.ts';
import { fitBranch, placeBranches } from './branches.ts';
import { copiesOf, withCopies } from './copies.ts';
import { linearPathOf, readPath, writePath, type LinearPath } from './linear-path.ts';
import { rowsOf } from './rows.ts';

/** Components beyond those wanted: block iteration finds the last ones of its block least exactly. */
const SPARE_COMPONENTS = 32;
/** Images that tell how large values are and where units bend. */
const SAMPLE = 2_000;
/** Held-out images that choose. */
const MOST_JUDGES = 500;
/**
 * Codes that the first layer makes spread by this share of their size (as deviations of mean variance), at least by one. A step of Adam
 * moves every weight by about the same: of large codes the weights that write them, as many as an image has values, are turned by as much
 * less, and the small ones that read them by as much more, as rates by the number of inputs would do (Yang et al. 2022, table 3).
 * How large was tried: test error over PCA's of MNIST-1,000 with 64 numbers is 0.755 for a deviation of 4, 0.710 for 16, 0.664 for 64; with
 * 16 numbers 0.708 for 4, 0.716 for 16; of photographs-32 with 64 numbers 0.863 for 4, 0.871 for 16.
 */
const DEVIATION_BY_SIZE = 1 / 4;
/** The epoch that copies and the sample are shuffled by: none that training has. */
const START_EPOCH = -1;

export interface StartWork {
  readonly network: Network;
  readonly training: ImageColumns;
  /** Held-out images, which choose between closed forms; without them it is PCA alone. */
  readonly validation: ImageColumns;
  readonly spec: Pick<TrainingSpec, 'augmentation' | 'seed'>;
  readonly breathe: Breathe;
  /** Awaited once the network computes PCA, before what comes on top of it is worked out. */
  readonly onPca?: (() => Promise<void>) | undefined;
  /** Where the axes of the training images are kept (kept-axes.ts); without it they are fitted. */
  readonly cacheFolder?: string | undefined;
}

/** The leading principal components of images, and the unit that their codes are told in; dispose when done. */
export interface Components {
  /** float32 [values] */
  readonly mean: tf.Tensor1D;
  /** float32 [values, code size], orthonormal columns */
  readonly axes: tf.Tensor2D;
  /** Divided by it, the mean of their codes' variances is one. */
  readonly unit: number;
}

/**
 * Sets a network's weights so that it computes PCA of the training images and more. The linear path through encoder and decoder
 * is PCA with the code's size, the mean image in the biases. Beside it, hidden units of the encoder bend where images lie and are
 * not yet read; those of the decoder are random features of the code (Rahimi & Recht 2007), from which a ridge regression predicts
 * what PCA leaves. Components are fitted to the images, or to them and their changed copies where that errs less on the held-out
 * images; these also choose the ridge's strength, and whether it is taken at all.
 * @param work a network whose spec has no problems with a start by PCA (domain/linear-path.ts)
 * @returns whether changed copies help, as far as the held-out images tell: training should change images only then
 */
export async function startAtPca(work: StartWork): Promise<boolean> {
  const { network, training, validation, spec, breathe, onPca, cacheFolder } = work;
  const path = linearPathOf(network);
  const { augmentation, seed } = spec;
  const copies = copiesOf(training, augmentation);
  const changed = (): ImageColumns => withCopies(training, augmentation, copies, randomOf(seed, START_EPOCH));
  const candidates = copies === 0 ? [training] : [training, changed()];
  const judges = firstOf(validation, MOST_JUDGES);
  const size = network.spec.code.size;
  const { components, of } = await bestComponents(candidates, judges, size, breathe, cacheFolder);
  try {
    const sample = shuffled(training.count, seed, START_EPOCH).subarray(0, SAMPLE);
    tf.tidy(() => {
      setLinearPath(path, components);
      placeBranches(network, path, rowsOf(training, sample), seed);
    });
    // Without copies, or judges, nothing speaks against what the experiment asks for.
    if (judges.count === 0) return true;
    await onPca?.();
    const branch = await fitBranch(network, path, { candidates, judges, sample, breathe });
    return candidates.length === 1 || candidates[branch ?? of] !== training;
  } finally {
    tf.dispose([components.mean, components.axes]);
  }
}

/** The components of those images that err least on the judges, and whose they are; of the first where there are none. */
async function bestComponents(
  candidates: readonly ImageColumns[],
  judges: ImageColumns,
  size: number,
  breathe: Breathe,
  cacheFolder: string | undefined,
): Promise<{ readonly components: Components; readonly of: number }> {
  let best: { readonly pca: Pca; readonly error: number; readonly of: number } | undefined;
  try {
    for (const [of, images] of candidates.entries()) {
      // Only the first are the same for every run on them.
      const known = best === undefined ? { cacheFolder } : { near: best.pca };
      const pca = await fitLeading(images, size + SPARE_COMPONENTS, breathe, known);
      const error = judges.count === 0 ? 0 : ((await pcaErrors(pca, judges, breathe))[size] ?? 0);
      const better = best === undefined || error < best.error;
      (better ? best?.pca : pca)?.dispose();
      if (better) best = { pca, error, of };
    }
    const { pca, of } = best!;
    return { components: leading(pca.mean, pca.components, size, candidates[of]!), of };
  } finally {
    best?.pca.dispose();
  }
}

function leading(mean: tf.Tensor1D, all: tf.Tensor2D, size: number, images: ImageColumns): Components {
  const [kept, axes] = tf.tidy(() => {
    const [values, found] = all.shape;
    const axesFound = tf.slice(all, [0, 0], [-1, Math.min(size, found)]);
    // Of images with fewer values than the code, the code's last units stay empty.
    const empty = tf.zeros([values, Math.max(0, size - found)]);
    return [tf.clone(mean) as tf.Tensor1D, tf.concat([axesFound, empty], 1) as tf.Tensor2D] as const;
  });
  const some = Int32Array.from({ length: Math.min(SAMPLE, images.count) }, (_, row) => row);
  const [variance = 1] = valuesOf(() => {
    const codes = tf.matMul(tf.sub(rowsOf(images, some), kept) as tf.Tensor2D, axes);
    return tf.mean(tf.square(codes));
  });
  return { mean: kept, axes, unit: Math.sqrt(Math.max(variance, 1e-12)) };
}

/** PCA all the way through; what stands beside it is silent. */
function setLinearPath({ encoder, code, decoder, output }: LinearPath, { mean, axes, unit }: Components): void {
  const [, size] = axes.shape;
  const one = tf.eye(size) as tf.Tensor2D;
  const deviation = encoder.length === 0 ? Math.max(1, DEVIATION_BY_SIZE * size) : 1;
  const encoding = tf.div(axes, unit / deviation) as tf.Tensor2D;
  const decoding = tf.transpose(tf.mul(axes, decoder.length === 0 ? unit / deviation : unit)) as tf.Tensor2D;
  const centre = tf.neg(tf.matMul(tf.reshape(mean, [1, -1]), encoding)) as tf.Tensor2D;
  const layers = [...encoder, code, ...decoder, output];
  layers.forEach((layer, index) => {
    const before = layers[index - 1];
    const isHidden = layer !== code && layer !== output;
    const inner = before === code ? (tf.div(one, deviation) as tf.Tensor2D) : one;
    const rows = index === 0 ? encoding : layer === output ? decoding : inner;
    const read = before === undefined || before === code ? rows : readPath(rows, before);
    const kernel = isHidden ? writePath(read) : read;
    const shift = index === 0 ? centre : layer === output ? tf.reshape(mean, [1, -1]) : tf.zeros([1, size]);
    const bias = isHidden ? writePath(shift as tf.Tensor2D) : shift;
    const beside = layer.units - kernel.shape[1];
    layer.kernel.assign(tf.concat([kernel, tf.zeros([layer.inputs, beside])], 1));
    layer.bias.assign(tf.reshape(tf.concat([bias, tf.zeros([1, beside])], 1), [-1]));
  });
}

function firstOf(images: ImageColumns, most: number): ImageColumns {
  const count = Math.min(most, images.count);
  return {
    ...images,
    count,
    pixels: images.pixels.subarray(0, count * images.height * images.width * images.channels),
  };
}
