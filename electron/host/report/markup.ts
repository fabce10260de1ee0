/** Text as HTML and SVG show it. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A table of texts; the first column heads its row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], id: string): string {
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    row
      .map((cell, column) =>
        column === 0 && tag === 'td' ? `<th scope="row">${escaped(cell)}</th>` : `<${tag}>${escaped(cell)}</${tag}>`,
      )
      .join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<div class="wide"><table id="${id}"><thead><tr>${cells(head, 'th')}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

/** Four significant digits at most; what is no number says so. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-5) return value.toExponential(3);
  return String(Number(value.toPrecision(4)));
}
