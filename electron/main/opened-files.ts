import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ENDINGS = /\.(?:aestudio|aestudio-experiment|json)$/i;

/**
 * The experiments and runs among the words of a command line: what the system's file manager starts the app with, as paths or,
 * on Linux, as `file:` addresses. Each once.
 * @param argv without the program itself
 * @param folder the one that relative paths are meant from
 */
export function filesNamed(argv: readonly string[], folder: string): readonly string[] {
  const paths = argv
    .filter((word) => !word.startsWith('-'))
    .map(pathOf)
    .filter((path) => path !== undefined && ENDINGS.test(path))
    .map((path) => (isAbsolute(path!) ? path! : resolve(folder, path!)));
  return [...new Set(paths)];
}

/** Nothing for an address of elsewhere. */
function pathOf(word: string): string | undefined {
  if (/^file:/i.test(word)) {
    try {
      return fileURLToPath(word);
    } catch {
      return undefined;
    }
  }
  return /^[a-z][a-z\d+.-]+:\/\//i.test(word) ? undefined : word;
}
