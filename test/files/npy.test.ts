import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCodes } from '../../electron/dataset/read-codes.ts';
import { csvLine, parseCsv } from '../../electron/files/csv.ts';
import { encodeNpy } from '../../electron/files/npy.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');
/** numpy.linspace(-2, 3, 18) as float32. */
const codes = Float32Array.from({ length: 18 }, (_, index) => -2 + (5 * index) / 17);

describe('a NumPy file', () => {
  it('has the bytes that numpy writes', () => {
    expect(Buffer.compare(encodeNpy(codes, [6, 3]), readFileSync(join(FIXTURES, 'codes.npy')))).toBe(0);
  });

  it('of one axis has Python’s comma, and its elements begin at a multiple of 64', () => {
    const bytes = Buffer.from(encodeNpy(Float32Array.of(1, 2), [2]));
    expect(bytes.toString('latin1', 10, 72)).toMatch(/'shape': \(2,\), \} +$/);
    expect([bytes.length, bytes[127], bytes.readFloatLE(132)]).toEqual([136, 0x0a, 2]);
  });

  it.each(['codes.npy', 'codes-fortran.npy'])('%s as numpy wrote it is read as codes', async (name) => {
    expect(await readCodes(join(FIXTURES, name), 3)).toEqual({ codes });
  });
});

describe('CSV', () => {
  it('comes back as it was written', () => {
    const rows = [
      ['name', 'a,b', 'say "so"', 'two\nlines', ''],
      ['x', '1', '2.5', '-3e-7', '4'],
    ];
    expect(parseCsv(rows.map(csvLine).join(''), 'a.csv')).toEqual(rows);
    expect(parseCsv('\r\n1 , 2\r\n\r\n3,"4"', 'a.csv')).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(parseCsv('', 'a.csv')).toEqual([]);
  });
});

describe('codes in a file', () => {
  const read = async (name: string, content: string | Uint8Array, size = 2) => {
    using folder = new TemporaryFolder();
    const path = folder.write(name, content);
    return await readCodes(path, size)
      .then(({ codes: read, names }) => (names ? { read, names } : read))
      .catch((error: Error) => error.message.replace(path, name));
  };

  it('with broken quotes are refused by row, however long the file', async () => {
    const rows = '1,2\n'.repeat(100_000);
    const started = performance.now();
    expect(await read('a.csv', `${rows}"3,4\n${rows}`)).toBe(
      'a.csv: row 100001: expected quotes in pairs, found one that is never closed.',
    );
    expect(await read('a.csv', `"3"5,4\n${rows}`)).toBe(
      'a.csv: row 1: expected quotes in pairs, found something after a closing one.',
    );
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('are the code columns where the first line names them, else all', async () => {
    expect(await read('a.csv', 'name,code_1,error,code_2\n"x,y",1,9,-2.5\nz,3e2,9,4\n')).toEqual({
      read: Float32Array.of(1, -2.5, 300, 4),
      names: ['x,y', 'z'],
    });
    expect(await read('b.csv', '1,2\n3,4\n')).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it.each([
    ['a.csv', '1,2,3\n', 'a.csv: row 1: expected 2 numbers, the code’s size, found 3.'],
    ['a.csv', '', 'a.csv: row 1: expected 2 numbers, the code’s size, found 0.'],
    ['a.csv', 'code_1,code_2\n', 'a.csv: expected at least one code, found none.'],
    ['a.csv', 'code_1,code_2\n1,x\n', 'a.csv: row 2: expected numbers, found "x".'],
    ['a.csv', '1,2\n3\n', 'a.csv: row 2: expected numbers, found an empty field.'],
    ['a.csv', '1,2\n3,NaN\n', 'a.csv: row 2: expected numbers, found "NaN".'],
    ['a.npy', 'not one', 'a.npy: expected a NumPy array (.npy), found something else.'],
    ['a.npy', encodeNpy(codes, [6, 3]), 'a.npy: expected an array [count, 2] of codes, found [6, 3].'],
    [
      'a.npy',
      encodeNpy(Float32Array.of(1, NaN), [1, 2]),
      'a.npy: expected finite numbers, found NaN in code 0, unit 1.',
    ],
    ['a.npy', encodeNpy(new Float32Array(0), [0, 2]), 'a.npy: expected at least one code, found none.'],
  ])('%s is refused where it is wrong (%#)', async (name, content, message) => {
    expect(await read(name, content)).toBe(message);
  });

  it('that are not there are named', async () => {
    await expect(readCodes('/nowhere/codes.npy', 2)).rejects.toMatchObject({
      code: 'not-found',
      message: '/nowhere/codes.npy: expected a file of codes, but it is no longer there.',
    });
  });
});
