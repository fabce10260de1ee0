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
  // Several new rows lie between the same two: each of those is brought to the new width once.
  let upper = { row: -1, values: new Float64Array(width) };
  let lower = { row: -1, values: new Float64Array(width) };
  for (let y = 0; y < height; y += 1) {
    const [top, bottom, low] = [down.first[y]!, down.second[y]!, down.share[y]!];
    if (lower.row === top) [upper, lower] = [lower, upper];
    if (upper.row !== top) stretch(plane, top, across, upper);
    if (lower.row !== bottom) stretch(plane, bottom, across, lower);
    const [above, below] = [upper.values, lower.values];
    for (let x = 0; x < width; x += 1) values[y * width + x] = above[x]! * (1 - low) + below[x]! * low;
  }
  return { width, height, values };
}

/** Fills `into` with one row of a plane at another width. */
function stretch(
  { width, values }: Plane,
  row: number,
  { first, second, share }: ReturnType<typeof between>,
  into: { row: number; readonly values: Float64Array },
): void {
  into.row = row;
  const from = row * width;
  for (let x = 0; x < share.length; x += 1) {
    const far = share[x]!;
    into.values[x] = values[from + first[x]!]! * (1 - far) + values[from + second[x]!]! * far;
  }
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

/** The mean over a share of a plane's values, the largest ones (at least one); NaN where one is. */
export function meanOfWorst(values: Float32Array, share: number): number {
  for (const value of values) if (Number.isNaN(value)) return Number.NaN;
  const count = Math.max(1, Math.round(values.length * share));
  const own = values.slice();
  partition(own, own.length - count);
  let sum = 0;
  for (const value of own.subarray(own.length - count).sort()) sum += value;
  return sum / count;
}

/** Orders values so that none before a place is larger than one from there on: Hoare's FIND (1961), in place. */
function partition(values: Float32Array, place: number): void {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[place]!;
    let [left, right] = [low, high];
    while (left <= right) {
      while (values[left]! < pivot) left += 1;
      while (values[right]! > pivot) right -= 1;
      if (left > right) break;
      const value = values[left]!;
      values[left] = values[right]!;
      values[right] = value;
      left += 1;
      right -= 1;
    }
    if (right < place) low = left;
    if (left > place) high = right;
  }
}
