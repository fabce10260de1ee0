import { StudioError } from '../../domain/errors.ts';
import type { Picture } from '../picture/picture.ts';
import { shapeText, type NpyHeader } from './npy-header.ts';
import { elementsOf, pixelScale, type NpyArray } from './npy-elements.ts';

/** How the axes of an array are images. */
export interface ImageLayout {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [count, channels, height, width], as PyTorch keeps them. */
  readonly planar: boolean;
}

/** A picture's side in an array may not be larger. */
const MOST_SIDE = 16_384;

/** Reads a shape as images; undefined where it cannot be one. Two axes are flattened square images. */
export function imageLayout(shape: readonly number[]): ImageLayout | undefined {
  const [count = 0, a = 0, b = 0, c = 0] = shape;
  if (count < 1 || shape.some((size) => size < 1 || (size > MOST_SIDE * MOST_SIDE && size !== count))) return undefined;
  const fits = (height: number, width: number): boolean => Math.max(height, width) <= MOST_SIDE;
  if (shape.length === 2) {
    const side = Math.sqrt(a);
    if (!Number.isInteger(side) || side < 4) return undefined;
    return { count, width: side, height: side, channels: 1, planar: false };
  }
  if (shape.length === 3)
    return fits(a, b) && b > 4 ? { count, width: b, height: a, channels: 1, planar: false } : undefined;
  if (shape.length !== 4) return undefined;
  if ((c === 1 || c === 3) && fits(a, b)) return { count, width: b, height: a, channels: c, planar: false };
  if ((a === 1 || a === 3) && fits(b, c)) return { count, width: c, height: b, channels: a, planar: a === 3 };
  return undefined;
}

/** The images of an array, one by one. A Fortran-ordered array is turned over in memory, at most `memoryBytes`. */
export async function* imagesOf(array: NpyArray, layout: ImageLayout, memoryBytes: number): AsyncGenerator<Picture> {
  const scale = await pixelScale(array);
  const size = layout.width * layout.height * layout.channels;
  if (array.header.fortranOrder && array.header.shape.length > 1) {
    const pixels = await turnedOver(array, scale, memoryBytes);
    for (let index = 0; index < layout.count; index += 1) {
      yield pictureOf(pixels.slice(index * size, (index + 1) * size), layout);
    }
    return;
  }
  let image = new Uint8Array(size);
  let filled = 0;
  for await (const piece of elementsOf(array)) {
    for (let from = 0; from < piece.length;) {
      const taken = Math.min(size - filled, piece.length - from);
      fill(image, filled, piece.subarray(from, from + taken), scale);
      filled += taken;
      from += taken;
      if (filled < size) continue;
      yield pictureOf(image, layout);
      image = new Uint8Array(size);
      filled = 0;
    }
  }
}

function fill(image: Uint8Array, at: number, values: Float64Array | Uint8Array, scale: 1 | 255): void {
  if (values instanceof Uint8Array && scale === 1) image.set(values, at);
  else for (let index = 0; index < values.length; index += 1) image[at + index] = Math.round(values[index]! * scale);
}

function pictureOf(pixels: Uint8Array, { width, height, channels, planar }: ImageLayout): Picture {
  if (!planar) return { width, height, channels, pixels };
  const plane = width * height;
  const interleaved = new Uint8Array(pixels.length);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let index = 0; index < plane; index += 1)
      interleaved[index * channels + channel] = pixels[channel * plane + index]!;
  }
  return { width, height, channels, pixels: interleaved };
}

/** The elements in C order. */
async function turnedOver(array: NpyArray, scale: 1 | 255, memoryBytes: number): Promise<Uint8Array> {
  const { shape, count } = array.header;
  if (count > memoryBytes) {
    const found = `${count.toLocaleString('en')} bytes in Fortran order (np.ascontiguousarray saves it in the usual one)`;
    throw new StudioError(
      'refused',
      `${array.name}: expected at most ${memoryBytes.toLocaleString('en')}, found ${found}.`,
    );
  }
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const pixels = new Uint8Array(count);
  const place = shape.map(() => 0);
  let to = 0;
  for await (const piece of elementsOf(array)) {
    for (const value of piece) {
      pixels[to] = Math.round(value * scale);
      // The next element differs in the first axis, then the second, …
      for (let axis = 0; axis < shape.length; axis += 1) {
        place[axis]! += 1;
        to += strides[axis]!;
        if (place[axis]! < shape[axis]!) break;
        to -= strides[axis]! * shape[axis]!;
        place[axis] = 0;
      }
    }
  }
  return pixels;
}

/** Whether an array can be labels: one number an image. */
export function isLabels({ shape }: NpyHeader): boolean {
  return shape.length === 1 || (shape.length === 2 && shape[1] === 1);
}

/** @throws StudioError `bad-file` where a label is not a whole number. */
export async function labelsOf(array: NpyArray): Promise<string[]> {
  const labels: string[] = [];
  for await (const piece of elementsOf(array)) {
    for (const value of piece) {
      if (!Number.isInteger(value)) {
        const found = `${value} at [${labels.length}]`;
        throw new StudioError('bad-file', `${array.name}: expected whole numbers as labels, found ${found}.`);
      }
      labels.push(String(value));
    }
  }
  return labels;
}

/** "weights [3] and labels [6]". */
export function describeArrays(arrays: readonly NpyArray[]): string {
  const texts = arrays.slice(0, 8).map(({ name, header }) => `${name} ${shapeText(header.shape)}`);
  if (texts.length === 0) return 'none';
  const last = texts.pop()!;
  return texts.length === 0 ? last : `${texts.join(', ')} and ${last}`;
}
