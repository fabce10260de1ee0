import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mostInOnePiece, readWholeFile } from '../../electron/files/whole-file.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

let place: TemporaryFolder;
beforeEach(() => {
  place = new TemporaryFolder();
});
afterEach(() => place[Symbol.dispose]());

describe('what lies in memory in one piece', () => {
  it('is less than 2 GiB in Electron, and what the machine has in Node', () => {
    expect(mostInOnePiece({ electron: '45.4.1' })).toBeLessThan(2 ** 31);
    expect(mostInOnePiece({})).toBeGreaterThan(2 ** 33);
  });

  it('is a whole file up to the limit', async () => {
    const path = join(place.path, 'state');
    writeFileSync(path, Uint8Array.of(1, 2, 3, 4));
    expect([...(await readWholeFile(path, 4))]).toEqual([1, 2, 3, 4]);
    await expect(readWholeFile(path, 3)).rejects.toMatchObject({
      code: 'refused',
      message:
        `${path}: expected at most 3 bytes, which is what the desktop app can hold in one piece, found 4. ` +
        'The app in the browser and the command line of a checkout hold more.',
    });
    await expect(readWholeFile(join(place.path, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
