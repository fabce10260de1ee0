/** Pictures that are worked on together: enough for TensorFlow's products, and few enough to stay small. */
export const AT_ONCE = 32;

/** Pictures of `size` values, one after another, a few at a time: which is their first, and their values. */
export function* fewAtATime(
  pictures: Float32Array,
  size: number,
): Generator<readonly [first: number, few: Float32Array]> {
  for (let first = 0; first < pictures.length / size; first += AT_ONCE) {
    yield [first, pictures.subarray(first * size, (first + AT_ONCE) * size)];
  }
}
