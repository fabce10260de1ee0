import { tf, valuesOf } from '../tensorflow.ts';
import {
  DIRECTIONS,
  LEAST_STRENGTH,
  mirroredTurn,
  STRENGTHS,
  TURNS,
  type LineFilters,
  type LineScale,
  type Look,
} from './line-filters.ts';

/**
 * How strong lines and edges of each wavelength and direction are around each place (Gabor energies, Jain & Farrokhnia 1991): the
 * length of the filters' pair of answers, under a Gaussian around the place, as a logarithm.
 * @param pictures 0-1, one after another, each [height × width × channels]; of the channels the mean counts
 * @returns [pictures × rows × columns × `STRENGTHS`]
 */
export function lineStrengths(filters: LineFilters, pictures: Float32Array, channels: number): Float32Array {
  const { height, width, rows, columns, scales } = filters;
  const count = pictures.length / (height * width * channels);
  const grey = centredGrey(pictures, height * width, channels);
  return valuesOf(() => {
    const planes = tf.tensor3d(grey, [count, height, width]);
    const strengths = scales.map((scale) => strengthsOf(scale, planes));
    return tf.reshape(tf.concat(strengths, 3), [count * rows * columns, STRENGTHS]);
  });
}

/** Of one wavelength: [pictures, rows, columns, directions]. */
function strengthsOf(scale: LineScale, planes: tf.Tensor3D): tf.Tensor {
  const { pooledAcross, pooledDown } = scale;
  const [pictures, height, width] = planes.shape;
  const [turns, columns, rows] = [TURNS.length, scale.across[0]!.places, scale.down[0]!.places];
  const across = tf.matMul(tf.reshape(planes, [pictures * height, width]), acrossMatrix(scale));
  // [turns, pictures × columns, 2 × height]: what the waves across answer, even and uneven, from top to bottom.
  const answers = tf.reshape(tf.transpose(tf.reshape(across, [pictures, height, turns, 2, columns]), [2, 0, 4, 3, 1]), [
    turns,
    pictures * columns,
    2 * height,
  ]);
  const both = tf.reshape(tf.matMul(answers, downMatrix(scale)), [turns, pictures * columns, 2, 2, rows]);
  const lengths = tf.sqrt(tf.sum(tf.square(both), 3));
  const down = tf.matMul(tf.reshape(lengths, [-1, rows]), matrixOf(pooledDown), false, true);
  const byColumn = tf.reshape(down, [turns, pictures, columns, 2, pooledDown.places]);
  // [pictures, rows of places, turns, directions of a turn, columns]
  const byRow = tf.transpose(byColumn, [1, 4, 0, 3, 2]);
  const pooled = tf.matMul(tf.reshape(byRow, [-1, columns]), matrixOf(pooledAcross), false, true);
  const all = tf.reshape(pooled, [pictures, pooledDown.places, 2 * turns, pooledAcross.places]);
  const told = tf.transpose(tf.gather(all, DIRECTIONS_OF_TURNS, 2), [0, 1, 3, 2]);
  return tf.log(tf.add(told, LEAST_STRENGTH));
}

/** Where directions are among the two of each turn: its own, and its mirror image. */
const DIRECTIONS_OF_TURNS = Array.from({ length: DIRECTIONS }, (_, direction) => {
  const turn = TURNS.find((each) => each === direction || mirroredTurn(each) === direction)!;
  return 2 * turn + (turn === direction ? 0 : 1);
});

const matrixOf = ({ places, length, cosine }: Look): tf.Tensor2D =>
  tf.tensor2d(Float32Array.from(cosine), [places, length]);

/** Waves across, even and uneven, of each turn: [width, turns × 2 × columns]. */
function acrossMatrix({ across }: LineScale): tf.Tensor2D {
  const { length, places } = across[0]!;
  const parts = across.flatMap(({ cosine, sine }) => [cosine, sine]);
  const all = new Float32Array(parts.length * places * length);
  parts.forEach((part, at) => all.set(part, at * places * length));
  return tf.transpose(tf.tensor2d(all, [parts.length * places, length]));
}

/**
 * With e^(i(ax + by)) = e^(iax) e^(iby): what makes of waves across, even and uneven, those of a direction and of its mirror image, whose
 * wave runs the other way across: [turns, 2 × height, 2 × 2 × rows].
 */
function downMatrix({ down }: LineScale): tf.Tensor3D {
  const { length, places } = down[0]!;
  const all = new Float32Array(down.length * 4 * places * 2 * length);
  down.forEach(({ cosine, sine }, turn) => {
    const parts = [
      [cosine, sine, -1],
      [sine, cosine, 1],
      [cosine, sine, 1],
      [sine, cosine, -1],
    ] as const;
    parts.forEach(([ofEven, ofUneven, sign], part) => {
      for (let place = 0; place < places; place += 1) {
        const to = ((turn * 4 + part) * places + place) * 2 * length;
        for (let at = 0; at < length; at += 1) {
          all[to + at] = ofEven[place * length + at]!;
          all[to + length + at] = sign * ofUneven[place * length + at]!;
        }
      }
    });
  });
  return tf.transpose(tf.tensor3d(all, [down.length, 4 * places, 2 * length]), [0, 2, 1]);
}

/** The mean of each picture's channels, less what it is in the mean: no filter answers to brightness alone. */
function centredGrey(pictures: Float32Array, pixels: number, channels: number): Float32Array {
  const grey = new Float32Array(pictures.length / channels);
  const values = new Float64Array(pixels);
  for (let first = 0; first < grey.length; first += pixels) {
    let sum = 0;
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      let value = 0;
      for (let channel = 0; channel < channels; channel += 1) value += pictures[(first + pixel) * channels + channel]!;
      values[pixel] = value / channels;
      sum += value / channels;
    }
    for (let pixel = 0; pixel < pixels; pixel += 1) grey[first + pixel] = values[pixel]! - sum / pixels;
  }
  return grey;
}
