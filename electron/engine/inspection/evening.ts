import type { Evening } from '../../domain/inspection/scores.ts';
import { tf, valuesOf } from '../tensorflow.ts';
import { fewAtATime } from './few-pictures.ts';
import type { Shape } from './pieces.ts';
import { smoothed } from './smooth-planes.ts';

/** The brightness and contrast that pictures are evened to: means over normal pictures of their mean and deviation, 0-1. */
export interface Level {
  readonly mean: number;
  readonly deviation: number;
}

/** Less contrast than this (of 0 to 1) is noise: it is not blown up. */
const LEAST_DEVIATION = 0.02;

/** Mean and deviation of one picture's values. */
export function levelOf(values: Float32Array): Level {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) };
}

/** The mean level of pictures, one after another in `values`, each of `size` values. */
export function meanLevel(values: Float32Array, size: number): Level {
  const levels = Array.from({ length: values.length / size }, (_, at) =>
    levelOf(values.subarray(at * size, (at + 1) * size)),
  );
  const mean = (of: (level: Level) => number): number =>
    levels.reduce((sum, level) => sum + of(level), 0) / levels.length;
  return { mean: mean((level) => level.mean), deviation: mean((level) => level.deviation) };
}

/** Pictures, one after another, each brought to one brightness and contrast; those of `none` and `local` stay as they are. */
export function evened(values: Float32Array, size: number, evening: Evening, level: Level): Float32Array {
  if (evening !== 'picture') return values;
  const out = new Float32Array(values.length);
  for (let first = 0; first < values.length; first += size) {
    const own = levelOf(values.subarray(first, first + size));
    const factor = level.deviation / Math.max(own.deviation, LEAST_DEVIATION);
    for (let at = first; at < first + size; at += 1) out[at] = (values[at]! - own.mean) * factor + level.mean;
  }
  return out;
}

/**
 * Pictures, one after another, each pixel in deviations from the mean around it, by channel: both weighted by a Gaussian of an eighth of the
 * shorter side (local contrast normalisation, Jarrett et al. 2009).
 */
export function evenedAround(pictures: Float32Array, [height, width, channels]: Shape): Float32Array {
  const out = new Float32Array(pictures.length);
  const size = height * width * channels;
  const reach = Math.max(1, Math.min(height, width) / 8);
  for (const [first, few] of fewAtATime(pictures, size)) {
    const count = few.length / size;
    const even = valuesOf(() => {
      const byChannel = tf.transpose(tf.tensor4d(few, [count, height, width, channels]), [0, 3, 1, 2]);
      const planes = tf.reshape(byChannel, [count * channels, height, width]) as tf.Tensor3D;
      // What is the same all over a picture is taken out first: less is left for single precision to round.
      const own = tf.sub(planes, tf.mean(planes, [1, 2], true)) as tf.Tensor3D;
      const centred = tf.sub(own, smoothed(own, reach)) as tf.Tensor3D;
      const squares = tf.relu(smoothed(tf.square(centred), reach));
      const inDeviations = tf.div(centred, tf.add(tf.sqrt(squares), LEAST_DEVIATION));
      return tf.transpose(tf.reshape(inDeviations, [count, channels, height, width]), [0, 2, 3, 1]);
    });
    out.set(even, first * size);
  }
  return out;
}
