import type { ImageColumns } from '../../domain/words.ts';
import { imageTensor } from '../images.ts';
import type { Breathe } from '../inference.ts';
import { tf } from '../tensorflow.ts';

/** Values of images at once: enough rows for sums over them to cost less than the products. */
const VALUES_AT_ONCE = 2_000 * 4_096;

/** Images as rows: float32 [n, height · width · channels] in [0, 1]. */
export function rowsOf(images: ImageColumns, indices: Int32Array): tf.Tensor2D {
  const values = images.height * images.width * images.channels;
  return tf.reshape(imageTensor(images, indices), [indices.length, values]);
}

/** All images, block by block; what `visit` makes and does not keep is disposed. */
export async function inBlocks(
  images: ImageColumns,
  breathe: Breathe,
  visit: (rows: tf.Tensor2D) => void,
): Promise<void> {
  const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / (images.height * images.width * images.channels)));
  for (let first = 0; first < images.count; first += atOnce) {
    const count = Math.min(atOnce, images.count - first);
    const indices = Int32Array.from({ length: count }, (_, row) => first + row);
    tf.tidy(() => {
      visit(rowsOf(images, indices));
    });
    await breathe();
  }
}
