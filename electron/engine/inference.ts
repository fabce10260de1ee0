import type { ImageColumns } from '../domain/words.ts';
import { imageTensor, toPixels } from './images.ts';
import type { Network } from './network.ts';
import { imagesACall } from './operations.ts';
import { tf, valuesOf } from './tensorflow.ts';

/** Lets the process answer other messages between two parts of a work; told how much of it is done, 0-1, where that is known. */
export type Breathe = (fraction?: number) => Promise<void>;

/** A network applied to whole image sets. */
export interface Inference {
  /** Codes of all images: float32 [count × code size]. */
  encode(images: ImageColumns, breathe: Breathe): Promise<Float32Array>;
  /** MSE per pixel of each image's reconstruction: float32 [count]. */
  errors(images: ImageColumns, breathe: Breathe): Promise<Float32Array>;
  /** To be called when the network's weights have changed. */
  refresh(): void;
  dispose(): void;
}

/** The most images in a batch: large activations then stay in cache. */
const BATCH = 1_000;

/** tfjs would cut each of our batches into parts of 32. */
const WHOLE = { batchSize: BATCH };

/** Codes of all images: float32 [count × code size]. */
export async function encodeImages(network: Network, images: ImageColumns, breathe: Breathe): Promise<Float32Array> {
  const codes = new Float32Array(images.count * network.spec.code.size);
  await inBatches(network, images, breathe, (batch, first) => {
    codes.set(
      (network.encoder.predict(batch, WHOLE) as tf.Tensor).dataSync() as Float32Array,
      first * network.spec.code.size,
    );
  });
  return codes;
}

/** MSE per pixel of each image's reconstruction: float32 [count]. */
export async function reconstructionErrors(
  network: Network,
  images: ImageColumns,
  breathe: Breathe,
): Promise<Float32Array> {
  const errors = new Float32Array(images.count);
  await inBatches(network, images, breathe, (batch, first) => {
    const output = network.autoencoder.predict(batch, WHOLE) as tf.Tensor4D;
    errors.set(tf.mean(tf.squaredDifference(batch, output), [1, 2, 3]).dataSync() as Float32Array, first);
  });
  return errors;
}

/** The images as the model returns them, and the MSE per pixel of each. */
export function reconstruct(
  network: Network,
  images: ImageColumns,
): { readonly images: ImageColumns; readonly errors: Float32Array } {
  const batch = imageTensor(images);
  const output = network.autoencoder.predict(batch, WHOLE) as tf.Tensor4D;
  try {
    const errors = valuesOf(() => tf.mean(tf.squaredDifference(batch, output), [1, 2, 3]));
    return { images: { ...images, pixels: toPixels(output.dataSync() as Float32Array) }, errors };
  } finally {
    tf.dispose([batch, output]);
  }
}

async function inBatches(
  network: Network,
  images: ImageColumns,
  breathe: Breathe,
  visit: (batch: tf.Tensor4D, first: number) => void,
): Promise<void> {
  const most = Math.min(BATCH, imagesACall(network));
  for (let first = 0; first < images.count; first += most) {
    const count = Math.min(most, images.count - first);
    const indices = Int32Array.from({ length: count }, (_, row) => first + row);
    tf.tidy(() => {
      visit(imageTensor(images, indices), first);
    });
    await breathe((first + count) / images.count);
  }
}
