import type { FileHandle } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readFully } from '../../electron/files/read-fully.ts';

/** A file of these bytes on a disk that gives at most three of them a call. */
function slowFile(bytes: Uint8Array): Pick<FileHandle, 'read'> {
  const read = (into: Uint8Array, offset: number, length: number, at: number) => {
    const part = bytes.subarray(at, at + Math.min(3, length));
    into.set(part, offset);
    return Promise.resolve({ bytesRead: part.length, buffer: into });
  };
  return { read } as unknown as Pick<FileHandle, 'read'>;
}

describe('reading a part of a file', () => {
  const file = slowFile(Uint8Array.from({ length: 10 }, (_, at) => at));

  it('goes on where the disk gives less than it is asked for', async () => {
    const part = new Uint8Array(7);
    expect(await readFully(file, part, 2)).toBe(7);
    expect([...part]).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it('tells how much there was where the file ends before', async () => {
    const part = new Uint8Array(7);
    expect(await readFully(file, part, 6)).toBe(4);
    expect([...part]).toEqual([6, 7, 8, 9, 0, 0, 0]);
  });
});
