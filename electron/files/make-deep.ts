import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

// Node's own `recursive`, asked for a folder where the system makes none although the one above is there (/proc, a network place that
// is gone), never ends.

/**
 * Makes a folder and those above it, where they are missing. Throws the system's error.
 * @param path absolute
 * @returns the first folder that was made
 */
export async function makeDeep(path: string): Promise<string | undefined> {
  const isMade = async (): Promise<boolean> =>
    mkdir(path).then(
      () => true,
      async (error: unknown) => {
        if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return false;
        throw error;
      },
    );
  try {
    return (await isMade()) ? path : undefined;
  } catch (error) {
    if (!isAboveMissing(error, path)) throw error;
    const first = await makeDeep(dirname(path));
    return (await isMade()) ? (first ?? path) : first;
  }
}

/** The same at once, for what cannot wait. */
export function makeDeepNow(path: string): void {
  const make = (): void => {
    try {
      mkdirSync(path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
    }
  };
  try {
    make();
  } catch (error) {
    if (!isAboveMissing(error, path)) throw error;
    makeDeepNow(dirname(path));
    make();
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const isAboveMissing = (error: unknown, path: string): boolean => codeOf(error) === 'ENOENT' && dirname(path) !== path;
