/**
 * What a page's isolated world and the harness say to each other: the protocol carries text only. Typed arrays become base64;
 * `undefined` in an object is left out, which no receiver of the app tells from what is absent.
 */
const kinds = {
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
};

type Kind = keyof typeof kinds;

export function encode(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, given: unknown) {
    // A Buffer has turned itself into an object by now.
    const found = this[key];
    if (ArrayBuffer.isView(found)) {
      const kind = Buffer.isBuffer(found) ? 'Uint8Array' : found.constructor.name;
      return { $kind: kind, $data: Buffer.from(found.buffer, found.byteOffset, found.byteLength).toString('base64') };
    }
    return typeof given === 'number' && !Number.isFinite(given) ? { $number: String(given) } : given;
  });
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$kind' in value && '$data' in value) {
      const bytes = Uint8Array.from(Buffer.from(String(value.$data), 'base64'));
      return new kinds[value.$kind as Kind](bytes.buffer);
    }
    return '$number' in value ? Number(value.$number) : value;
  });
}

/** The same two as source of a page's world, where there is no Buffer: `encode` and `decode`. */
export const codecInPage = `
  const kinds = { ${Object.keys(kinds).join(', ')} };
  const encode = (value) => JSON.stringify(value, (_, found) => {
    if (ArrayBuffer.isView(found)) {
      const { buffer, byteOffset, byteLength } = found;
      return { $kind: found.constructor.name, $data: new Uint8Array(buffer, byteOffset, byteLength).toBase64() };
    }
    return typeof found === 'number' && !Number.isFinite(found) ? { $number: String(found) } : found;
  });
  // As Chromium has it since 140. Megabytes arrive: by a loop over what atob gives they would take a second.
  const decode = (text) => JSON.parse(text, (_, value) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$kind' in value) return new kinds[value.$kind](Uint8Array.fromBase64(value.$data).buffer);
    return '$number' in value ? Number(value.$number) : value;
  });
`;
