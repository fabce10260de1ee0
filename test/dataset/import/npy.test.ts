import { describe, expect, it } from 'vitest';
import { elementsOf, surveyArray, type NpyArray } from '../../../electron/dataset/import/npy-elements.ts';
import {
  MOST_HEAD_BYTES,
  readAnyHeader,
  readNpyHeader,
  shapeText,
  type NpyHeader,
} from '../../../electron/dataset/import/npy-header.ts';

/** A .npy file as its bytes. */
function file(text: string, version = 1, data = new Uint8Array(0)): Buffer {
  const header = Buffer.from(text, 'latin1');
  const start = Buffer.alloc(version === 1 ? 10 : 12);
  start.write('\x93NUMPY', 'latin1');
  start[6] = version;
  if (version === 1) start.writeUInt16LE(header.length, 8);
  else start.writeUInt32LE(header.length, 8);
  return Buffer.concat([start, header, data]);
}

const words = (descr: string, shape: string, order = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': (${shape}), }`;

const read = (bytes: Buffer, size = bytes.length) => readNpyHeader(bytes, size, 'a.npy');

describe('the header of a .npy file', () => {
  it.each([1, 2, 3])('of version %i says what its elements are and where they begin', (version) => {
    const text = words("'>f4'", '2, 3', 'True');
    const bytes = file(text, version, new Uint8Array(24));
    expect(read(bytes)).toEqual({
      kind: 'f',
      size: 4,
      bigEndian: true,
      fortranOrder: true,
      shape: [2, 3],
      count: 6,
      start: (version === 1 ? 10 : 12) + text.length,
    });
  });

  it.each([
    ["'|u1'", '3,', 'u', 1, [3]],
    ["'|b1'", '3,', 'b', 1, [3]],
    ["'<i8'", '3', 'i', 8, [3]],
    ["'=u2'", '1,3', 'u', 2, [1, 3]],
    ["'<f2'", ' 3 , ', 'f', 2, [3]],
  ])('reads %s of (%s)', (descr, shape, kind, size, wanted) => {
    const header = read(file(words(descr, shape), 1, new Uint8Array(3 * size)));
    expect(header).toMatchObject({ kind, size, bigEndian: false, fortranOrder: false, shape: wanted, count: 3 });
  });

  it('is read with and without spaces between its words', () => {
    const close = words("'|u1'", '2,').replaceAll(': ', ':');
    expect(read(file(close, 1, new Uint8Array(2)))).toMatchObject({ kind: 'u', fortranOrder: false, shape: [2] });
  });

  it('of one number alone has no sides', () => {
    expect(read(file(words("'<f8'", ''), 1, new Uint8Array(8)))).toMatchObject({ shape: [], count: 1 });
  });

  it('of texts is known as such, and is no array of numbers', () => {
    const any = (descr: string, data: number) => {
      const bytes = file(words(descr, '2,'), 1, new Uint8Array(data));
      return readAnyHeader(bytes, bytes.length, 'a.npy');
    };
    expect(any("'<U3'", 24)).toMatchObject({ kind: 'U', size: 12, count: 2 });
    expect(any("'|S3'", 6)).toMatchObject({ kind: 'S', size: 3 });
    expect(any("'|S4096'", 8_192)).toMatchObject({ kind: 'S', size: 4_096 });
    // What Python objects take is not known beforehand.
    expect(any("'|O'", 1)).toMatchObject({ kind: 'O', size: 0 });
    expect(any("'|O'", 99)).toMatchObject({ kind: 'O', size: 0 });
    const expected = 'a.npy: expected an array of numbers (bool, int, uint or float), found';
    expect(() => read(file(words("'|O'", '2,'), 1, new Uint8Array(9)))).toThrow(
      `${expected} Python objects (dtype object).`,
    );
    expect(() => read(file(words("'<U1'", '2,'), 1, new Uint8Array(8)))).toThrow(`${expected} texts (dtype U).`);
  });

  const good = words("'|u1'", '2,');
  it.each<[string, Buffer, string]>([
    ['too short', file(good).subarray(0, 11), 'a NumPy array (.npy), found something else'],
    ['something else', Buffer.from('not a NumPy array at all'), 'a NumPy array (.npy), found something else'],
    ['version 0', file(good, 0), 'a .npy file of version 1, 2 or 3, found version 0'],
    ['version 4', file(good, 4), 'a .npy file of version 1, 2 or 3, found version 4'],
    ['a long header', file(good.padEnd(65_536), 2), 'a header of at most 65535 bytes, found 65536'],
    ['cut short', file(good).subarray(0, 40), `a header of ${good.length} bytes, found 30`],
    [
      'without a type',
      file("{'fortran_order': False, 'shape': (2,), }"),
      `a header with 'descr', 'fortran_order' and 'shape', found "{'fortran_order': False, 'shape': (2,), }"`,
    ],
    [
      'without an order',
      file("{'descr': '|u1', 'shape': (2,), }"),
      `a header with 'descr', 'fortran_order' and 'shape', found "{'descr': '|u1', 'shape': (2,), }"`,
    ],
    [
      'without a shape',
      file("{'descr': '|u1', 'fortran_order': False, }   "),
      `a header with 'descr', 'fortran_order' and 'shape', found "{'descr': '|u1', 'fortran_order': False, }"`,
    ],
    [
      'of other words',
      file(`{${'x'.repeat(100)}}`),
      `a header with 'descr', 'fortran_order' and 'shape', found "{${'x'.repeat(79)}".`,
    ],
    ['elements missing', file(good, 1, new Uint8Array(1)), '2 bytes of elements (2), found 1'],
    ['elements too many', file(good, 1, new Uint8Array(3)), '2 bytes of elements (2), found 3'],
    ['one number missing', file(words("'<f4'", '')), '4 bytes of elements (one), found 0'],
    ['more than there can be', file(words("'|u1'", '99999999, 99999999')), '9999999800000000 bytes'],
    [
      'complex numbers',
      file(words("'<c8'", '2,')),
      "an array of numbers (bool, int, uint or float), found dtype '<c8'",
    ],
    ['half a float', file(words("'<f1'", '2,')), "an array of numbers (bool, int, uint or float), found dtype '<f1'"],
    ['long doubles', file(words("'<f16'", '2,')), "an array of numbers (bool, int, uint or float), found dtype '<f16'"],
    [
      'no order of bytes',
      file(words("'f4'", '2,')),
      "an array of numbers (bool, int, uint or float), found dtype 'f4'",
    ],
    [
      'too long texts',
      file(words("'|S4097'", '2,')),
      "an array of numbers (bool, int, uint or float), found dtype '|S4097'",
    ],
    [
      'records',
      file(words("[('x', '<f4')]", '2,')),
      'an array of numbers (bool, int, uint or float), found dtype of records',
    ],
  ])('that is %s is refused', (_, bytes, problem) => {
    expect(() => read(bytes)).toThrow(
      expect.objectContaining({
        code: 'bad-file',
        message: expect.stringContaining(`a.npy: expected ${problem}`) as string,
      }),
    );
  });

  it('as long as may be is read from the bytes that hold it', () => {
    const bytes = file(good.padEnd(65_535), 2, new Uint8Array(2));
    expect(read(bytes.subarray(0, MOST_HEAD_BYTES), bytes.length)).toMatchObject({ count: 2, start: 65_547 });
  });

  it('has its shape in words', () => {
    expect(shapeText([6, 8, 8])).toBe('[6, 8, 8]');
  });
});

/** An array of these bytes, handed out in pieces of so many. */
function arrayOf(header: Partial<NpyHeader>, bytes: Buffer, pieceBytes = 3): NpyArray {
  const { size = 1 } = header;
  const count = header.shape?.reduce((product, side) => product * side, 1) ?? bytes.length / size;
  const whole = {
    kind: 'u',
    size,
    bigEndian: false,
    fortranOrder: false,
    shape: [count],
    count,
    start: 0,
    ...header,
  } as const;
  return {
    name: 'a.npy',
    header: whole,
    open: async function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
  };
}

const bytesOf = (values: NodeJS.ArrayBufferView) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

async function allOf(array: NpyArray): Promise<number[]> {
  const found: number[] = [];
  for await (const piece of elementsOf(array)) found.push(...piece);
  return found;
}

describe('the elements of an array', () => {
  const whole: readonly [NpyHeader['kind'], number, NodeJS.ArrayBufferView, number[]][] = [
    ['u', 1, Uint8Array.of(0, 7, 255), [0, 7, 255]],
    ['u', 2, Uint16Array.of(1, 65_535), [1, 65_535]],
    ['u', 4, Uint32Array.of(1, 4_294_967_295), [1, 4_294_967_295]],
    ['u', 8, BigUint64Array.of(1n, 2n ** 63n), [1, 2 ** 63]],
    ['i', 1, Int8Array.of(-1, 127), [-1, 127]],
    ['i', 2, Int16Array.of(-2, 300), [-2, 300]],
    ['i', 4, Int32Array.of(-3, 70_000), [-3, 70_000]],
    ['i', 8, BigInt64Array.of(-4n, 5n), [-4, 5]],
    ['b', 1, Uint8Array.of(0, 1, 2), [0, 1, 1]],
    ['f', 4, Float32Array.of(0.5, -2), [0.5, -2]],
    ['f', 8, Float64Array.of(0.1, -2), [0.1, -2]],
  ];

  it.each(whole)('%s%i are read across the pieces that a file comes in, of either order of bytes', async (...of) => {
    const [kind, size, values, wanted] = of;
    const little = bytesOf(values);
    const big = Buffer.concat(
      wanted.map((_, at) => Buffer.from(little.subarray(at * size, at * size + size)).reverse()),
    );
    expect(await allOf(arrayOf({ kind, size }, little))).toEqual(wanted);
    expect(await allOf(arrayOf({ kind, size, bigEndian: true }, big, 5))).toEqual(wanted);
  });

  it('of half precision are numbers, what is smaller than most of them, and what is none', async () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x0001, 0x83ff, 0x0000, 0x7c00, 0xfc00, 0x7e00);
    const wanted = [
      1,
      -2,
      1365 / 4096,
      65_504,
      2 ** -14,
      2 ** -24,
      -1023 * 2 ** -24,
      0,
      Infinity,
      -Infinity,
      Number.NaN,
    ];
    expect(await allOf(arrayOf({ kind: 'f', size: 2 }, bytesOf(bits)))).toEqual(wanted);
  });

  it('beyond those that the header promises are not read; fewer are an error', async () => {
    expect(await allOf(arrayOf({ size: 2, shape: [2] }, bytesOf(Uint16Array.of(1, 2, 3, 4))))).toEqual([1, 2]);
    const missing = allOf(arrayOf({ size: 2, shape: [2, 2] }, bytesOf(Uint16Array.of(1, 2, 3))));
    await expect(missing).rejects.toMatchObject({ code: 'bad-file', message: 'a.npy: expected 4 elements, found 3.' });
  });
});

