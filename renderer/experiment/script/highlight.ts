import type { ScriptFile } from '../../../electron/domain/training-script/training-script.ts';

export interface Token {
  readonly kind: 'comment' | 'string' | 'keyword' | 'number' | 'name' | 'plain';
  readonly text: string;
}

type Language = ScriptFile['language'];

const KEYWORDS: Readonly<Record<Exclude<Language, 'plain'>, string>> = {
  python:
    'and as assert break class continue def del elif else except finally for from global if import in is lambda not or pass raise return try while with yield None True False self',
  javascript:
    'async await break case catch class const continue else export extends false finally for function if import in instanceof let new null of return static super switch this throw true try typeof undefined while',
};

/** Alternatives in the order in which they are tried; what none of them takes is plain. */
const GRAMMARS: Readonly<Record<Exclude<Language, 'plain'>, RegExp>> = {
  python: grammar(
    '#[^\\n]*',
    '[fbr]?"""[\\s\\S]*?"""|[fbr]?"(?:\\\\.|[^"\\\\\\n])*"|[fbr]?\'(?:\\\\.|[^\'\\\\\\n])*\'',
    '(?<=\\b(?:def|class)\\s)\\w+',
    KEYWORDS.python,
  ),
  javascript: grammar(
    '\\/\\/[^\\n]*|\\/\\*[\\s\\S]*?\\*\\/',
    '`(?:\\\\.|[^`\\\\])*`|"(?:\\\\.|[^"\\\\\\n])*"|\'(?:\\\\.|[^\'\\\\\\n])*\'',
    '(?<=\\b(?:function|class)\\s)\\w+',
    KEYWORDS.javascript,
  ),
};

function grammar(comment: string, string: string, name: string, keywords: string): RegExp {
  const words = keywords.split(' ').join('|');
  const number = '(?<![\\w.])\\d[\\d_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?';
  return new RegExp(
    `(?<comment>${comment})|(?<string>${string})|(?<name>${name})|(?<keyword>(?<![\\w.])(?:${words})\\b)|(?<number>${number})`,
    'g',
  );
}

/** A text's lines as pieces to be coloured; put together they are the text. A piece that spans lines is cut at their ends. */
export function tokensOf(text: string, language: Language): readonly (readonly Token[])[] {
  const tokens = language === 'plain' ? [{ kind: 'plain' as const, text }] : scanned(text, GRAMMARS[language]);
  const lines: Token[][] = [[]];
  for (const { kind, text: piece } of tokens) {
    piece.split('\n').forEach((part, at) => {
      if (at > 0) lines.push([]);
      if (part !== '') lines.at(-1)?.push({ kind, text: part });
    });
  }
  return lines;
}

function scanned(text: string, pattern: RegExp): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) tokens.push({ kind: 'plain', text: text.slice(end, match.index) });
    const [kind] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? ['plain'];
    tokens.push({ kind: kind as Token['kind'], text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) tokens.push({ kind: 'plain', text: text.slice(end) });
  return tokens;
}
