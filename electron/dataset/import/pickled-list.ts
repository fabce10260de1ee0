import { StudioError } from '../../domain/errors.ts';

/** What a pickle of plain values is made of; everything else is `opaque`: it is never called, only its state is looked at. */
type Value = string | number | boolean | null | Value[] | Opaque | typeof MARK;

class Opaque {
  state: Value = null;
}

const MARK = Symbol('mark');

/**
 * Reads the elements of an array of Python objects (`dtype=object`), as NumPy pickles it: a list of texts, numbers and booleans
 * in the state of an array. Nothing is imported or called; an opcode that plain values do not need ends the reading.
 * Opcodes: https://docs.python.org/3/library/pickletools.html
 * @throws StudioError `bad-file` naming the file.
 */
export function readPickledList(bytes: Buffer, name: string): string[] {
  const bad = (found: string): StudioError =>
    new StudioError('bad-file', `${name}: expected texts or whole numbers among its Python objects, found ${found}.`);
  let top: Value | undefined;
  try {
    top = new PickleReader(bytes).read();
  } catch (error) {
    if (error instanceof RangeError) throw bad('a pickle that is cut off');
    throw bad((error as Error).message);
  }
  const state = top instanceof Opaque ? top.state : top;
  // (version, shape, dtype, Fortran order, elements)
  const elements = Array.isArray(state) ? state.at(-1) : undefined;
  if (!Array.isArray(elements)) throw bad('something else');
  return elements.map((value) => {
    if (typeof value === 'string' || typeof value === 'boolean' || Number.isInteger(value)) return String(value);
    throw bad(value === null ? 'None' : 'other values');
  });
}

class PickleReader {
  private readonly bytes: Buffer;
  private at = 0;
  private readonly stack: Value[] = [];
  private readonly memo = new Map<number, Value>();

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** The value that the pickle is of. @throws RangeError where it is cut off, Error naming an opcode that is not known. */
  read(): Value | undefined {
    for (;;) {
      const opcode = this.byte();
      if (opcode === 0x2e) return this.stack.pop();
      this.step(opcode);
    }
  }

  private step(opcode: number): void {
    if (!this.constant(opcode) && !this.remembered(opcode) && !this.gathered(opcode)) {
      throw new Error(`the opcode 0x${opcode.toString(16)}`);
    }
  }

  /** Values that stand in the pickle, and what only frames them. */
  private constant(opcode: number): boolean {
    switch (opcode) {
      case 0x80: // PROTO
        return this.skip(1);
      case 0x95: // FRAME
        return this.skip(8);
      case 0x4e: // NONE
        return this.push(null);
      case 0x88: // NEWTRUE
        return this.push(true);
      case 0x89: // NEWFALSE
        return this.push(false);
      case 0x4b: // BININT1
        return this.push(this.byte());
      case 0x4d: // BININT2
        return this.push(this.take(2).readUInt16LE());
      case 0x4a: // BININT
        return this.push(this.take(4).readInt32LE());
      case 0x47: // BINFLOAT
        return this.push(this.take(8).readDoubleBE());
      case 0x8a: // LONG1
        return this.push(longOf(this.take(this.byte())));
      case 0x8c: // SHORT_BINUNICODE
        return this.push(this.take(this.byte()).toString('utf8'));
      case 0x58: // BINUNICODE
        return this.push(this.take(this.take(4).readUInt32LE()).toString('utf8'));
      case 0x43: // SHORT_BINBYTES
      case 0x55: // SHORT_BINSTRING
        return this.push(this.take(this.byte()).toString('latin1'));
      case 0x42: // BINBYTES
      case 0x54: // BINSTRING
        return this.push(this.take(this.take(4).readUInt32LE()).toString('latin1'));
      case 0x63: // GLOBAL: a module's line and a name's
        this.line();
        this.line();
        return this.push(new Opaque());
      default:
        return false;
    }
  }

  private remembered(opcode: number): boolean {
    switch (opcode) {
      case 0x94: // MEMOIZE
        return this.keep(this.memo.size);
      case 0x71: // BINPUT
        return this.keep(this.byte());
      case 0x72: // LONG_BINPUT
        return this.keep(this.take(4).readUInt32LE());
      case 0x68: // BINGET
        return this.recall(this.byte());
      case 0x6a: // LONG_BINGET
        return this.recall(this.take(4).readUInt32LE());
      default:
        return false;
    }
  }

  private gathered(opcode: number): boolean {
    const { stack } = this;
    switch (opcode) {
      case 0x28: // MARK
        return this.push(MARK);
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
      case 0x7d: // EMPTY_DICT
        return this.push([]);
      case 0x74: // TUPLE
      case 0x6c: // LIST
        return this.push(this.sinceMark());
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.push(stack.splice(-(opcode - 0x84)));
      case 0x61: // APPEND
        return this.extend([stack.pop() ?? null]);
      case 0x65: // APPENDS
        return this.extend(this.sinceMark());
      case 0x93: // STACK_GLOBAL
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        stack.splice(-2);
        return this.push(new Opaque());
      case 0x62: {
        // BUILD
        const state = stack.pop() ?? null;
        const built = stack.at(-1);
        if (built instanceof Opaque) built.state = state;
        return true;
      }
      default:
        return false;
    }
  }

  private push(value: Value): true {
    this.stack.push(value);
    return true;
  }

  private sinceMark(): Value[] {
    const from = this.stack.lastIndexOf(MARK);
    if (from < 0) throw new RangeError('no mark');
    const values = this.stack.splice(from);
    return values.slice(1);
  }

  private extend(values: readonly Value[]): true {
    const list = this.stack.at(-1);
    if (!Array.isArray(list)) throw new RangeError('no list');
    for (const value of values) list.push(value);
    return true;
  }

  private keep(place: number): true {
    this.memo.set(place, this.stack.at(-1) ?? null);
    return true;
  }

  private recall(place: number): true {
    return this.push(this.memo.get(place) ?? null);
  }

  private skip(bytes: number): true {
    this.take(bytes);
    return true;
  }

  private byte(): number {
    return this.take(1)[0]!;
  }

  private take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new RangeError('cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private line(): void {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new RangeError('cut off');
    this.at = end + 1;
  }
}

/** Two's complement, little-endian; beyond eight bytes it is no label. */
function longOf(bytes: Buffer): number {
  if (bytes.length > 6) return NaN;
  return bytes.length === 0 ? 0 : bytes.readIntLE(0, bytes.length);
}
