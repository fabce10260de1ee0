/** How NumPy names the types of these arrays. */
const kindOf = (data: Float32Array | Uint8Array | Uint32Array) =>
  data instanceof Float32Array ? '<f4' : data instanceof Uint32Array ? '<u4' : '|u1';

/** The header ends on a multiple of this, so that the data can be mapped into memory. */
const ALIGNMENT = 64;

/** A NumPy array file (format 1.0, C order). `shape`'s product must be the number of values. */
export function npyFile(
  data: Float32Array | Uint8Array | Uint32Array,
  shape: readonly number[],
): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${kindOf(data)}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  const file = new Uint8Array(10 + length + data.byteLength);
  file.set([0x93, ...[...'NUMPY'].map((letter) => letter.charCodeAt(0)), 1, 0, length & 255, length >> 8]);
  file.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length);
  return file;
}
