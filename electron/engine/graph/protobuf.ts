/**
 * Writes protocol-buffer messages field by field (https://protobuf.dev/programming-guides/encoding). Only what TensorFlow's
 * GraphDef and ONNX need, so that neither a generator nor a runtime is.
 */
export class MessageWriter {
  /** Of inner messages too: nothing is copied before the whole is wanted. */
  private readonly parts: Uint8Array[] = [];

  /** int32, int64, enum: negative numbers take ten bytes, as the format says. */
  integer(field: number, value: number | bigint): this {
    this.parts.push(varint(BigInt(field) << 3n), varint(BigInt.asUintN(64, BigInt(value))));
    return this;
  }

  boolean(field: number, value: boolean): this {
    return this.integer(field, value ? 1 : 0);
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.parts.push(varint((BigInt(field) << 3n) | 5n), bytes);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.parts.push(varint((BigInt(field) << 3n) | 2n), varint(BigInt(value.length)), value);
    return this;
  }

  message(field: number, write: (inner: MessageWriter) => void): this {
    const inner = new MessageWriter();
    write(inner);
    this.parts.push(varint((BigInt(field) << 3n) | 2n), varint(BigInt(inner.byteLength)));
    for (const part of inner.parts) this.parts.push(part);
    return this;
  }

  /** One entry of a map<string, message>. */
  entry(field: number, key: string, write: (value: MessageWriter) => void): this {
    return this.message(field, (pair) => pair.text(1, key).message(2, write));
  }

  get byteLength(): number {
    return lengthOf(this.parts);
  }

  finish(): Uint8Array {
    return joined(this.parts);
  }

  /** The same for a file, so that weights need not lie in memory twice: what is large is passed on as it came. */
  *pieces(): Generator<Uint8Array> {
    let small: Uint8Array[] = [];
    for (const part of this.parts) {
      if (part.length < LARGE) small.push(part);
      if (part.length < LARGE && small.length < MOST_JOINED) continue;
      yield joined(small);
      small = [];
      if (part.length >= LARGE) yield part;
    }
    yield joined(small);
  }
}

/** Bytes from which on a part is written by itself, and how many smaller ones are written as one. */
const LARGE = 1 << 16;
const MOST_JOINED = 1 << 12;

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(lengthOf(parts));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
