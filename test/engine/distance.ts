/** ‖a - b‖ / ‖a‖; of vectors that are all but zero, ‖a - b‖ itself. */
export function distance(a: Float32Array, b: Float32Array): number {
  let [difference, size] = [0, 0];
  a.forEach((value, index) => {
    difference += (value - b[index]!) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference) / Math.max(Math.sqrt(size), 1e-3);
}
