import Papa from 'papaparse';

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
 */
export function parseCsv(text: string): string[][] {
  const guess = Papa.parse<string[]>(text, { skipEmptyLines: 'greedy', delimitersToGuess: [',', ';', '\t', '|'] });
  return guess.data.map((row) => row.map((field) => field.trim()));
}
