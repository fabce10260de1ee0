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

/**
 * Codes to 8 bits and back, each unit evenly between its least and its largest value among them.
 * @param codes float32 [count × size]
 */
export function quantise(codes: Float32Array, size: number): Quantised {
  const count = codes.length / size;
  const back = new Float32Array(codes.length);
  for (let unit = 0; unit < size; unit += 1) {
    let least = Number.POSITIVE_INFINITY;
    let largest = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < count; row += 1) {
      const value = codes[row * size + unit]!;
      if (value < least) least = value;
      if (value > largest) largest = value;
    }
    const range = largest - least;
    for (let row = 0; row < count; row += 1) {
      const place = row * size + unit;
      const step = range === 0 ? 0 : Math.round(((codes[place]! - least) / range) * STEPS);
      back[place] = least + (step / STEPS) * range;
    }
  }
  return { codes: back, bytes: codes.length + size * RANGE_BYTES };
}

/** Mean over images of the sum of squared differences, pixels in [0, 1]. @param pixels, others uint8 of equal length */
export function squaredErrorPerImage(pixels: Uint8Array, others: Uint8Array, images: number): number {
  let sum = 0;
  for (let index = 0; index < pixels.length; index += 1) sum += (pixels[index]! - others[index]!) ** 2;
  return sum / STEPS ** 2 / images;
}
