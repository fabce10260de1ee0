/** Reads a NumPy file of float32 or of bytes. */
export function readNpy(bytes: Uint8Array): { readonly shape: number[]; readonly data: Float32Array | Uint8Array } {
  const view = Buffer.from(bytes);
  const start = 10 + view.readUInt16LE(8);
  const header = view.toString('latin1', 10, start);
  const [, sizes = ''] = /'shape': \(([^)]*)\)/.exec(header)!;
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  const body = Uint8Array.from(bytes.subarray(start));
  return { shape, data: header.includes("'<f4'") ? new Float32Array(body.buffer) : body };
}
