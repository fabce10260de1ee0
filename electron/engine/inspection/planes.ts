/** A plane of numbers, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Smoothed with a Gaussian of a deviation in pixels, cut off at three; edges are mirrored, so that a constant stays what it is. */
export function blurred({ width, height, values }: Plane, deviation: number): Plane {
  return { width, height, values: new Float32Array(blurredExactly({ width, height, values }, deviation)) };
}

/** The same in double precision: for differences of what is smoothed, of which singles leave too few digits. */
export function blurredExactly(
  { width, height, values }: Omit<Plane, 'values'> & { readonly values: Float32Array | Float64Array },
  deviation: number,
): Float64Array {
  const kernel = gaussianWeights(deviation);
  const reach = (kernel.length - 1) / 2;
  const across = new Float64Array(values.length);
  const columns = mirrored(width, reach);
  const line = new Float64Array(columns.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < line.length; x += 1) line[x] = values[y * width + columns[x]!]!;
    for (let x = 0; x < width; x += 1) {
      let total = 0;
      for (let tap = 0; tap < kernel.length; tap += 1) total += kernel[tap]! * line[x + tap]!;
      across[y * width + x] = total;
    }
  }
  const down = new Float64Array(values.length);
  const rows = mirrored(height, reach);
  for (let y = 0; y < height; y += 1) {
    for (let tap = 0; tap < kernel.length; tap += 1) {
      const [weight, from] = [kernel[tap]!, rows[y + tap]! * width];
      for (let x = 0; x < width; x += 1) down[y * width + x]! += weight * across[from + x]!;
    }
  }
  return down;
}

/** Weights of a Gaussian of this deviation in pixels at whole places, cut off at three; they add up to 1. */
export function gaussianWeights(deviation: number): Float64Array {
  const reach = Math.max(1, Math.ceil(3 * deviation));
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * deviation ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Places -reach … length + reach - 1, those beyond the ends mirrored into it. */
export function mirrored(length: number, reach: number): Int32Array {
  return Int32Array.from({ length: length + 2 * reach }, (_, at) => {
    const period = 2 * length;
    const place = (((at - reach) % period) + period) % period;
    return place < length ? place : period - 1 - place;
  });
}

/** Another size of the same plane: between the middles of its cells linearly, beyond the outermost constant. */
export function resized(plane: Plane, width: number, height: number): Plane {
  const values = new Float32Array(width * height);
  const across = between(plane.width, width);
  const down = between(plane.height, height);
  for (let y = 0; y < height; y += 1) {
    const [top, bottom, low] = [down.first[y]! * plane.width, down.second[y]! * plane.width, down.share[y]!];
    for (let x = 0; x < width; x += 1) {
      const [left, right, far] = [across.first[x]!, across.second[x]!, across.share[x]!];
      const upper = plane.values[top + left]! * (1 - far) + plane.values[top + right]! * far;
      const lower = plane.values[bottom + left]! * (1 - far) + plane.values[bottom + right]! * far;
      values[y * width + x] = upper * (1 - low) + lower * low;
    }
  }
  return { width, height, values };
}

/** For each place of the new side, the two of the old that it lies between, and how far it is from the first. */
export function between(from: number, to: number) {
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const share = new Float32Array(to);
  for (let at = 0; at < to; at += 1) {
    const place = Math.min(from - 1, Math.max(0, ((at + 0.5) * from) / to - 0.5));
    first[at] = Math.floor(place);
    second[at] = Math.min(from - 1, first[at]! + 1);
    share[at] = place - first[at]!;
  }
  return { first, second, share };
}

/** The mean over a share of a plane's values, the largest ones (at least one). */
export function meanOfWorst(values: Float32Array, share: number): number {
  const count = Math.max(1, Math.round(values.length * share));
  const ascending = values.toSorted();
  let sum = 0;
  for (let at = ascending.length - count; at < ascending.length; at += 1) sum += ascending[at]!;
  return sum / count;
}
