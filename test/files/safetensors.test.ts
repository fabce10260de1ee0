import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import type * as reading from '../../electron/files/read-fully.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  safetensorsPieces,
} from '../../electron/files/safetensors.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { below, randomFrom } from '../random.ts';

/** Bytes that were asked for in one piece. */
const asked = vi.hoisted(() => [] as number[]);

vi.mock('../../electron/files/read-fully.ts', async (original) => {
  const { readFully } = await original<typeof reading>();
  return {
    readFully: (...args: Parameters<typeof readFully>) => {
      asked.push(args[1].length);
      return readFully(...args);
    },
  };
});

let place: TemporaryFolder;
beforeEach(() => {
  place = new TemporaryFolder();
});
afterEach(() => place[Symbol.dispose]());

function written(bytes: Uint8Array): string {
  const path = join(place.path, 'a.safetensors');
  writeFileSync(path, bytes);
  return path;
}

/** A file of this header, as text or as what JSON makes of it, and a body. */
function file(header: unknown, body: Uint8Array = new Uint8Array(0)): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, body]);
}

const F32 = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };

describe('what is written', () => {
  test('is the format as it is documented: length, padded JSON header, little-endian bodies', () => {
    const bytes = Buffer.from(encodeSafetensors({ a: { shape: [2], data: Float32Array.of(1, -2) } }, { by: 'me' }));
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.subarray(8, 8 + length).toString())).toEqual({ __metadata__: { by: 'me' }, a: F32 });
    expect(bytes.subarray(8 + length).toString('hex')).toBe('0000803f000000c0');
  });

  test('reads back the same: every type, any shape, names beyond ASCII', () => {
    const tensors = {
      'größe/kernel': { shape: [2, 1, 2], data: Float32Array.of(0.1, Number.NaN, -0, Number.POSITIVE_INFINITY) },
      bytes: { shape: [3], data: Uint8Array.of(0, 128, 255) },
      counts: { shape: [1, 2], data: Uint32Array.of(0, 0xffffffff) },
      none: { shape: [0, 5], data: new Float32Array(0) },
      scalar: { shape: [], data: Float32Array.of(7) },
    };
    const read = decodeSafetensors(encodeSafetensors(tensors, { note: 'naïve' }), 'x');
    expect(read.tensors).toEqual(tensors);
    expect(read.metadata).toEqual({ note: 'naïve' });
  });

  test('half-precision numbers are read as floats', () => {
    const bytes = encodeSafetensors({ a: { shape: [2], data: Uint16Array.of(0x3c00, 0xc000) } });
    expect(Buffer.from(bytes).toString('latin1')).toContain('"dtype":"F16"');
    expect(decodeSafetensors(bytes, 'x').tensors['a']).toEqual({ shape: [2], data: Float32Array.of(1, -2) });
  });

  test('may lie anywhere in a larger buffer', () => {
    const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    const bytes = encodeSafetensors({ a: { shape: [2], data } });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeSafetensors(shifted.subarray(3), 'x').tensors['a']?.data).toEqual(Float32Array.of(1, 2));
  });
});