describe('a look at the numbers of an array', () => {
  const survey = (header: Partial<NpyHeader>, values: NodeJS.ArrayBufferView, pictures: number) =>
    surveyArray(arrayOf(header, bytesOf(values), 8), pictures);

  it('finds what is black and white, and the brightest number of each picture', async () => {
    const values = Float32Array.of(0, 3, 1, 2, -1, -4, -2, -3);
    const { survey: found, brightest } = await survey({ kind: 'f', size: 4, shape: [2, 2, 2] }, values, 2);
    expect(found.range()).toEqual({ black: -4, white: 3 });
    expect([...brightest]).toEqual([3, -1]);
  });

  it('finds them in whole numbers of two bytes, of which most are none of the usual bytes', async () => {
    const { survey: found, brightest } = await survey({ kind: 'u', size: 2 }, Uint16Array.of(0, 1_023, 7, 512), 2);
    expect([found.range(), ...brightest]).toEqual([{ black: 0, white: 1_023 }, 1_023, 512]);
  });

  it('finds them where the first axis runs fastest', async () => {
    const values = Float32Array.of(0, -1, 3, -4, 1, -2, 2, -3);
    const array = { kind: 'f', size: 4, shape: [2, 2, 2], fortranOrder: true } as const;
    expect([...(await survey(array, values, 2)).brightest]).toEqual([3, -1]);
  });

  it('needs no more of bytes than what they mean', async () => {
    const bytes = Uint8Array.of(...Array(16).fill(200), 0);
    let pieces = 0;
    const array = arrayOf({}, Buffer.from(bytes), 4);
    const open = array.open;
    const counted = {
      ...array,
      open: async function* () {
        for await (const piece of open()) {
          pieces += 1;
          yield piece;
        }
      },
    };
    const { survey: found, brightest } = await surveyArray(counted, 17);
    expect([pieces, brightest.length, found.areBytes]).toEqual([1, 0, true]);
  });

  it('takes yes and no for black and white', async () => {
    const { survey: found, brightest } = await survey({ kind: 'b' }, Uint8Array.of(0, 0, 5, 0), 2);
    expect([found.range(), ...brightest]).toEqual([{ black: 0, white: 1 }, 0, 1]);
  });

  it.each([
    [false, '[1, 0, 2]'],
    // 8 = 0 + 2 · (0 + 2 · 2).
    [true, '[0, 0, 2]'],
  ])('names the place of what is no number; the first axis runs fastest: %s', async (fortranOrder, place) => {
    const values = new Float64Array(12).fill(1);
    values[8] = Number.NaN;
    const looked = survey({ kind: 'f', size: 8, shape: [2, 2, 3], fortranOrder }, values, 2);
    const message = `a.npy: expected numbers, found NaN at ${place}.`;
    await expect(looked).rejects.toMatchObject({ code: 'bad-file', message });
  });
});
