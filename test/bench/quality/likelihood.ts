import type { ImageColumns } from '../../../electron/domain/words.ts';
import { forwardInference } from '../../../electron/engine/forward.ts';
import { imageTensor } from '../../../electron/engine/images.ts';
import { divergence } from '../../../electron/engine/losses.ts';
import { statelessNormal, statelessUniform } from '../../../electron/engine/native-ops.ts';
import { conditionalOf, logVarianceOf, type Network } from '../../../electron/engine/network.ts';
import { oneHot } from '../../../electron/engine/conditional-code.ts';
import { tf, valuesOf, valuesOfAll } from '../../../electron/engine/tensorflow.ts';
import { breathe } from '../../../electron/training/emit.ts';
import { fitPrior, logDensity, type FittedPrior } from './fitted-prior.ts';
import { USUAL_SAMPLES } from './rows.ts';

/** Of the one fixed binarisation of the test images, of that of training images, and of the samples of their codes. */
const SEEDS = { binarisation: 2014, training: 2015, samples: 2016 };

/** As in the training's loss (electron/engine/losses.ts). */
const LEAST_PROBABILITY = 1e-7;

/** Images whose samples are decoded at once: 10,000 codes with 500 samples. */
const AT_ONCE = 20;

/** Training images that are encoded at once. */
const ENCODED_AT_ONCE = 500;

/** Components of a fitted prior: more are no likelier of test images' codes. */
const COMPONENTS = 30;

export interface LikelihoodFigures {
  /** Nats an image, averaged over images and samples; the divergence in closed form (Kingma & Welling 2014, eq. 7). */
  readonly negativeElbo: number;
  /** Nats an image, averaged over images. */
  readonly negativeLogLikelihood: number;
  /** Both with a fitted prior in place of N(0, 1), where one was given; its divergence is that of the samples. */
  readonly fittedNegativeElbo?: number;
  readonly fittedNegativeLogLikelihood?: number;
}

export interface LikelihoodOptions {
  /** k */
  readonly samples?: number | undefined;
  /** Where the code has classes, which are given. */
  readonly labels?: Uint8Array | undefined;
  readonly prior?: FittedPrior | undefined;
}

/** A prior fitted to the codes of binarised training images. */
export async function priorOf(network: Network, images: ImageColumns): Promise<FittedPrior> {
  const { size } = network.spec.code;
  const [mean, logVariance] = [new Float32Array(images.count * size), new Float32Array(images.count * size)];
  for (let first = 0; first < images.count; first += ENCODED_AT_ONCE) {
    const indices = Int32Array.from(
      { length: Math.min(ENCODED_AT_ONCE, images.count - first) },
      (_, row) => first + row,
    );
    const [means, logVariances] = valuesOfAll(() => {
      const found = posteriorOf(network, binarised(imageTensor(images, indices), SEEDS.training, first));
      return [found.mean, found.logVariance];
    });
    mean.set(means!, first * size);
    logVariance.set(logVariances!, first * size);
    await breathe();
  }
  return fitPrior({ mean, logVariance }, size, COMPONENTS);
}

/**
 * The importance-weighted bound of Burda, Grosse & Salakhutdinov 2016, eq. 8, on binarised images:
 * log (1/k) Σᵢ p(x|hᵢ) p(hᵢ) / q(hᵢ|x), hᵢ drawn from q.
 * @param network a variational one; one whose code has classes is told each image's, and what it gives is given the label
 */
export async function likelihoodFigures(
  network: Network,
  images: ImageColumns,
  { samples = USUAL_SAMPLES, labels, prior }: LikelihoodOptions = {},
): Promise<LikelihoodFigures> {
  const totals = [0, 0, 0, 0];
  for (let first = 0; first < images.count; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, images.count - first);
    const indices = Int32Array.from({ length: count }, (_, row) => first + row);
    const sums = valuesOf(() => {
      const x = binarised(imageTensor(images, indices), SEEDS.binarisation, first);
      const own = labels && tf.tensor1d(Float32Array.from(labels.subarray(first, first + count)));
      const { codes, reconstruction, logWeights, nats } = sampled(network, x, samples, first, own);
      const evidence = (weights: tf.Tensor) => tf.mean(tf.sub(tf.logSumExp(weights, 1), Math.log(samples)));
      const figures = [tf.sub(tf.mean(reconstruction), nats), evidence(logWeights)];
      if (prior === undefined) return tf.stack(figures);
      const gain = tf.sub(logDensity(prior, codes), standardDensity(codes));
      const fitted = tf.add(logWeights, tf.reshape(gain, [count, samples]));
      return tf.stack([...figures, tf.mean(fitted), evidence(fitted)]);
    });
    sums.forEach((sum, index) => (totals[index]! += count * sum));
    await breathe();
  }
  const [negativeElbo, negativeLogLikelihood, fittedNegativeElbo, fittedNegativeLogLikelihood] = totals.map(
    (total) => -total / images.count,
  ) as [number, number, number, number];
  const figures = { negativeElbo, negativeLogLikelihood };
  return prior === undefined ? figures : { ...figures, fittedNegativeElbo, fittedNegativeLogLikelihood };
}

