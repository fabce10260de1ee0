import { bad, COPY_AGAIN } from '../read-chain.ts';

/** How many fields a file may have in all, so that one of empty fields does not fill the memory. */
export class FieldBudget {
  private left: number;

  constructor(most: number) {
    this.left = most;
  }

  /** @throws StudioError `bad-file` where there are more */
  spend(where: string): void {
    this.left -= 1;
    if (this.left < 0) throw bad(where, 'a file of fewer fields', `more than any model has: ${COPY_AGAIN}`);
  }
}

const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * The fields of one protocol-buffer message by number (https://protobuf.dev/programming-guides/encoding). Bytes are views of the
 * file; messages within are only read when they are asked for.
 */
export class Message {
  private readonly fields = new Map<number, (bigint | Uint8Array)[]>();
  private readonly budget: FieldBudget;
  private readonly where: string;

  /**
   * @param where what errors call it
   * @throws StudioError `bad-file` where the bytes are no whole message
   */
  constructor(bytes: Uint8Array, budget: FieldBudget, where: string) {
    this.budget = budget;
    this.where = where;
    const reader = new WireReader(bytes, where);
    while (!reader.atEnd) {
      budget.spend(where);
      const key = reader.varint();
      const value = reader.value(Number(key & 7n));
      const field = Number(key >> 3n);
      const known = this.fields.get(field);
      if (known === undefined) this.fields.set(field, [value]);
      else known.push(value);
    }
  }

  has(field: number): boolean {
    return this.fields.has(field);
  }

  texts(field: number): string[] {
    return this.all(field).map((value) => new TextDecoder().decode(this.asBytes(value)));
  }

  text(field: number): string {
    return this.texts(field).at(-1) ?? '';
  }

  /** Of a field that is said once; the last counts. */
  number(field: number, otherwise = 0): number {
    const value = this.all(field).at(-1);
    if (value === undefined) return otherwise;
    if (typeof value !== 'bigint') throw bad(this.where, 'a number', `something else: ${COPY_AGAIN}`);
    return Number(BigInt.asIntN(64, value));
  }

  /** Of a repeated field, one by one or packed. */
  integers(field: number): number[] {
    return this.all(field).flatMap((value) => {
      if (typeof value === 'bigint') return [Number(BigInt.asIntN(64, value))];
      const reader = new WireReader(value, this.where);
      const numbers: number[] = [];
      while (!reader.atEnd) {
        this.budget.spend(this.where);
        numbers.push(Number(BigInt.asIntN(64, reader.varint())));
      }
      return numbers;
    });
  }

  /** Of four bytes each, in any number of pieces: a copy. */
  floats(field: number): Float32Array {
    const pieces = this.all(field).map((value) => this.asBytes(value));
    const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0) & ~3);
    let filled = 0;
    for (const piece of pieces) {
      if (piece.length % 4 !== 0)
        throw bad(this.where, 'numbers of four bytes', `${piece.length} bytes: ${COPY_AGAIN}`);
      whole.set(piece, filled);
      filled += piece.length;
    }
    return new Float32Array(whole.buffer);
  }

  bytes(field: number): Uint8Array | undefined {
    const value = this.all(field).at(-1);
    return value === undefined ? undefined : this.asBytes(value);
  }

  messages(field: number): Message[] {
    return this.all(field).map((value) => new Message(this.asBytes(value), this.budget, this.where));
  }

  private all(field: number): readonly (bigint | Uint8Array)[] {
    return this.fields.get(field) ?? [];
  }

  private asBytes(value: bigint | Uint8Array): Uint8Array {
    if (typeof value === 'bigint') throw bad(this.where, 'bytes', `a number: ${COPY_AGAIN}`);
    return value;
  }
}

class WireReader {
  private readonly bytes: Uint8Array;
  private readonly where: string;
  private at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.bytes = bytes;
    this.where = where;
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.at];
      if (byte === undefined) break;
      this.at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw bad(this.where, 'whole protocol-buffer messages', `a damaged one: ${COPY_AGAIN}`);
  }

  value(type: number): bigint | Uint8Array {
    switch (type) {
      case WireType.varint:
        return this.varint();
      case WireType.fixed64:
        return this.piece(8);
      case WireType.fixed32:
        return this.piece(4);
      case WireType.bytes:
        return this.piece(Number(this.varint()));
      default:
        throw bad(this.where, 'whole protocol-buffer messages', `a damaged one: ${COPY_AGAIN}`);
    }
  }

  private piece(length: number): Uint8Array {
    if (length > this.bytes.length - this.at)
      throw bad(this.where, 'whole protocol-buffer messages', `one cut off: ${COPY_AGAIN}`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
