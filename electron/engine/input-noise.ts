import type { NoiseSpec, TrainingSpec } from '../domain/experiment.ts';
import { assertNever } from '../domain/errors.ts';
import { statelessNormal, statelessUniform } from './native-ops.ts';
import type { NoiseStreams } from './forward.ts';
import { tf } from './tensorflow.ts';

/** Corrupts images [n, h, w, c] in [0, 1] for a denoising autoencoder (Vincent et al. 2010, §3.3); the target stays clean. */
export function addNoise(images: tf.Tensor4D, noise: NoiseSpec, streams: NoiseStreams): tf.Tensor4D {
  switch (noise.kind) {
    case 'gaussian':
      return tf.clipByValue(
        tf.add(images, tf.mul(statelessNormal(images.shape, streams.take()), noise.deviation)),
        0,
        1,
      );
    case 'masking':
      return tf.mul(images, atLeast(noise.fraction, images.shape, streams));
    case 'salt-and-pepper': {
      const untouched = atLeast(noise.fraction, images.shape, streams);
      const salt = atLeast(0.5, images.shape, streams);
      return tf.add(tf.mul(images, untouched), tf.mul(salt, tf.sub(1, untouched)));
    }
    case 'patches':
      return tf.mul(images, tf.sub(1, patches(images.shape, noise, streams)));
    default:
      return assertNever(noise);
  }
}

/**
 * Draws each pixel as 0 or 1, its value being the probability of 1 (Salakhutdinov & Murray 2008, §4.1; anew for every batch as in
 * Burda et al. 2016, §5).
 */
export function binarise(images: tf.Tensor4D, streams: NoiseStreams): tf.Tensor4D {
  return tf.cast(tf.less(statelessUniform(images.shape, streams.take()), images), 'float32');
}

/**
 * 1 in squares of `size` pixels a side, each anywhere within its image, else 0: float32 [n, height, width, 1] (Pathak et al. 2016, §3.3,
 * "random block").
 */
function patches(
  [images, height, width]: readonly [number, number, number, number],
  { count, size }: Extract<NoiseSpec, { kind: 'patches' }>,
  streams: NoiseStreams,
): tf.Tensor4D {
  /** Which of so many rows, or columns, each square takes: 1 or 0, [n, count, length]. */
  const taken = (length: number): tf.Tensor3D => {
    const drawn = statelessUniform([images, count, 1], streams.take());
    const first = tf.floor(tf.mul(drawn, length - size + 1));
    const behind = tf.sub(tf.range(0, length), first);
    return tf.cast(tf.logicalAnd(tf.greaterEqual(behind, 0), tf.less(behind, size)), 'float32') as tf.Tensor3D;
  };
  // A pixel is in as many squares as hold both its row and its column.
  const within = tf.matMul(taken(height), taken(width), true, false);
  return tf.reshape(tf.minimum(within, 1), [images, height, width, 1]);
}

/** 1 with probability 1 - `fraction`, else 0. */
function atLeast(fraction: number, shape: readonly number[], streams: NoiseStreams): tf.Tensor4D {
  return tf.cast(tf.greaterEqual(statelessUniform(shape, streams.take()), fraction), 'float32');
}

/**
 * Moves each image by up to ±`shiftPixels` in both directions (edges repeated) and mirrors half of them left to right.
 * Each shift is a product with a 0/1 matrix chosen by the image's own random number: it compiles everywhere, XLA included.
 */
export function augment(images: tf.Tensor4D, spec: TrainingSpec['augmentation'], streams: NoiseStreams): tf.Tensor4D {
  const [count, height, width] = images.shape;
  let moved = images;
  if (spec.shiftPixels > 0) {
    const rows = shiftMatrices(count, height, spec.shiftPixels, streams);
    const columns = shiftMatrices(count, width, spec.shiftPixels, streams);
    moved = shiftRows(moved, rows);
    moved = swapAxes(shiftRows(swapAxes(moved), columns));
  }
  if (spec.flip) {
    const mirrored = tf.reverse(moved, 2);
    const chosen = tf.reshape(atLeast(0.5, [count, 1, 1, 1], streams), [count, 1, 1, 1]);
    moved = tf.add(tf.mul(mirrored, chosen), tf.mul(moved, tf.sub(1, chosen)));
  }
  return moved;
}

/** [n, size, size]: for each image the matrix that moves its rows by its own whole number of pixels. */
function shiftMatrices(count: number, size: number, most: number, streams: NoiseStreams): tf.Tensor3D {
  const uniform = statelessUniform([count, 1, 1], streams.take());
  const shift = tf.sub(tf.floor(tf.mul(uniform, 2 * most + 1)), most);
  const target = tf.reshape(tf.range(0, size), [1, size, 1]);
  const source = tf.reshape(tf.range(0, size), [1, 1, size]);
  const within = tf.clipByValue(tf.sub(target, shift), 0, size - 1);
  return tf.cast(tf.equal(within, source), 'float32') as tf.Tensor3D;
}

function shiftRows(images: tf.Tensor4D, matrices: tf.Tensor3D): tf.Tensor4D {
  const [count, height, width, channels] = images.shape;
  return tf.reshape(tf.matMul(matrices, tf.reshape(images, [count, height, width * channels])), images.shape);
}

const swapAxes = (images: tf.Tensor4D): tf.Tensor4D => tf.transpose(images, [0, 2, 1, 3]);
