import { StudioError } from '../../domain/errors.ts';
import type { NpyHeader, NpyTextHeader } from './npy-header.ts';
import { NumberSurvey } from '../picture/number-survey.ts';

/** An array whose elements can be read, from the first on, as often as needed. */
export interface NpyArray {
  readonly name: string;
  readonly header: NpyHeader;
  /** The bytes of the elements, in pieces of any length. */
  open(): AsyncIterable<Buffer>;
}

/** An array of texts, which can only be labels. */
export interface NpyTexts extends Omit<NpyArray, 'header'> {
  readonly header: NpyTextHeader;
}

/** The elements in file order, in pieces. @throws StudioError `bad-file` when there are fewer than the header promises. */
export async function* elementsOf(array: NpyArray): AsyncGenerator<Float64Array | Uint8Array> {
  const { size, count, kind } = array.header;
  const read = reader(array.header);
  let rest: Buffer = Buffer.alloc(0);
  let seen = 0;
  for await (const piece of array.open()) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const whole = Math.min(Math.floor(bytes.length / size), count - seen);
    rest = bytes.subarray(whole * size);
    seen += whole;
    if (size === 1 && kind === 'u') yield bytes.subarray(0, whole);
    else yield Float64Array.from({ length: whole }, (_, index) => read(bytes, index * size));
  }
  if (seen < count) {
    throw new StudioError('bad-file', `${array.name}: expected ${count} elements, found ${seen}.`);
  }
}

function reader({ kind, size, bigEndian }: NpyHeader): (bytes: Buffer, at: number) => number {
  if (kind === 'b') return (bytes, at) => (bytes[at] === 0 ? 0 : 1);
  if (kind === 'f') {
    if (size === 2) return (bytes, at) => halfFloat(bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at));
    if (size === 4) return (bytes, at) => (bigEndian ? bytes.readFloatBE(at) : bytes.readFloatLE(at));
    return (bytes, at) => (bigEndian ? bytes.readDoubleBE(at) : bytes.readDoubleLE(at));
  }
  if (size === 8) {
    if (kind === 'u') return (bytes, at) => Number(bigEndian ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at));
    return (bytes, at) => Number(bigEndian ? bytes.readBigInt64BE(at) : bytes.readBigInt64LE(at));
  }
  if (kind === 'u') return (bytes, at) => (bigEndian ? bytes.readUIntBE(at, size) : bytes.readUIntLE(at, size));
  return (bytes, at) => (bigEndian ? bytes.readIntBE(at, size) : bytes.readIntLE(at, size));
}

/** IEEE 754 binary16. */
function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Infinity
          : NaN
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

/**
 * Looks at the numbers of an array; of bytes only as far as they can still change what they mean.
 * @param pictures how many it holds along its first axis; 1 where it is one
 * @returns what they say, and the largest number of each picture; without elements for bytes
 * @throws StudioError `bad-file` for what is no finite number, with its place.
 */
export async function surveyArray(array: NpyArray, pictures: number) {
  const { kind, size, shape, count, fortranOrder } = array.header;
  const survey = new NumberSurvey();
  const brightest = new Float64Array(kind === 'u' && size === 1 ? 0 : pictures).fill(-Infinity);
  const each = count / pictures;
  let seen = 0;
  for await (const piece of elementsOf(array)) {
    const wrong = survey.add(piece, kind === 'b' ? { kind: 'u', bits: 1 } : { kind, bits: 8 * size });
    if (wrong >= 0) {
      const place = placeOf(seen + wrong, shape, fortranOrder).join(', ');
      throw new StudioError('bad-file', `${array.name}: expected numbers, found ${piece[wrong]} at [${place}].`);
    }
    for (let at = 0; at < piece.length && brightest.length > 0; at += 1) {
      const picture = fortranOrder ? (seen + at) % pictures : Math.floor((seen + at) / each);
      if (piece[at]! > brightest[picture]!) brightest[picture] = piece[at]!;
    }
    seen += piece.length;
    if (survey.areBytes) break;
  }
  return { survey, brightest };
}

/** The indices of the element that lies at this place in the file. */
function placeOf(position: number, shape: readonly number[], fortranOrder: boolean): number[] {
  const sizes = fortranOrder ? shape : [...shape].reverse();
  let rest = position;
  const place = sizes.map((size) => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return index;
  });
  return fortranOrder ? place : place.reverse();
}
