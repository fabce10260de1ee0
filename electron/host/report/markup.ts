import { markup, type Markup } from '../../domain/markup.ts';

/** A table of texts; the first column heads its row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], id: string): Markup {
  const body = rows.map(
    ([first, ...cells]) =>
      markup`<tr><th scope="row">${first}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`,
  );
  return markup`<div class="wide"><table id="${id}"><thead><tr>${head.map((cell) => markup`<th>${cell}</th>`)}</tr></thead><tbody>
${body}</tbody></table></div>`;
}

/** Four significant digits at most; what is no number says so. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-5) return value.toExponential(3);
  return String(Number(value.toPrecision(4)));
}
