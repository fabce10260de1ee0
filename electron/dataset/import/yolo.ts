import type { ListedFile } from './listed-file.ts';

/** Class, then at least four numbers from 0 to 1: a box by its centre and sides, or a polygon. */
const OBJECT = /^\d+(?:\s+-?\d*\.?\d+(?:e[-+]?\d+)?){4,}$/i;
/** Names of the classes, a line each. */
const NAMES_FILE = /(?:^|\/)(?:classes\.txt|labels\.txt|obj\.names|_darknet\.labels|[^/]*\.names)$/i;
const YAML_FILE = /\.ya?ml$/i;
const MOST_BYTES = 2 ** 16;

/** Whether a text is what YOLO (Redmon et al. 2016) reads of a picture: a line for each object. */
export function isYolo(text: string): boolean {
  const lines = linesOf(text);
  return lines.length > 0 && lines.every((line) => OBJECT.test(line));
}

/** @param names of the classes in their order; those without are called by their numbers */
export function classesOfYolo(text: string, names: readonly string[]): string[] {
  return linesOf(text).map((line) => {
    const number = /^\d+/.exec(line)![0];
    return names[Number(number)] ?? number;
  });
}

export interface ClassNames {
  readonly names: readonly string[];
  /** Where they stand; absent without such a file. */
  readonly file?: ListedFile;
}

/** The names of the classes as they stand in data.yaml or classes.txt. */
export async function classNamesIn(files: readonly ListedFile[]): Promise<ClassNames> {
  for (const [pattern, namesIn] of [
    [YAML_FILE, namesInYaml],
    [NAMES_FILE, linesOf],
  ] as const) {
    for (const file of files.filter(({ name }) => pattern.test(name))) {
      const head = await file.head(MOST_BYTES).catch(() => Buffer.alloc(0));
      const names = namesIn(head.toString('utf8').replace(/^\uFEFF/, ''));
      if (names.length > 0) return { names, file };
    }
  }
  return { names: [] };
}

const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What stands under `names`: a list in brackets or with dashes, or names by their numbers. */
export function namesInYaml(text: string): string[] {
  const begins = /^names\s*:[ \t]*/m.exec(text);
  if (begins === null) return [];
  const rest = text.slice(begins.index + begins[0].length);
  const [, inBrackets] = /^\s*\[([^\]]*)\]/.exec(rest) ?? [];
  if (inBrackets !== undefined)
    return inBrackets
      .split(',')
      .map(unquoted)
      .filter((name) => name !== '');
  const names: string[] = [];
  for (const line of rest.split(/\r?\n/).slice(1)) {
    const [, number, name] = /^\s*(?:-\s+|(\d{1,5})\s*:\s*)(.+)$/.exec(line) ?? [];
    if (name === undefined) break;
    names[number === undefined ? names.length : Number(number)] = unquoted(name);
  }
  return Array.from(names, (name, at) => name ?? String(at));
}

const unquoted = (text: string): string => text.trim().replace(/^(['"])(.*)\1$/, '$2');
