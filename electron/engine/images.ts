import type { ImageColumns } from '../domain/words.ts';
import { tf } from './tensorflow.ts';

/**
 * The images at these indices (all without them) as float32 [n, height, width, channels] in [0, 1].
 * The division is TensorFlow's, as in the compiled step, so that both see the same bits.
 */
export function imageTensor(images: ImageColumns, indices?: Int32Array): tf.Tensor4D {
  const { height, width, channels } = images;
  const size = valuesIn(images);
  const count = indices?.length ?? images.count;
  const values = new Int32Array(count * size);
  for (let row = 0; row < count; row += 1) {
    const from = (indices?.[row] ?? row) * size;
    values.set(images.pixels.subarray(from, from + size), row * size);
  }
  return tf.tidy(() => tf.div(tf.cast(tf.tensor4d(values, [count, height, width, channels], 'int32'), 'float32'), 255));
}

/** Pixels in [0, 1] as bytes, rounded and clipped. A plain loop: decoded grids hold millions. */
export function toPixels(values: Float32Array): Uint8Array {
  const pixels = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    pixels[index] = Math.round(Math.min(1, Math.max(0, values[index]!)) * 255);
  }
  return pixels;
}

/** Numbers of one image: its pixels, in each of its channels. */
export const valuesIn = ({ height, width, channels }: ImageColumns): number => height * width * channels;