describe('a file that does not lie in memory in one piece', () => {
  const tensors = {
    small: { shape: [2], data: Float32Array.of(1, 2) },
    large: { shape: [100], data: Float32Array.from({ length: 100 }, (_, at) => at) },
    bytes: { shape: [3], data: Uint8Array.of(1, 2, 3) },
    half: { shape: [1], data: Uint16Array.of(0x3c00) },
    none: { shape: [0], data: new Float32Array(0) },
  };

  test('is written as views of its tensors', () => {
    const pieces = safetensorsPieces(tensors, { by: 'me' });
    expect(pieces.slice(1).map(({ buffer }) => buffer)).toEqual(Object.values(tensors).map(({ data }) => data.buffer));
    expect(Buffer.concat(pieces).equals(encodeSafetensors(tensors, { by: 'me' }))).toBe(true);
  });

  test('is read a tensor at a time', async () => {
    const bytes = encodeSafetensors(tensors, { by: 'me' });
    asked.splice(0);
    expect(await readSafetensors(written(bytes))).toEqual(decodeSafetensors(bytes, 'x').tensors);
    const header = Number(Buffer.from(bytes).readBigUInt64LE(0));
    expect(asked).toEqual([8, header, 8, 400, 3, 2, 0]);
  });

  test('that is not there is said to be missing', async () => {
    const path = join(place.path, 'none');
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('torn and foreign files', () => {
  test.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'expected an 8-byte header length, found 0 bytes'],
    ['seven bytes', new Uint8Array(7), 'expected an 8-byte header length, found 7 bytes'],
    [
      'a header that is cut',
      file({ a: F32 }).subarray(0, 20),
      'expected a header of at most 12 bytes, found a length of 54',
    ],
    [
      'text',
      Buffer.from('hello, world, this is text'),
      'expected a header of at most 18 bytes, found a length of 8583909746840200000',
    ],
    ['a header that is no JSON', file('{"a":'), 'expected a JSON header, found text that is not JSON'],
    ['a header that is no object', file([1]), 'expected a JSON header, found text that is not JSON'],
    ['a header that is no UTF-8', file('{}').fill(0xff, 8), 'expected a JSON header, found text that is not JSON'],
    [
      'another type',
      file({ a: { ...F32, dtype: 'BF16' } }, new Uint8Array(8)),
      'expected a of type F32, F16, U8 or U32, found BF16',
    ],
    [
      'a type named as a method is',
      file({ a: { ...F32, dtype: 'toString' } }, new Uint8Array(8)),
      'expected a of type F32, F16, U8 or U32, found toString',
    ],
    ['an entry that is nothing', file({ a: null }), 'expected a of type F32, F16, U8 or U32, found undefined'],
    [
      'a shape of fractions',
      file({ a: { ...F32, shape: [1.5] } }, new Uint8Array(8)),
      'expected a with a shape and two offsets, found {"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}',
    ],
    [
      'a body that is cut',
      file({ a: F32 }, new Uint8Array(5)),
      'expected 8 bytes of a, found offsets 0 to 8 of 5 bytes',
    ],
    [
      'a shape that does not fit its bytes',
      file({ a: { ...F32, shape: [3] } }, new Uint8Array(8)),
      'expected 12 bytes of a, found offsets 0 to 8 of 8 bytes',
    ],
    [
      'a shape beyond all memory',
      file({ a: { ...F32, shape: [2 ** 40, 2 ** 40] } }, new Uint8Array(8)),
      'expected 4.835703278458517e+24 bytes of a, found offsets 0 to 8 of 8 bytes',
    ],
    ['metadata that is nothing', file({ __metadata__: null }), 'expected metadata of texts by name, found null'],
    ['metadata of numbers', file({ __metadata__: { a: 1 } }), 'expected metadata of texts by name, found {"a":1}'],
  ])('%s', async (_, bytes, message) => {
    const reading = (): unknown => decodeSafetensors(bytes, 'some.safetensors');
    expect(reading).toThrow(new StudioError('bad-file', `some.safetensors: ${message}.`));
    expect(reading).toThrow(StudioError);
    const path = written(bytes);
    await expect(readSafetensors(path)).rejects.toThrow(new StudioError('bad-file', `${path}: ${message}.`));
  });

  test('5,000 damaged files give tensors or a StudioError', () => {
    const random = randomFrom(7);
    const whole = encodeSafetensors(
      { a: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }, b: { shape: [3], data: Uint8Array.of(1, 2, 3) } },
      { by: 'me' },
    );
    let refused = 0;
    for (let times = 0; times < 5_000; times += 1) {
      const bytes = Uint8Array.from(whole).subarray(
        0,
        whole.length - (random() < 0.3 ? below(random, whole.length) : 0),
      );
      for (let changes = below(random, 4); changes > 0; changes -= 1) {
        bytes[below(random, Math.min(bytes.length, 200))] = below(random, 256);
      }
      try {
        decodeSafetensors(bytes, 'x');
      } catch (error) {
        if (!(error instanceof StudioError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(1_000);
    expect(refused).toBeLessThan(5_000);
  });
});
