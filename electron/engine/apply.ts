import type { NoiseSpec } from '../domain/experiment.ts';
import type { ImageColumns } from '../domain/words.ts';
import { NoiseStreams, forwardInference } from './forward.ts';
import { imageTensor, toPixels } from './images.ts';
import type { Breathe } from './inference.ts';
import { addNoise } from './input-noise.ts';
import type { Network } from './network.ts';
import { imagesInMemory } from './operations.ts';
import { tf, valuesOf } from './tensorflow.ts';

/** Values of decoded images at once: larger batches of large activations leave the cache, and no other message is read. */
const VALUES_AT_ONCE = 512 * 784;

/** What a model makes of a few images. */
export interface Applied {
  /** float32 [count × code size] */
  readonly codes: Float32Array;
  readonly reconstructions: ImageColumns;
  /** MSE per pixel of each reconstruction against the target: float32 [count]. */
  readonly mse: Float32Array;
}

/**
 * Encodes and decodes a few images (op by op: a batch this small gains nothing by being compiled).
 * @param seen what goes in
 * @param target what the reconstructions are measured against, of the same shape
 */
export function applyTo(network: Network, seen: ImageColumns, target: ImageColumns): Applied {
  const { count } = seen;
  const { size } = network.spec.code;
  const applied = {
    codes: new Float32Array(count * size),
    reconstructions: { ...seen, pixels: new Uint8Array(seen.pixels.length) },
    mse: new Float32Array(count),
  };
  const most = imagesInMemory(network.spec);
  for (let first = 0; first < count; first += most) {
    const rows = Int32Array.from({ length: Math.min(most, count - first) }, (_, row) => first + row);
    const part = applyAtOnce(network, seen, target, rows);
    applied.codes.set(part.codes, first * size);
    applied.reconstructions.pixels.set(part.pixels, first * (seen.pixels.length / count));
    applied.mse.set(part.mse, first);
  }
  return applied;
}

function applyAtOnce(network: Network, seen: ImageColumns, target: ImageColumns, rows: Int32Array) {
  const [codes, output, mse] = tf.tidy(() => {
    const code = forwardInference([...network.encoderLayers, ...network.codeLayers], imageTensor(seen, rows));
    const images = forwardInference(network.decoderLayers, code) as tf.Tensor4D;
    return [code, images, tf.mean(tf.squaredDifference(imageTensor(target, rows), images), [1, 2, 3])];
  }) as [tf.Tensor, tf.Tensor4D, tf.Tensor1D];
  try {
    return {
      codes: codes.dataSync() as Float32Array,
      pixels: toPixels(output.dataSync() as Float32Array),
      mse: mse.dataSync() as Float32Array,
    };
  } finally {
    tf.dispose([codes, output, mse]);
  }
}

/** The images of codes (float32 [n × code size]). */
export async function decodeCodes(
  network: Pick<Network, 'spec' | 'decoderLayers'>,
  codes: Float32Array,
  breathe: Breathe,
): Promise<ImageColumns> {
  const [height, width, channels] = network.spec.inputShape;
  const { size } = network.spec.code;
  const count = codes.length / size;
  const values = height * width * channels;
  const pixels = new Uint8Array(count * values);
  const atOnce = Math.min(Math.max(1, Math.floor(VALUES_AT_ONCE / values)), imagesInMemory(network.spec));
  for (let first = 0; first < count; first += atOnce) {
    const rows = Math.min(atOnce, count - first);
    const block = codes.subarray(first * size, (first + rows) * size);
    const images = valuesOf(() => forwardInference(network.decoderLayers, tf.tensor2d(block, [rows, size])));
    pixels.set(toPixels(images), first * values);
    await breathe();
  }
  return { count, height, width, channels, pixels };
}

/**
 * Images with noise on top, clipped and rounded to bytes. Each image's noise hangs on the seed and its own number only, not on
 * which others it comes with.
 * @param numbers one an image
 */
export function withNoise(
  images: ImageColumns,
  noise: NoiseSpec,
  seed: number,
  numbers: readonly number[],
): ImageColumns {
  const noisy = valuesOf(() =>
    tf.concat(
      numbers.map((number, row) =>
        addNoise(
          imageTensor(images, Int32Array.of(row)),
          noise,
          new NoiseStreams(tf.tensor1d([seed, number], 'int32')),
        ),
      ),
    ),
  );
  return { ...images, pixels: toPixels(noisy) };
}
