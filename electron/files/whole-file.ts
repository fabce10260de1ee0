import { open } from 'node:fs/promises';
import { StudioError } from '../domain/errors.ts';
import { readFully } from './read-fully.ts';

/**
 * Bytes that may lie in memory in one piece. Electron's allocator gives no 2 GiB, and where native code asks for them ends the process;
 * Node's gives what the machine has.
 */
export function mostInOnePiece(versions: Readonly<Record<string, string | undefined>> = process.versions): number {
  return versions['electron'] === undefined ? Number.MAX_SAFE_INTEGER : 2 ** 31 - 2 ** 24;
}

/** @throws StudioError `refused` where so many bytes of a file cannot lie in one piece */
export function checkOnePiece(path: string, bytes: number, most = mostInOnePiece()): void {
  if (bytes <= most) return;
  const expected = `at most ${most.toLocaleString('en')} bytes, which is what the desktop app can hold in one piece`;
  const instead = 'The app in the browser and the command line of a checkout hold more.';
  throw new StudioError('refused', `${path}: expected ${expected}, found ${bytes.toLocaleString('en')}. ${instead}`);
}

/**
 * A file's whole content, however large: Node's own `readFile` ends at 2 GiB.
 * @throws StudioError `refused` where it cannot lie in one piece; the system's own error where it cannot be read
 */
export async function readWholeFile(path: string, most = mostInOnePiece()): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    checkOnePiece(path, size, most);
    const whole = Buffer.allocUnsafeSlow(size);
    return whole.subarray(0, await readFully(file, whole, 0));
  } finally {
    await file.close();
  }
}
