import type { Evening } from '../../domain/inspection/scores.ts';
import type { Shape } from './pieces.ts';
import { blurred } from './planes.ts';

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
  const reach = Math.max(1, Math.min(height, width) / 8);
  const pixels = height * width;
  for (let first = 0; first < pictures.length; first += pixels * channels) {
    for (let channel = 0; channel < channels; channel += 1) {
      const values = new Float32Array(pixels);
      for (let at = 0; at < pixels; at += 1) values[at] = pictures[first + at * channels + channel]!;
      const means = blurred({ width, height, values }, reach).values;
      const centred = values.map((value, at) => value - means[at]!);
      const squares = blurred({ width, height, values: centred.map((value) => value * value) }, reach).values;
      centred.forEach((value, at) => {
        out[first + at * channels + channel] = value / (Math.sqrt(Math.max(0, squares[at]!)) + LEAST_DEVIATION);
      });
    }
  }
  return out;
}
