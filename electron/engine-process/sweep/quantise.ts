/** Steps between the least and the largest value of 8 bits. */
const STEPS = 255;
/** The least and the largest value of a unit, as float32: whoever decodes needs both. */
const RANGE_BYTES = 8;

export interface Quantised {
  /** What the bytes stand for: float32 [count × size]. */
  readonly codes: Float32Array;
  /** One a value, and each unit's range. */
  readonly bytes: number;
}

/** Codes as whole steps of their units' ranges. */
export interface Steps {
  /** uint8 [size × count], unit by unit: neighbours are alike, which packs better. */
  readonly steps: Uint8Array;
  /** Least and largest value of each unit: float32 [size × 2]. */
  readonly ranges: Float32Array;
}

/**
 * Codes to 8 bits, each unit evenly between its least and its largest value among them.
 * @param codes float32 [count × size]
 */
export function toSteps(codes: Float32Array, size: number): Steps {
  const count = codes.length / size;
  const steps = new Uint8Array(codes.length);
  const ranges = new Float32Array(2 * size);
  for (let unit = 0; unit < size; unit += 1) {
    let least = Number.POSITIVE_INFINITY;
    let largest = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < count; row += 1) {
      const value = codes[row * size + unit]!;
      if (value < least) least = value;
      if (value > largest) largest = value;
    }
    ranges.set([least, largest], 2 * unit);
    const range = largest - least;
    for (let row = 0; row < count; row += 1) {
      const value = codes[row * size + unit]!;
      steps[unit * count + row] = range === 0 ? 0 : Math.round(((value - least) / range) * STEPS);
    }
  }
  return { steps, ranges };
}

/** The codes that the steps stand for: float32 [count × size]. */
export function fromSteps({ steps, ranges }: Steps): Float32Array {
  const size = ranges.length / 2;
  const count = steps.length / size;
  const codes = new Float32Array(steps.length);
  for (let unit = 0; unit < size; unit += 1) {
    const [least = 0, largest = 0] = ranges.subarray(2 * unit);
    for (let row = 0; row < count; row += 1) {
      codes[row * size + unit] = least + (steps[unit * count + row]! / STEPS) * (largest - least);
    }
  }
  return codes;
}

/**
 * Codes to 8 bits and back.
 * @param codes float32 [count × size]
 */
export function quantise(codes: Float32Array, size: number): Quantised {
  return { codes: fromSteps(toSteps(codes, size)), bytes: codes.length + size * RANGE_BYTES };
}

/** Mean over images of the sum of squared differences, pixels in [0, 1]. @param pixels, others uint8 of equal length */
export function squaredErrorPerImage(pixels: Uint8Array, others: Uint8Array, images: number): number {
  let sum = 0;
  for (let index = 0; index < pixels.length; index += 1) sum += (pixels[index]! - others[index]!) ** 2;
  return sum / STEPS ** 2 / images;
}
