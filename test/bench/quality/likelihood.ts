import type { ImageColumns } from '../../../electron/domain/words.ts';
import { forwardInference } from '../../../electron/engine/forward.ts';
import { imageTensor } from '../../../electron/engine/images.ts';
import { divergence } from '../../../electron/engine/losses.ts';
import { statelessNormal, statelessUniform } from '../../../electron/engine/native-ops.ts';
import { conditionalOf, logVarianceOf, type Network } from '../../../electron/engine/network.ts';
import { oneHot } from '../../../electron/engine/conditional-code.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { USUAL_SAMPLES } from './rows.ts';

/** Of the one fixed binarisation of the test images, and of the samples of their codes. */
const SEEDS = { binarisation: 2014, samples: 2016 };

/** As in the training's loss (electron/engine/losses.ts). */
const LEAST_PROBABILITY = 1e-7;

/** Images whose samples are decoded at once: 10,000 codes with 500 samples. */
const AT_ONCE = 20;

export interface LikelihoodFigures {
  /** Nats an image, averaged over images and samples; the divergence in closed form (Kingma & Welling 2014, eq. 7). */
  readonly negativeElbo: number;
  /** Nats an image, averaged over images. */
  readonly negativeLogLikelihood: number;
}

/**
 * The importance-weighted bound of Burda, Grosse & Salakhutdinov 2016, eq. 8, on binarised images:
 * log (1/k) Σᵢ p(x|hᵢ) p(hᵢ) / q(hᵢ|x), hᵢ drawn from q.
 * @param network a variational one; one whose code has classes is told each image's, and what it gives is given the label
 * @param samples k
 */
export async function likelihoodFigures(
  network: Network,
  images: ImageColumns,
  samples: number = USUAL_SAMPLES,
  labels?: Uint8Array,
): Promise<LikelihoodFigures> {
  let [elbo, bound] = [0, 0];
  for (let first = 0; first < images.count; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, images.count - first);
    const indices = Int32Array.from({ length: count }, (_, row) => first + row);
    const sums = valuesOf(() => {
      const x = binarised(imageTensor(images, indices), first);
      const own = labels && tf.tensor1d(Float32Array.from(labels.subarray(first, first + count)));
      const { reconstruction, logWeights, nats } = sampled(network, x, samples, first, own);
      const evidence = tf.sub(tf.logSumExp(logWeights, 1), Math.log(samples));
      return tf.stack([tf.sub(tf.mean(reconstruction), nats), tf.mean(evidence)]);
    });
    elbo += count * sums[0]!;
    bound += count * sums[1]!;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { negativeElbo: -elbo / images.count, negativeLogLikelihood: -bound / images.count };
}

/** Each pixel 1 with its own value as the probability, else 0: the same draw whatever the model. */
function binarised(images: tf.Tensor4D, first: number): tf.Tensor4D {
  const draws = statelessUniform(images.shape, tf.tensor1d([SEEDS.binarisation, first], 'int32'));
  return tf.cast(tf.less(draws, images), 'float32') as tf.Tensor4D;
}

interface Sampled {
  /** log p(x|h), [images, samples] */
  readonly reconstruction: tf.Tensor2D;
  /** log p(x|h) p(h) / q(h|x), [images, samples] */
  readonly logWeights: tf.Tensor2D;
  /** KL(q(h|x) ‖ p(h)), averaged over the images */
  readonly nats: tf.Scalar;
}

function sampled(network: Network, x: tf.Tensor4D, samples: number, first: number, labels?: tf.Tensor1D): Sampled {
  const count = x.shape[0];
  const conditional = conditionalOf(network);
  const classes = labels && conditional && oneHot(labels, network.spec.code.classes ?? 0);
  const features = forwardInference(network.encoderLayers, x);
  const mean = classes ? conditional!.style(features, classes) : forwardInference(network.codeLayers, features);
  const logVariance = logVarianceOf(network, features, classes) as tf.Tensor;
  const size = mean.shape[1]!;
  const spread = tf.reshape(tf.exp(tf.mul(logVariance, 0.5)), [count, 1, size]);
  const noise = statelessNormal([count, samples, size], tf.tensor1d([SEEDS.samples, first], 'int32'));
  const codes = tf.add(tf.reshape(mean, [count, 1, size]), tf.mul(noise, spread));

  const drawn = tf.reshape(codes, [count * samples, size]);
  const output = forwardInference(
    network.decoderLayers,
    classes ? tf.concat([drawn, repeated(classes, samples)], 1) : drawn,
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
  const prior = tf.mul(tf.sum(tf.square(codes), 2), -0.5);
  const posterior = tf.sub(tf.mul(tf.sum(tf.square(noise), 2), -0.5), tf.mul(tf.sum(logVariance, 1, true), 0.5));
  const logWeights = tf.add(reconstruction, tf.sub(prior, posterior)) as tf.Tensor2D;
  return { reconstruction, logWeights, nats: divergence(mean, logVariance) };
}

/** Each row so many times, one after another. */
function repeated(rows: tf.Tensor2D, times: number): tf.Tensor2D {
  const [count, size] = rows.shape;
  return tf.reshape(tf.tile(tf.reshape(rows, [count, 1, size]), [1, times, 1]), [count * times, size]);
}
