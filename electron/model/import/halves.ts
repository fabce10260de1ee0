/**
 * Numbers of half precision (IEEE 754 binary16, little-endian): a sign, five bits of exponent, ten of fraction.
 * @param bytes two a number
 */
export function halves(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength >> 1 }, (_, at) => half(view.getUint16(2 * at, true)));
}

function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  const sign = bits >> 15 === 0 ? 1 : -1;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  // Without an exponent there is no leading one.
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1_024) * 2 ** (exponent - 15);
}

/**
 * Numbers of bfloat16, little-endian: the first half of a float32.
 * @param bytes two a number
 */
export function brainFloats(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const widened = Uint32Array.from({ length: bytes.byteLength >> 1 }, (_, at) => view.getUint16(2 * at, true) << 16);
  return new Float32Array(widened.buffer);
}
