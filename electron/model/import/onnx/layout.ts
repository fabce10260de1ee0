import { sizeOf } from '../read-chain.ts';
import { broadcast, placesIn } from './broadcast.ts';

/** One step of a value's own order through the order in which the chain keeps it; 0 repeats. */
interface Axis {
  readonly size: number;
  readonly stride: number;
}

/**
 * How a value of an ONNX graph, of any number of dimensions, lies over the numbers that the chain of layers keeps, image by image
 * with channels last. Reshaping and transposing change this alone; no numbers move.
 */
export class Layout {
  /** Without the batch. */
  readonly dims: readonly number[];
  /** All dimensions one after another, the last running fastest; neighbours that step as one are one. */
  private readonly axes: readonly Axis[];

  private constructor(dims: readonly number[], axes: readonly Axis[]) {
    this.dims = dims;
    this.axes = merged(axes);
  }

  /** With these steps through the chain's numbers, one dimension each. */
  static of(axes: readonly Axis[]): Layout {
    return new Layout(
      axes.map(({ size }) => size),
      axes,
    );
  }

  /** In the chain's own order. */
  static plain(dims: readonly number[]): Layout {
    return new Layout(dims, [{ size: sizeOf(dims), stride: 1 }]);
  }

  /** An image with its channels first. */
  static channelsFirst([height = 1, width = 1, channels = 1]: readonly number[]): Layout {
    const axes = [
      { size: channels, stride: 1 },
      { size: height, stride: width * channels },
      { size: width, stride: channels },
    ];
    return new Layout([channels, height, width], axes);
  }

  get size(): number {
    return sizeOf(this.dims);
  }

  reshaped(dims: readonly number[]): Layout | undefined {
    return sizeOf(dims) === this.size ? new Layout(dims, this.axes) : undefined;
  }

  /** @param order of the dimensions. Undefined where an earlier reshaping has mixed them. */
  transposed(order: readonly number[]): Layout | undefined {
    const parts = this.byDimension();
    if (parts === undefined) return undefined;
    return new Layout(
      order.map((from) => this.dims[from] ?? 1),
      order.flatMap((from) => parts[from] ?? []),
    );
  }

  /** Repeats the value along a dimension. */
  tiled(dimension: number, times: number): Layout | undefined {
    const parts = this.byDimension();
    if (parts === undefined) return undefined;
    const axes = parts.flatMap((part, at) => (at === dimension ? [{ size: times, stride: 0 }, ...part] : part));
    return new Layout(
      this.dims.map((size, at) => (at === dimension ? size * times : size)),
      axes,
    );
  }

  /** Whether the numbers follow each other in the same order, whatever the dimensions. */
  follows(other: Layout): boolean {
    const same = (axis: Axis, at: number): boolean =>
      axis.size === other.axes[at]?.size && axis.stride === other.axes[at].stride;
    return this.axes.length === other.axes.length && this.axes.every(same);
  }

  /**
   * Where this repeats each pixel of an image [height, width, channels] as often both ways, and does nothing else: how often, and how
   * it lies over the image so enlarged.
   */
  enlargement(image: readonly number[]): { readonly times: number; readonly layout: Layout } | undefined {
    const [height = 1, width = 1, channels = 1] = image;
    const times = Math.sqrt(this.size / (height * width * channels));
    if (!Number.isSafeInteger(times) || times < 2) return undefined;
    const repeated = { size: times, stride: 0 };
    const rows = [{ size: height, stride: width * channels }, repeated];
    const columns = [{ size: width, stride: channels }, repeated];
    const units = [{ size: channels, stride: 1 }];
    const enlarged = [height * times, width * times, channels];
    if (this.follows(new Layout(this.dims, [...units, ...rows, ...columns]))) {
      return { times, layout: new Layout(this.dims, Layout.channelsFirst(enlarged).axes) };
    }
    if (this.follows(new Layout(this.dims, [...rows, ...columns, ...units]))) {
      return { times, layout: Layout.plain(this.dims) };
    }
    return undefined;
  }

  /** The chain's place of each number, in this value's own order. */
  places(): Uint32Array {
    const places = new Uint32Array(this.size);
    let every = this.size;
    for (const { size, stride } of this.axes) {
      every /= size;
      for (let at = 0; at < places.length; at += 1) places[at]! += (Math.floor(at / every) % size) * stride;
    }
    return places;
  }

  /**
   * A constant that is put over this value, sizes compared from the last on, as one number for each channel of the chain.
   * @param dims of the constant, the batch's size of 1 in front or not
   * @param channels of the chain, which has them last
   * @returns undefined where the constant does not go over this value, or differs within a channel
   */
  byChannel(dims: readonly number[], values: ArrayLike<number>, channels: number): Float32Array | undefined {
    const own = dims.length > this.dims.length && dims.at(-1 - this.dims.length) === 1 ? dims.slice(1) : dims;
    if (own.length > this.dims.length || this.size > MOST_COMPARED || this.size % channels !== 0) return undefined;
    if (broadcast(own, this.dims)?.join() !== this.dims.join()) return undefined;
    const placeOf = placesIn(own, this.dims);
    const [places, found] = [this.places(), new Float32Array(channels).fill(Number.NaN)];
    const seen = new Uint8Array(channels);
    for (let at = 0; at < places.length; at += 1) {
      const value = values[placeOf(at)] as number;
      const channel = (places[at] as number) % channels;
      if (seen[channel] === 0) found[channel] = value;
      else if (!Object.is(found[channel], Math.fround(value))) return undefined;
      seen[channel] = 1;
    }
    return found;
  }

  /** The axes of each dimension; undefined where one axis goes over the border of two in no whole steps. */
  private byDimension(): Axis[][] | undefined {
    const rest = [...this.axes];
    const parts: Axis[][] = [];
    for (const size of this.dims) {
      const part: Axis[] = [];
      for (let left = size; left > 1;) {
        const next = rest.shift();
        if (next === undefined) return undefined;
        if (next.size <= left) {
          if (left % next.size !== 0) return undefined;
          part.push(next);
          left /= next.size;
        } else {
          if (next.size % left !== 0) return undefined;
          const inner = next.size / left;
          part.push({ size: left, stride: next.stride * inner });
          rest.unshift({ size: inner, stride: next.stride });
          left = 1;
        }
      }
      parts.push(part);
    }
    return parts;
  }
}

/** Of one value that a constant is put over. */
const MOST_COMPARED = 2 ** 24;

function merged(axes: readonly Axis[]): Axis[] {
  const whole: Axis[] = [];
  for (const axis of axes) {
    if (axis.size === 1) continue;
    const before = whole.at(-1);
    if (before !== undefined && before.stride === axis.size * axis.stride) {
      whole[whole.length - 1] = { size: before.size * axis.size, stride: axis.stride };
    } else whole.push(axis);
  }
  return whole;
}
