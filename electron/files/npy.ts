const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
/** Where the elements begin is a multiple of this (numpy.lib.format, version 1). */
const ALIGNMENT = 64;

/**
 * The bytes of a NumPy file: float32, little-endian, or bytes, row by row.
 * @param shape its product is the number of values
 */
export function encodeNpy(values: Float32Array | Uint8Array, shape: readonly number[]): Uint8Array {
  return Buffer.concat(npyPieces(values, shape));
}

/** The same in two pieces, the second a view of the values. */
export function npyPieces(values: Float32Array | Uint8Array, shape: readonly number[]): readonly Uint8Array[] {
  // Python writes a tuple of one with a comma.
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const type = values instanceof Uint8Array ? '|u1' : '<f4';
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const before = MAGIC.length + 2;
  const length = Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT - before;
  const head = Buffer.alloc(before + length);
  MAGIC.copy(head);
  head.writeUInt16LE(length, MAGIC.length);
  head.write(`${text.padEnd(length - 1)}\n`, before, 'latin1');
  // Every platform that TensorFlow runs on is little-endian, as safetensors files take for granted too.
  return [head, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
}
