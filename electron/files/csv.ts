import Papa from 'papaparse';
import { StudioError } from '../domain/errors.ts';

/** One line of CSV (RFC 4180), with its end: fields that hold a comma, a quote or a line's end are quoted. */
export function csvLine(fields: readonly (string | number)[]): string {
  return `${fields.map((field) => quoted(String(field))).join(',')}\n`;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/**
 * The rows of CSV text, whatever ends its lines and parts its fields (comma, semicolon, tab or bar, as its first rows do); quoted
 * fields may hold anything, empty lines and a byte order mark are left out.
 * @param name what messages call it
 * @throws StudioError `bad-file` naming the row whose quotes are broken
 */
export function parseCsv(text: string, name: string): string[][] {
  const { data, errors } = Papa.parse<string[]>(text, {
    skipEmptyLines: 'greedy',
    delimitersToGuess: [',', ';', '\t', '|'],
  });
  const broken = errors.find(({ type }) => type === 'Quotes');
  if (broken === undefined) return data.map((row) => row.map((field) => field.trim()));
  const found = broken.code === 'MissingQuotes' ? 'one that is never closed' : 'something after a closing one';
  throw new StudioError('bad-file', `${name}: row ${(broken.row ?? 0) + 1}: expected quotes in pairs, found ${found}.`);
}
