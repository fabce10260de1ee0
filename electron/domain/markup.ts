/** HTML or SVG that may stand in a page as it is. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a template takes in: markup as it is, texts and numbers as their reader sees them, nothing for what is missing. */
export type Insertion = Markup | string | number | undefined | readonly Insertion[];

/** A template for HTML and SVG: whatever is put into it that is not markup itself is escaped, in attributes too. */
export function markup(parts: TemplateStringsArray, ...insertions: readonly Insertion[]): Markup {
  return new Markup(parts.map((part, index) => (index === 0 ? '' : textOf(insertions[index - 1])) + part).join(''));
}

/** Pieces of markup with a separator between them; what is empty is left out. */
export const joined = (pieces: readonly Markup[], separator = ''): Markup =>
  new Markup(
    pieces
      .map(String)
      .filter((piece) => piece !== '')
      .join(separator),
  );

function textOf(insertion: Insertion): string {
  if (insertion === undefined) return '';
  if (insertion instanceof Markup) return insertion.toString();
  return typeof insertion === 'object' ? insertion.map(textOf).join('') : escaped(String(insertion));
}

const signs: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters but tab and line ends have no place in XML: what cannot be shown is shown as that. */
const escaped = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex -- they are what must go
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
    .replace(/[&<>"']/g, (sign) => signs[sign]!);
