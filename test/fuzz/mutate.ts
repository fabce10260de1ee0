import { below } from '../random.ts';

/** Numbers that lengths, offsets and counts go wrong with. */
const edges = [0n, 1n, 2n ** 7n, 2n ** 16n - 1n, 2n ** 31n - 1n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

/** One to four changes of the kind that a broken disk, a cut download or a hostile hand makes. */
export function mutated(bytes: Buffer, random: () => number): Buffer {
  let changed = bytes;
  for (let times = 1 + below(random, 4); times > 0; times -= 1) changed = mutate(changed, random);
  return changed;
}

type Mutation = (bytes: Buffer, at: number, random: () => number) => Buffer;

const mutations: readonly Mutation[] = [
  // Cut off.
  (bytes, at) => bytes.subarray(0, at),
  // Something behind it.
  (bytes, _, random) => Buffer.concat([bytes, Buffer.alloc(1 + below(random, 300), below(random, 256))]),
  flipBit,
  flipBit,
  // A number of any size in any place: lengths and offsets.
  (bytes, at, random) => writeNumber(bytes, at & ~7, 8, someNumber(bytes.length, random)),
  (bytes, at, random) => writeNumber(bytes, at, [1, 2, 4, 8][below(random, 4)]!, someNumber(bytes.length, random)),
  // A piece left out, or twice.
  (bytes, at, random) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(below(random, bytes.length + 1))]),
  // A piece over another.
  (bytes, at, random) => {
    const copy = Buffer.from(bytes);
    const from = below(random, bytes.length + 1);
    bytes.copy(copy, at, from, from + below(random, 64));
    return copy;
  },
  (bytes, at, random) => {
    const copy = Buffer.from(bytes);
    copy.fill(below(random, 256), at, Math.min(copy.length, at + below(random, 16)));
    return copy;
  },
  otherDigit,
  otherDigit,
  // A longer number in text.
  (bytes, at, random) => {
    const digit = nextDigit(bytes, at);
    return Buffer.concat([bytes.subarray(0, digit), Buffer.from('9'.repeat(below(random, 12))), bytes.subarray(digit)]);
  },
  swapWords,
];

function mutate(bytes: Buffer, random: () => number): Buffer {
  if (bytes.length === 0) return bytes;
  return mutations[below(random, mutations.length)]!(bytes, below(random, bytes.length), random);
}

function flipBit(bytes: Buffer, at: number, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1 << below(random, 8);
  return copy;
}

function someNumber(length: number, random: () => number): bigint {
  if (random() < 0.3) return edges[below(random, edges.length)]!;
  if (random() < 0.5) return BigInt(below(random, length + 1));
  return BigInt(Math.floor(2 ** (48 * random())));
}

function writeNumber(bytes: Buffer, at: number, size: number, value: bigint): Buffer {
  const copy = Buffer.from(bytes);
  for (let index = 0; index < size && at + index < copy.length; index += 1) {
    copy[at + index] = Number((value >> BigInt(8 * index)) & 0xffn);
  }
  return copy;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** The next place where a digit stands, or this one. */
function nextDigit(bytes: Buffer, at: number): number {
  for (let place = at; place < Math.min(bytes.length, at + 4_096); place += 1) if (isDigit(bytes[place])) return place;
  return at;
}

function otherDigit(bytes: Buffer, at: number, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  copy[nextDigit(bytes, at)] = 0x30 + below(random, 10);
  return copy;
}

/** Two words of text, as JSON has them in quotes, change places. */
function swapWords(bytes: Buffer, at: number, random: () => number): Buffer {
  const word = (from: number): readonly [number, number] | undefined => {
    const start = bytes.indexOf(0x22, from);
    const end = start < 0 ? -1 : bytes.indexOf(0x22, start + 1);
    return end < 0 || end - start > 100 ? undefined : [start, end];
  };
  const places = [word(at), word(below(random, bytes.length))].sort((a, b) => (a?.[0] ?? 0) - (b?.[0] ?? 0));
  const [a, b] = places;
  if (a === undefined || b === undefined || a[1] >= b[0]) return flipBit(bytes, at, random);
  const parts = [[0, a[0]], b, [a[1], b[0]], a, [b[1], bytes.length]] as const;
  return Buffer.concat(parts.map(([from, to]) => bytes.subarray(from, to)));
}
