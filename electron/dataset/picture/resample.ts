import type { Picture } from './picture.ts';

/** A rectangle of the source, in its pixels; may have fractions. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Keys' cubic (1981) with a = -1/2 reaches two samples to each side. */
const SUPPORT = 2;

/**
 * Resamples a region of a picture to width × height with the cubic kernel of Keys (1981), widened when it shrinks so that
 * nothing aliases. A region that maps one to one is copied exactly.
 */
export function resample<P extends Picture>(picture: P, width: number, height: number, region?: Region): P {
  const { left, top, width: spanX, height: spanY } = region ?? { left: 0, top: 0, ...picture };
  const whole = left === 0 && top === 0 && spanX === picture.width && spanY === picture.height;
  if (whole && width === picture.width && height === picture.height) return picture;
  const { channels } = picture;
  const across = taps(picture.width, left, spanX, width);
  const down = taps(picture.height, top, spanY, height);
  const rows = new Float32Array(picture.height * width * channels);
  for (let y = 0; y < picture.height; y += 1) {
    const from = y * picture.width * channels;
    const row = rows.subarray(y * width * channels, (y + 1) * width * channels);
    if (channels === 3) rowOfColours(picture.pixels, from, across, row);
    else rowOf(picture.pixels, from, channels, across, row);
  }
  const pixels = new Uint8Array(width * height * channels);
  const rowLength = width * channels;
  const sums = new Float64Array(rowLength);
  for (let y = 0; y < height; y += 1) {
    sums.fill(0);
    for (let tap = 0; tap < down.size; tap += 1) {
      const weight = down.weights[y * down.size + tap]!;
      const from = (down.first[y]! + tap) * rowLength;
      for (let place = 0; place < rowLength; place += 1) sums[place]! += weight * rows[from + place]!;
    }
    for (let place = 0; place < rowLength; place += 1) {
      pixels[y * rowLength + place] = Math.max(0, Math.min(255, Math.round(sums[place]!)));
    }
  }
  return { ...picture, width, height, pixels };
}

/** One row of a picture, from `from` on, at another width. */
function rowOf(pixels: Uint8Array, from: number, channels: number, { size, first, weights }: Taps, row: Float32Array) {
  for (let x = 0; x < first.length; x += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      let at = from + first[x]! * channels + channel;
      let sum = 0;
      for (let tap = x * size; tap < (x + 1) * size; tap += 1, at += channels) sum += weights[tap]! * pixels[at]!;
      row[x * channels + channel] = sum;
    }
  }
}

/** The same of three channels: what photographs have, and half as long. */
function rowOfColours(pixels: Uint8Array, from: number, { size, first, weights }: Taps, row: Float32Array) {
  for (let x = 0; x < first.length; x += 1) {
    let at = from + first[x]! * 3;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let tap = x * size; tap < (x + 1) * size; tap += 1, at += 3) {
      const weight = weights[tap]!;
      red += weight * pixels[at]!;
      green += weight * pixels[at + 1]!;
      blue += weight * pixels[at + 2]!;
    }
    row[x * 3] = red;
    row[x * 3 + 1] = green;
    row[x * 3 + 2] = blue;
  }
}

interface Taps {
  /** Taps a target pixel; those beyond its own are zero. */
  readonly size: number;
  /** The first source sample of each target pixel. */
  readonly first: Int32Array;
  readonly weights: Float32Array;
}

function taps(source: number, start: number, span: number, target: number): Taps {
  const scale = span / target;
  const stretch = Math.max(1, scale);
  const reach = SUPPORT * stretch;
  const size = Math.min(source, Math.ceil(reach) * 2 + 1);
  const first = new Int32Array(target);
  const weights = new Float32Array(target * size);
  for (let index = 0; index < target; index += 1) {
    const centre = start + (index + 0.5) * scale;
    const from = Math.min(Math.max(0, Math.floor(centre - reach + 0.5)), source - size);
    first[index] = from;
    let sum = 0;
    for (let tap = 0; tap < size; tap += 1) {
      const weight = cubic((from + tap + 0.5 - centre) / stretch);
      weights[index * size + tap] = weight;
      sum += weight;
    }
    // Beside the edge some of the kernel falls outside: the rest carries its weight.
    for (let tap = 0; tap < size; tap += 1) weights[index * size + tap]! /= sum;
  }
  return { size, first, weights };
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}
