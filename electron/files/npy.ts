const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
/** Where the elements begin is a multiple of this (numpy.lib.format, version 1). */
const ALIGNMENT = 64;

/**
 * The bytes of a NumPy file: float32, little-endian, row by row.
 * @param shape its product is the number of values
 */
export function encodeNpy(values: Float32Array, shape: readonly number[]): Uint8Array {
  // Python writes a tuple of one with a comma.
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const before = MAGIC.length + 2;
  const length = Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT - before;
  const bytes = Buffer.alloc(before + length + values.length * 4);
  MAGIC.copy(bytes);
  bytes.writeUInt16LE(length, MAGIC.length);
  bytes.write(`${text.padEnd(length - 1)}\n`, before, 'latin1');
  values.forEach((value, index) => bytes.writeFloatLE(value, before + length + index * 4));
  return bytes;
}
