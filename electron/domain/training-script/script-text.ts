/**
 * Text for generated scripts. Whatever a person has typed (names of sets, labels, titles) reaches a script through one of the first
 * three functions and cannot end the string or the comment it stands in.
 */

/** Columns of a script's lines: names and labels alone may take more. */
export const SCRIPT_WIDTH = 100;

/** Controls, line separators, invisible and direction-changing characters, lone surrogates. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A string literal in double quotes that Python and JavaScript read alike. */
export function doubleQuoted(text: string): string {
  return `"${escaped(text).replaceAll('"', '\\"')}"`;
}

/** A string literal in single quotes, as JavaScript is written. */
export function singleQuoted(text: string): string {
  return `'${escaped(text).replaceAll("'", "\\'")}'`;
}

/** A person's words within a comment, a docstring of Python or a comment of several lines of JavaScript. */
export function inComment(text: string): string {
  return text.replaceAll(UNSEEN, ' ').replaceAll('\\', '/').replaceAll('"', '”').replaceAll('*/', '* /').trim();
}

/** Backslashes doubled; what cannot be seen as \uXXXX, which both languages know; half a surrogate pair as U+FFFD. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll(UNSEEN, (unseen) =>
      Array.from(
        { length: unseen.length },
        (_, at) => `\\u${unseen.charCodeAt(at).toString(16).padStart(4, '0')}`,
      ).join(''),
    );
}

/** A number as both languages write it; whole ones of five digits and more in groups: 55_000. */
export function literal(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) < 10_000 || Math.abs(value) >= 1e15) return String(value);
  return String(value).replace(/\B(?=(\d{3})+$)/g, '_');
}

/** One minus a share, without the last digits of the computer's arithmetic: 0.9 of 0.1. */
export const complement = (share: number): number => Number((1 - share).toPrecision(12));

/** "Five", to begin a sentence with; larger numbers in digits. */
export const numberWord = (value: number): string =>
  ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'][value] ?? literal(value);

/** Lines moved to the right by `spaces`; empty ones stay empty. */
export function indented(spaces: number, lines: readonly string[]): string {
  return lines
    .join('\n')
    .split('\n')
    .map((line) => (line === '' ? '' : `${' '.repeat(spaces)}${line}`))
    .join('\n');
}

/** What there is of several pieces, with so many empty lines between them. */
export function joined(emptyLines: number, pieces: readonly (string | undefined)[]): string {
  return pieces.filter((piece) => piece !== undefined && piece !== '').join('\n'.repeat(emptyLines + 1));
}

/** Sentences of a comment, broken into lines of at most `width` characters. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
