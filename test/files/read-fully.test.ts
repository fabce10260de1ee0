import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFully, readFullyNow, readWholeNow } from '../../electron/files/read-fully.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

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

describe('reading a part of a file at once', () => {
  it('fills what there is, and names the file that ends before', () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'images.u8');
    writeFileSync(
      path,
      Uint8Array.from({ length: 10 }, (_, at) => at),
    );
    const file = openSync(path, 'r');
    const part = new Uint8Array(7);
    expect([readFullyNow(file, part, 6), ...part]).toEqual([4, 6, 7, 8, 9, 0, 0, 0]);
    readWholeNow(file, path, part, 2);
    expect([...part]).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(() => readWholeNow(file, path, part, 4)).toThrow(`${path}: expected 7 bytes from byte 4 on, found 6.`);
    closeSync(file);
  });
});
