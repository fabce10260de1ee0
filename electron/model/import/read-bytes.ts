import { stat } from 'node:fs/promises';
import { StudioError } from '../../domain/errors.ts';
import { mostInOnePiece, readWholeFile } from '../../files/whole-file.ts';
import { bad, COPY_AGAIN } from './read-chain.ts';

/** Larger files are not read: no model here has more weights than fit in it. */
const MOST_FILE_BYTES = Math.min(2 ** 31, mostInOnePiece());

/**
 * A file's bytes, its size checked before memory is taken.
 * @param name what messages call it
 * @throws StudioError `not-found`; `bad-file` beyond `most` bytes
 */
export async function readBytes(path: string, name: string, most: number = MOST_FILE_BYTES): Promise<Buffer> {
  const size = await sizeOfFile(path, name);
  if (size > most)
    throw bad(
      name,
      `a file of at most ${most.toLocaleString('en')} bytes`,
      `${size.toLocaleString('en')}: save a smaller model`,
    );
  return readWholeFile(path, most);
}

/** @throws StudioError `not-found` where there is no such file */
export async function sizeOfFile(path: string, name: string): Promise<number> {
  const about = await stat(path).catch((cause: unknown) => {
    throw new StudioError(
      'not-found',
      `${name}: expected a file, found none that can be read: put it there, and try again.`,
      { cause },
    );
  });
  if (about.isFile()) return about.size;
  throw bad(name, 'a file', 'something else: choose another');
}

/** @throws StudioError `bad-file` where it is not JSON */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw bad(where, 'JSON', `text that is not JSON: ${COPY_AGAIN}`, cause);
  }
}
