import { describe, expect, it } from 'vitest';
import { ZipArchive } from '../../../electron/files/zip-archive.ts';
import { GrowingZip } from '../../../renderer/files/growing-zip.ts';

describe('a zip file made in the window', () => {
  it('holds what was put into it', async () => {
    const zip = new GrowingZip('pictures.zip', 2);
    zip.deflate('table.csv', new TextEncoder().encode('a,b\r\n'));
    zip.store('1.png', Uint8Array.of(1, 2, 3));
    const archive = await ZipArchive.ofBytes(Buffer.concat(zip.end()), 'pictures.zip');
    const read = await Promise.all(archive.entries.map(async (entry) => [entry.name, await archive.read(entry)]));
    expect(read).toEqual([
      ['table.csv', Buffer.from('a,b\r\n')],
      ['1.png', Buffer.of(1, 2, 3)],
    ]);
  });

  it('is refused before it begins where there are more files than it can count', () => {
    expect(() => new GrowingZip('pictures.zip', 65_535)).toThrow(
      'pictures.zip: expected at most 65,534 files in one zip file, found 65,535. Save fewer images at a time.',
    );
  });

  it('is refused where it grows larger than it can say', () => {
    const zip = new GrowingZip('pictures.zip', 2, 1_000);
    zip.store('1.png', new Uint8Array(800));
    expect(() => zip.store('2.png', new Uint8Array(800))).toThrow(
      /^pictures\.zip: expected at most 1,000 bytes in one zip file, found 1,\d{3}\./,
    );
  });
});
