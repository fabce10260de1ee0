import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import { parseCsv } from '../files/csv.ts';
import { MOST_HEAD_BYTES, readNpyHeader, shapeText } from './import/npy-header.ts';
import { elementsOf } from './import/npy-elements.ts';
import { whyUnreadable } from './import/system.ts';

/** The columns that `encode` writes codes into, and names. */
const CODE_COLUMN = /^code_\d+$/;
const NAME_COLUMN = 'name';

/** Codes, and what their images were called where the file says so. */
export interface NamedCodes {
  /** float32 [n × size] */
  readonly codes: Float32Array;
  readonly names?: readonly string[];
}

/**
 * Reads codes from a NumPy array [n, size] (or [size]) or from CSV: the columns called code_1, code_2, … where the first line
 * names columns, else all of them.
 * @throws StudioError `not-found` or `bad-file` naming the file, what was expected and what was found
 */
export async function readCodes(path: string, size: number): Promise<NamedCodes> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new StudioError('not-found', `${path}: expected a file of codes, but ${whyUnreadable(cause)}.`, { cause });
  });
  const read = /\.csv$/i.test(path)
    ? csvCodes(bytes.toString('utf8'), path, size)
    : { codes: await npyCodes(bytes, path, size) };
  const { codes } = read;
  if (codes.length === 0) throw new StudioError('bad-file', `${path}: expected at least one code, found none.`);
  const place = codes.findIndex((value) => !Number.isFinite(value));
  if (place < 0) return read;
  const where = `code ${Math.floor(place / size)}, unit ${place % size}`;
  throw new StudioError('bad-file', `${path}: expected finite numbers, found ${codes[place]} in ${where}.`);
}

async function npyCodes(bytes: Buffer, path: string, size: number): Promise<Float32Array> {
  const name = basename(path);
  const header = readNpyHeader(bytes.subarray(0, MOST_HEAD_BYTES), bytes.length, path);
  const { shape, count } = header;
  const fits = shape.length === 2 ? shape[1] === size : shape.length === 1 && shape[0] === size;
  if (!fits) {
    throw new StudioError(
      'bad-file',
      `${path}: expected an array [count, ${size}] of codes, found ${shapeText(shape)}.`,
    );
  }
  const inOrder = new Float32Array(count);
  let filled = 0;
  const open = async function* (): AsyncGenerator<Buffer> {
    yield bytes.subarray(header.start);
  };
  for await (const piece of elementsOf({ name, header, open })) {
    inOrder.set(piece, filled);
    filled += piece.length;
  }
  if (!header.fortranOrder || shape.length === 1) return inOrder;
  const rows = count / size;
  return Float32Array.from(inOrder, (_, index) => inOrder[(index % size) * rows + Math.floor(index / size)]!);
}

function csvCodes(text: string, path: string, size: number): NamedCodes {
  const [first = [], ...others] = parseCsv(text, path);
  const named = first.flatMap((field, column) => (CODE_COLUMN.test(field) ? [column] : []));
  const columns = named.length > 0 ? named : first.map((_, column) => column);
  const bad = (line: number, expected: string, found: string): StudioError =>
    new StudioError('bad-file', `${path}: row ${line}: expected ${expected}, found ${found}.`);
  if (columns.length !== size) throw bad(1, `${size} numbers, the code’s size`, `${columns.length}`);
  const rows = named.length > 0 ? others : [first, ...others];
  const firstRow = named.length > 0 ? 2 : 1;
  const nameAt = named.length > 0 ? first.indexOf(NAME_COLUMN) : -1;
  const codes = Float32Array.from(
    rows.flatMap((row, index) =>
      columns.map((column) => {
        const field = row[column] ?? '';
        const value = Number(field);
        if (field !== '' && Number.isFinite(value)) return value;
        throw bad(index + firstRow, 'numbers', field === '' ? 'an empty field' : `"${field.slice(0, 24)}"`);
      }),
    ),
  );
  return nameAt < 0 ? { codes } : { codes, names: rows.map((row) => row[nameAt] ?? '') };
}
