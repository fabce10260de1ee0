import { isAbsolute, resolve } from 'node:path';

const ENDINGS = /\.(?:aestudio|aestudio-experiment|json)$/i;

/**
 * The experiments and runs among the words of a command line: what the system's file manager starts the app with.
 * @param argv without the program itself
 * @param folder the one that relative paths are meant from
 */
export function filesNamed(argv: readonly string[], folder: string): readonly string[] {
  return argv
    .filter((word) => !word.startsWith('-') && ENDINGS.test(word))
    .map((word) => (isAbsolute(word) ? word : resolve(folder, word)));
}
