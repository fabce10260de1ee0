import { StudioError } from '../../domain/errors.ts';
import type { NumberPicture } from '../picture/number-picture.ts';
import { looksPlanar } from './colour-order.ts';
import { elementsOf, type NpyArray } from './npy-elements.ts';
import { shapeText } from './npy-header.ts';

/** How the axes of an array are images. */
export interface ImageLayout {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 RGB, 4 RGB and opacity. */
  readonly channels: 1 | 3 | 4;
  /** [count, channels, height, width], as PyTorch keeps them. */
  readonly planar: boolean;
  /** One row an image, all axes in one: whether it is planar only the numbers tell. */
  readonly flat?: true;
}

/** A picture's side in an array may not be larger. */
const MOST_SIDE = 16_384;

const isChannels = (size: number): size is 1 | 3 | 4 => size === 1 || size === 3 || size === 4;

/** Reads a shape as images; undefined where it cannot be one. Two axes are flattened square images, grey or RGB. */
export function imageLayout(shape: readonly number[]): ImageLayout | undefined {
  const [count = 0, a = 0, b = 0, c = 0] = shape;
  if (count < 1 || shape.some((size) => size < 1 || (size > MOST_SIDE * MOST_SIDE && size !== count))) return undefined;
  if (shape.length === 2) {
    const square = squareOf(a);
    return (
      square && { count, width: square.side, height: square.side, channels: square.channels, planar: false, flat: true }
    );
  }
  const fits = (height: number, width: number): boolean => Math.max(height, width) <= MOST_SIDE;
  if (shape.length === 3)
    return fits(a, b) && b > 4 ? { count, width: b, height: a, channels: 1, planar: false } : undefined;
  if (shape.length !== 4) return undefined;
  if (isChannels(c) && fits(a, b)) return { count, width: b, height: a, channels: c, planar: false };
  if (isChannels(a) && fits(b, c)) return { count, width: c, height: b, channels: a, planar: a > 1 };
  return undefined;
}

/** Reads a shape as one picture: [height, width], [height, width, channels] or [channels, height, width]. */
export function pictureLayout(shape: readonly number[]): ImageLayout | undefined {
  const [a = 0, b = 0, c = 1] = shape;
  const fits = (height: number, width: number): boolean =>
    Math.min(height, width) > 4 && Math.max(height, width) <= MOST_SIDE;
  if (shape.length !== 2 && shape.length !== 3) return undefined;
  if (isChannels(c) && fits(a, b)) return { count: 1, width: b, height: a, channels: c, planar: false };
  if (isChannels(a) && fits(b, c)) return { count: 1, width: c, height: b, channels: a, planar: a > 1 };
  return undefined;
}

/** The square picture that so many values are, grey or RGB. No number is both: 3 is no square. */
export function squareOf(values: number): { readonly side: number; readonly channels: 1 | 3 } | undefined {
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(values / channels);
    if (Number.isInteger(side) && side >= 4) return { side, channels };
  }
  return undefined;
}

/** Rows of colour that are looked at to tell their order. */
const ROWS_LOOKED_AT = 32;

/** The layout with its order told from the first rows, where they are flat rows of colours. */
export async function withOrder(
  array: NpyArray,
  layout: ImageLayout,
  order: 'interleaved' | 'planar' | undefined,
  memoryBytes: number,
): Promise<ImageLayout> {
  if (layout.flat !== true || layout.channels !== 3) return layout;
  if (order !== undefined) return { ...layout, planar: order === 'planar' };
  const rows: ArrayLike<number>[] = [];
  for await (const { values } of imagesOf(array, layout, memoryBytes)) {
    rows.push(values);
    if (rows.length === ROWS_LOOKED_AT) break;
  }
  return { ...layout, planar: looksPlanar(rows, layout.width) };
}

/** The images of an array, one by one. A Fortran-ordered array is turned over in memory, at most `memoryBytes`. */
export async function* imagesOf(
  array: NpyArray,
  layout: ImageLayout,
  memoryBytes: number,
): AsyncGenerator<NumberPicture> {
  const size = layout.width * layout.height * layout.channels;
  const isBytes = array.header.kind === 'u' && array.header.size === 1;
  const make = (length: number): Numbers => (isBytes ? new Uint8Array(length) : new Float64Array(length));
  if (array.header.fortranOrder && array.header.shape.length > 1) {
    const values = await turnedOver(array, make, memoryBytes);
    for (let index = 0; index < layout.count; index += 1) {
      yield pictureOf(values.slice(index * size, (index + 1) * size), layout);
    }
    return;
  }
  let image = make(size);
  let filled = 0;
  for await (const piece of elementsOf(array)) {
    for (let from = 0; from < piece.length;) {
      const taken = Math.min(size - filled, piece.length - from);
      image.set(piece.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
      if (filled < size) continue;
      yield pictureOf(image, layout);
      image = make(size);
      filled = 0;
    }
  }
}

type Numbers = Uint8Array | Float64Array;

function pictureOf(values: Numbers, { width, height, channels, planar }: ImageLayout): NumberPicture {
  const about = { width, height, bands: channels, alpha: channels === 4 };
  return { ...about, values: planar ? interleaved(values, width * height, channels) : values };
}

/** Planes beside each other become pixels beside each other. */
export function interleaved<N extends Uint8Array | Float64Array | Float32Array>(
  values: N,
  plane: number,
  bands: number,
): N {
  const pixels = values.slice() as N;
  for (let band = 0; band < bands; band += 1) {
    for (let index = 0; index < plane; index += 1) pixels[index * bands + band] = values[band * plane + index]!;
  }
  return pixels;
}

/** The elements in C order. */
async function turnedOver(array: NpyArray, make: (length: number) => Numbers, memoryBytes: number): Promise<Numbers> {
  const { shape, count, size } = array.header;
  const bytes = count * (size === 1 ? 1 : 8);
  if (bytes > memoryBytes) {
    const found = `${bytes.toLocaleString('en')} bytes in Fortran order (np.ascontiguousarray saves it in the usual one)`;
    throw new StudioError(
      'refused',
      `${array.name}: expected at most ${memoryBytes.toLocaleString('en')}, found ${found}.`,
    );
  }
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const values = make(count);
  const place = shape.map(() => 0);
  let to = 0;
  for await (const piece of elementsOf(array)) {
    for (const value of piece) {
      values[to] = value;
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
  return values;
}

/** "weights [3] and labels [6]". */
export function describeArrays(
  arrays: readonly { readonly name: string; readonly header: { readonly shape: readonly number[] } }[],
): string {
  const texts = arrays.slice(0, 8).map(({ name, header }) => `${name} ${shapeText(header.shape)}`);
  if (texts.length === 0) return 'none';
  const last = texts.pop()!;
  return texts.length === 0 ? last : `${texts.join(', ')} and ${last}`;
}
