import { below } from '../random.ts';

/** What a message is made of: everything that Electron's IPC can carry, which is all that can be cloned. */
type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const pick = <T>(random: () => number, from: readonly T[]): T => from[below(random, from.length)]!;

const deep = (levels: number): unknown => (levels === 0 ? null : [deep(levels - 1)]);
const abyss = deep(2_000);
const cycle: Fields = {};
cycle['self'] = cycle;

/** Fields that null takes back to what they are by themselves. */
const nullable = new Set(['threads', 'theme', 'errorUnit', 'zoom', 'threshold', 'mark']);

/** No field of any request is one of these, but for null where it is `nullable`. */
const strange: readonly unknown[] = [
  null,
  NaN,
  -Infinity,
  10n ** 30n,
  new Date(0),
  new Map([['runId', 'a']]),
  /(a+)+$/,
  new Float64Array(3),
  new ArrayBuffer(8),
  new Error('no'),
  abyss,
  cycle,
  { toString: 'x', valueOf: 7 },
];

/** Not even an object. */
const flat: readonly unknown[] = [undefined, null, true, 0, -1, NaN, 10n, '', '{}', 'x'.repeat(10_000)];

const foreignNames = ['__proto__', 'constructor', 'then', 'runID', 'extra', '', '0', 'filePath', 'folder', '\u0000'];

const foreignChannels = [
  'engine:export',
  'engine:stage',
  'engine:describe',
  'preload:stage',
  'run:Start',
  'run:start ',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'x'.repeat(10_000),
];

/** A place in a request: what holds it, and its name there. */
interface Place {
  readonly holder: Fields | unknown[];
  readonly name: string;
  readonly value: unknown;
}

function placesIn(holder: Fields | unknown[], found: Place[] = []): Place[] {
  for (const [name, value] of Object.entries(holder)) {
    found.push({ holder, name, value });
    if (isFields(value) || Array.isArray(value)) placesIn(value, found);
  }
  return found;
}

function objectsIn(request: Fields): Fields[] {
  return [request, ...placesIn(request).flatMap(({ value }) => (isFields(value) ? [value] : []))];
}

const define = (holder: Fields | unknown[], name: string, value: unknown) =>
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });

/** Something of another kind than what was there: a whole of parts becomes one value, a value something strange. */
function otherThan(value: unknown, random: () => number): unknown {
  if (isFields(value) || Array.isArray(value)) return pick(random, flat.slice(1));
  if (typeof value === 'string') return below(random, 2) === 0 ? below(random, 100) : pick(random, strange);
  if (typeof value === 'number') return below(random, 2) === 0 ? String(value) : pick(random, strange);
  if (typeof value === 'boolean') return below(random, 2) === 0 ? Number(value) : pick(random, strange);
  return pick(random, strange.slice(0, 7));
}

/** A request that fits, with one thing wrong that no schema may let pass. */
function brokenRequest(fitting: object, random: () => number): unknown {
  const request = structuredClone(fitting) as Fields;
  const places = placesIn(request);
  const choice = below(random, places.length === 0 ? 2 : 4);
  if (choice === 0) return pick(random, flat);
  if (choice === 1) {
    define(pick(random, objectsIn(request)), pick(random, foreignNames), pick(random, [...flat, ...strange]));
    return request;
  }
  const { holder, name, value } = pick(random, places);
  if (choice === 2 || Array.isArray(holder)) {
    const other = otherThan(value, random);
    define(holder, name, other === null && nullable.has(name) ? NaN : other);
  } else {
    // A field under another name: one that is not known, and one missing where it must be there.
    Reflect.deleteProperty(holder, name);
    define(holder, `${name}_`, value);
  }
  return request;
}

export interface Malformed {
  readonly message: unknown;
  /** Its envelope is whole, so whoever sent it is to be answered: with an error. */
  readonly answered: boolean;
}

/**
 * A message that is wrong in one way, which is known because it was made so and not because a schema says so.
 * @param channels calls and requests that fit them
 */
export function malformedMessage(
  channels: Readonly<Record<string, readonly object[]>>,
  id: number,
  random: () => number,
): Malformed {
  const channel = pick(random, Object.keys(channels));
  const fitting = pick(random, channels[channel]!);
  const whole: Fields = { kind: 'call', id, channel, request: fitting };
  switch (below(random, 8)) {
    case 0:
      return { message: pick(random, [...flat, ...strange, [whole], fitting]), answered: false };
    case 1: {
      const name = pick(random, ['kind', 'id', 'channel']);
      return { message: { ...whole, [name]: otherThan(whole[name], random) }, answered: false };
    }
    case 2:
      return {
        message: {
          ...whole,
          channel: pick(
            random,
            foreignChannels.filter((name) => !Object.hasOwn(channels, name)),
          ),
        },
        answered: true,
      };
    case 3:
      return { message: { kind: 'answer', id, result: { ok: true, value: fitting } }, answered: false };
    default:
      return { message: { ...whole, request: brokenRequest(fitting, random) }, answered: true };
  }
}
