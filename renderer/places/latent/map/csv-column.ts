import Papa from 'papaparse';
import { StudioError } from '../../../../electron/domain/errors.ts';
import type { ColourColumn } from './colour-columns.ts';
import { readColumn } from '../../../widgets/read-number.ts';

/** Words beyond these many different ones are no classes that a palette could tell apart. */
const MOST_WORDS = 64;

/**
 * The fields of a CSV text, row by row: comma, semicolon or tab (whichever its rows agree on), fields in double quotes with quotes
 * doubled inside, any line ending, a byte-order mark left out. Empty lines are skipped.
 * @throws StudioError `bad-file` naming the row whose quotes are broken
 */
export function csvRows(text: string, file: string): string[][] {
  const { data, errors } = Papa.parse<string[]>(text, {
    skipEmptyLines: 'greedy',
    delimitersToGuess: [',', ';', '\t'],
  });
  const broken = errors.find(({ type }) => type === 'Quotes');
  if (broken === undefined) return data;
  const found = broken.code === 'MissingQuotes' ? 'one that is never closed' : 'something after a closing one';
  throw new StudioError('bad-file', `${file}: row ${(broken.row ?? 0) + 1}: expected quotes in pairs, found ${found}.`);
}

/** A table a person brought along: what its rows are known by, and its other columns. */
export interface CsvTable {
  readonly file: string;
  /** The heading of the first column. */
  readonly keyName: string;
  readonly keys: readonly string[];
  readonly columns: readonly { readonly name: string; readonly fields: readonly string[] }[];
}

/**
 * A table whose first row is its headings and whose first column names images or holds their places in the split.
 * @throws StudioError `bad-file` where there are no rows or no second column.
 */
export function csvTable(file: string, text: string): CsvTable {
  const [headings = [], ...rows] = csvRows(text, file);
  if (headings.length < 2 || rows.length === 0) {
    throw new StudioError(
      'bad-file',
      `${file}: expected a heading and rows of at least two columns (name or index, then values), found ` +
        `${rows.length} rows of ${headings.length} column${headings.length === 1 ? '' : 's'}.`,
    );
  }
  return {
    file,
    keyName: headings[0]!.trim(),
    keys: rows.map((row) => row[0]!.trim()),
    columns: headings.slice(1).map((name, at) => ({
      name: name.trim() || `column ${at + 2}`,
      fields: rows.map((row) => (row[at + 1] ?? '').trim()),
    })),
  };
}

/** Whether keys are places in the split, from 0; those beyond it match no image. Otherwise they are names. */
export function keysAreIndices({ keys }: CsvTable, count: number): boolean {
  return keys.every((key) => /^\d+$/.test(key)) && keys.some((key) => Number(key) < count);
}

/**
 * The rows' places in the split; -1 for a key that no image has. Names are compared as they are, then without folders; two
 * images of one name both take the row.
 */
export function placesOfKeys(table: CsvTable, count: number, names: readonly string[]): Int32Array[] {
  if (keysAreIndices(table, count)) {
    return table.keys.map((key) => (Number(key) < count ? Int32Array.of(Number(key)) : new Int32Array(0)));
  }
  const places = new Map<string, number[]>();
  const add = (name: string, index: number) => {
    const known = places.get(name);
    if (!known) places.set(name, [index]);
    else if (known.at(-1) !== index) known.push(index);
  };
  names.forEach((name, index) => {
    add(name, index);
    add(baseName(name), index);
  });
  return table.keys.map((key) => Int32Array.from(places.get(key) ?? places.get(baseName(key)) ?? []));
}

const baseName = (name: string) => name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);

export interface MatchedColumn {
  readonly column: ColourColumn;
  /** Rows that named an image, and those that did not. */
  readonly matched: number;
  readonly unmatched: number;
}

/** A column as colours: numbers where every field is one or empty, else words, the most frequent first. */
export function matchedColumn(
  table: CsvTable,
  which: number,
  places: readonly Int32Array[],
  count: number,
): MatchedColumn {
  const { name, fields } = table.columns[which]!;
  const matched = places.filter(({ length }) => length > 0).length;
  const numbers = readColumn(fields);
  const column = numbers
    ? numberColumn(name, numbers, places, count)
    : wordColumn(table.file, name, fields, places, count);
  return { column, matched, unmatched: places.length - matched };
}

function numberColumn(
  unit: string,
  numbers: readonly number[],
  places: readonly Int32Array[],
  count: number,
): ColourColumn {
  const values = new Float32Array(count).fill(Number.NaN);
  numbers.forEach((number, row) => {
    if (!Number.isNaN(number)) for (const index of places[row]!) values[index] = number;
  });
  return { kind: 'numbers', values, unit };
}

function wordColumn(
  file: string,
  column: string,
  fields: readonly string[],
  places: readonly Int32Array[],
  count: number,
): ColourColumn {
  const frequency = new Map<string, number>();
  for (const field of fields) if (field !== '') frequency.set(field, (frequency.get(field) ?? 0) + 1);
  if (frequency.size > MOST_WORDS) {
    throw new StudioError(
      'bad-file',
      `${file}: column "${column}": expected numbers or at most ${MOST_WORDS} different words, found ${frequency.size}.`,
    );
  }
  const names = [...frequency].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
  const classes = new Uint16Array(count).fill(names.length);
  const numberOf = new Map(names.map((word, index) => [word, index]));
  fields.forEach((field, row) => {
    const number = numberOf.get(field);
    if (number !== undefined) for (const index of places[row]!) classes[index] = number;
  });
  return { kind: 'classes', classes, names };
}
