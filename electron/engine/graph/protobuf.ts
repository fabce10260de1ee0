/**
 * Writes protocol-buffer messages field by field (https://protobuf.dev/programming-guides/encoding). Only what TensorFlow's
 * GraphDef and ONNX need, so that neither a generator nor a runtime is.
 */
export class MessageWriter {
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
    return this.bytes(field, inner.finish());
  }

  /** One entry of a map<string, message>. */
  entry(field: number, key: string, write: (value: MessageWriter) => void): this {
    return this.message(field, (pair) => pair.text(1, key).message(2, write));
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of this.parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    return whole;
  }
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
