/** Code `index` of a column [n × size]. */
export function codeOf(codes: Float32Array, size: number, index: number): Float32Array<ArrayBuffer> {
  return codes.slice(index * size, (index + 1) * size);
}

/** The mean of some of the codes, those that are finite; nothing when there are none. */
export function meanCode(
  codes: Float32Array,
  size: number,
  indices: Iterable<number>,
): Float32Array<ArrayBuffer> | undefined {
  const sum = new Float64Array(size);
  let count = 0;
  for (const index of indices) {
    const code = codes.subarray(index * size, (index + 1) * size);
    if (code.length < size || !code.every(Number.isFinite)) continue;
    for (let unit = 0; unit < size; unit++) sum[unit]! += code[unit]!;
    count++;
  }
  return count === 0 ? undefined : Float32Array.from(sum, (value) => value / count);
}

/** What leads from one group's mean code to another's. */
export const difference = (from: Float32Array, to: Float32Array) => to.map((value, unit) => value - from[unit]!);

/** A code moved along a direction `amount` times; by nothing it stays exactly what it was. */
export function moved(code: Float32Array, direction: Float32Array, amount: number): Float32Array<ArrayBuffer> {
  return amount === 0 ? code.slice() : code.map((value, unit) => value + amount * direction[unit]!);
}
