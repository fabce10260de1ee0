/** What a spreadsheet would take for a formula when a text begins with it. */
const formula = /^[=+\-@\t\r]/;

/** Rows as RFC 4180 has them (CRLF, quotes doubled). Texts that a spreadsheet would compute get an apostrophe before. */
export function toCsv(rows: readonly (readonly (string | number | undefined)[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
