import { layOut } from '../domain/model-layout.ts';
import type { Health, ImageColumns } from '../domain/words.ts';
import { forwardInference } from './forward.ts';
import { imageTensor } from './images.ts';
import { divergences } from './losses.ts';
import { logVarianceOf, meansOf, type Network } from './network.ts';
import { tf, valuesOf } from './tensorflow.ts';
import { indicesOf, quantiserOf } from './vector-quantiser.ts';

/** Enough to tell a dead unit from a rare one, and done in milliseconds: 500 MNIST images. */
const MOST_PIXELS = 400_000;

/** A unit that varies less than this from image to image says nothing about them. */
const LEAST_DEVIATION = 1e-4;

/** Beyond it a sigmoid's slope is under a twelfth of its greatest; a tanh's ends lie as far out. */
const FLAT_SIGMOID = 0.02;
const FLAT_TANH = 1 - 2 * FLAT_SIGMOID;

/** A latent unit that carries less does not tell images apart (Burda et al. 2016, §5.2, counts active units by variance). */
const LEAST_NATS = 0.01;

/** How many of the first images are looked at. */
export function healthImages({ count, height, width, channels }: Omit<ImageColumns, 'pixels'>): number {
  return Math.min(count, Math.max(16, Math.floor(MOST_PIXELS / (height * width * channels))));
}

/**
 * How the units of a network, and its output, behave on these images.
 * @param images uint8 [n, height, width, channels]; all of them are looked at
 */
export function healthOf(network: Network, images: ImageColumns): Omit<Health, 'meanImageMse'> {
  return tf.tidy(() => {
    const input = imageTensor(images);
    const layers: Health['layers'][number][] = [];
    const paths = new Map(layOut(network.spec).layers.map(({ name, path }) => [name, path]));
    const walk = (parts: readonly tf.layers.Layer[], from: tf.Tensor): tf.Tensor =>
      grouped(parts).reduce((x, { name, members }) => {
        const output = forwardInference(members, x);
        const path = paths.get(name);
        if (path !== undefined && name !== 'output') layers.push(behaviour(path, members, output));
        return output;
      }, from);
    const features = walk(network.encoderLayers, input);
    const code = walk(network.codeLayers, features);
    const output = walk(network.decoderLayers, code);
    const logVariance = logVarianceOf(network, features);
    return {
      imageDeviation: meanDeviation(input),
      outputDeviation: meanDeviation(output),
      layers,
      ...codebookUse(network, code),
      ...(logVariance === undefined ? {} : { activeCodeUnits: activeUnits(meansOf(network, code), logVariance) }),
    };
  });
}

/** What each unit of a variational code, of a conditional one's style, says of these images on average, in nats; nothing of another code. */
export function codeNats(network: Network, images: ImageColumns): Float32Array | undefined {
  if (network.logVarianceLayer === undefined) return undefined;
  return valuesOf(() => {
    const features = forwardInference(network.encoderLayers, imageTensor(images));
    const code = forwardInference(network.codeLayers, features);
    return divergences(meansOf(network, code), logVarianceOf(network, features) as tf.Tensor);
  });
}

interface Group {
  /** Of the layout's layer, such as "encoder-1"; of what only changes shapes, its own. */
  readonly name: string;
  readonly members: readonly tf.layers.Layer[];
}

/** A layer of the layout becomes several of tfjs: "encoder-1", "encoder-1-norm", "encoder-1-activation". */
function grouped(layers: readonly tf.layers.Layer[]): readonly Group[] {
  const groups: { name: string; members: tf.layers.Layer[] }[] = [];
  for (const layer of layers) {
    const name = layer.name.replace(/-(norm|activation|dropout)$/, '');
    const last = groups.at(-1);
    if (last && last.name === name) last.members.push(layer);
    else groups.push({ name, members: [layer] });
  }
  return groups;
}

function behaviour(layer: string, members: readonly tf.layers.Layer[], output: tf.Tensor): Health['layers'][number] {
  const units = output.shape.at(-1) ?? 1;
  const values = tf.reshape(output, [-1, units]);
  const { variance } = tf.moments(values, 0);
  return {
    layer,
    units,
    constant: scalar(tf.sum(tf.cast(tf.less(variance, LEAST_DEVIATION ** 2), 'float32'))),
    saturated: scalar(flatShare(members, values)),
  };
}

function flatShare(members: readonly tf.layers.Layer[], values: tf.Tensor): tf.Tensor {
  const activations = members.map((member) => (member.getConfig() as { activation?: unknown }).activation);
  const share = (flat: tf.Tensor): tf.Tensor => tf.mean(tf.cast(flat, 'float32'));
  if (activations.includes('tanh')) return share(tf.greater(tf.abs(values), FLAT_TANH));
  if (!activations.includes('sigmoid')) return tf.scalar(0);
  return share(tf.greater(tf.abs(tf.sub(values, 0.5)), 0.5 - FLAT_SIGMOID));
}

/** Of a codebook: how many of its vectors these codes have, and how many as often taken ones would say as much: exp of their entropy. */
function codebookUse({ codeLayers }: Network, code: tf.Tensor): Pick<Health, 'codebook'> {
  const layer = quantiserOf(codeLayers);
  if (layer === undefined) return {};
  const indices = indicesOf(layer, code.dataSync() as Float32Array);
  const counts = new Uint32Array(layer.codebook.shape[0]);
  for (const index of indices) counts[index]! += 1;
  const shares = [...counts].filter((count) => count > 0).map((count) => count / indices.length);
  const entropy = shares.reduce((sum, share) => sum - share * Math.log(share), 0);
  return { codebook: { vectors: counts.length, used: shares.length, perplexity: Math.exp(entropy) } };
}

function activeUnits(mean: tf.Tensor, logVariance: tf.Tensor): number {
  return scalar(tf.sum(tf.cast(tf.greater(divergences(mean, logVariance), LEAST_NATS), 'float32')));
}

/** Standard deviation of each pixel over the images, averaged over the pixels. */
function meanDeviation(images: tf.Tensor): number {
  return scalar(tf.mean(tf.sqrt(tf.moments(images, 0).variance)));
}

const scalar = (value: tf.Tensor): number => value.dataSync()[0] ?? Number.NaN;