/** Each pixel 1 with its own value as the probability, else 0: the same draw whatever the model. */
function binarised(images: tf.Tensor4D, seed: number, first: number): tf.Tensor4D {
  const draws = statelessUniform(images.shape, tf.tensor1d([seed, first], 'int32'));
  return tf.cast(tf.less(draws, images), 'float32') as tf.Tensor4D;
}

interface Posterior {
  readonly mean: tf.Tensor;
  readonly logVariance: tf.Tensor;
}

function posteriorOf(network: Network, x: tf.Tensor4D, classes?: tf.Tensor2D): Posterior {
  const features = forwardInference(network.encoderLayers, x);
  return {
    mean: classes ? conditionalOf(network)!.style(features, classes) : forwardInference(network.codeLayers, features),
    logVariance: logVarianceOf(network, features, classes) as tf.Tensor,
  };
}

/** log N(h; 0, 1) of codes, [n × size] to [n], without its constant. */
const standardDensity = (codes: tf.Tensor2D): tf.Tensor1D => tf.mul(tf.sum(tf.square(codes), 1), -0.5);

interface Sampled {
  /** One after another, [images · samples × size] */
  readonly codes: tf.Tensor2D;
  /** log p(x|h), [images, samples] */
  readonly reconstruction: tf.Tensor2D;
  /** log p(x|h) p(h) / q(h|x), [images, samples] */
  readonly logWeights: tf.Tensor2D;
  /** KL(q(h|x) ‖ p(h)), averaged over the images */
  readonly nats: tf.Scalar;
}

function sampled(network: Network, x: tf.Tensor4D, samples: number, first: number, labels?: tf.Tensor1D): Sampled {
  const count = x.shape[0];
  const classes = labels && conditionalOf(network) && oneHot(labels, network.spec.code.classes ?? 0);
  const { mean, logVariance } = posteriorOf(network, x, classes);
  const size = mean.shape[1]!;
  const spread = tf.reshape(tf.exp(tf.mul(logVariance, 0.5)), [count, 1, size]);
  const noise = statelessNormal([count, samples, size], tf.tensor1d([SEEDS.samples, first], 'int32'));
  const drawn = tf.add(tf.reshape(mean, [count, 1, size]), tf.mul(noise, spread));
  const codes = tf.reshape(drawn, [count * samples, size]) as tf.Tensor2D;

  const output = forwardInference(
    network.decoderLayers,
    classes ? tf.concat([codes, repeated(classes, samples)], 1) : codes,
  );
  const pixels = output.size / (count * samples);
  const probability = tf.clipByValue(
    tf.reshape(output, [count, samples, pixels]),
    LEAST_PROBABILITY,
    1 - LEAST_PROBABILITY,
  );
  // x is 0 or 1: what is given to it is the probability, or what the probability leaves.
  const given = tf.sub(1, tf.abs(tf.sub(tf.reshape(x, [count, 1, pixels]), probability)));
  const reconstruction = tf.sum(tf.log(given), 2) as tf.Tensor2D;
  // The normal densities' constants cancel.
  const prior = tf.reshape(standardDensity(codes), [count, samples]);
  const posterior = tf.sub(tf.mul(tf.sum(tf.square(noise), 2), -0.5), tf.mul(tf.sum(logVariance, 1, true), 0.5));
  const logWeights = tf.add(reconstruction, tf.sub(prior, posterior)) as tf.Tensor2D;
  return { codes, reconstruction, logWeights, nats: divergence(mean, logVariance) };
}

/** Each row so many times, one after another. */
function repeated(rows: tf.Tensor2D, times: number): tf.Tensor2D {
  const [count, size] = rows.shape;
  return tf.reshape(tf.tile(tf.reshape(rows, [count, 1, size]), [1, times, 1]), [count * times, size]);
}
