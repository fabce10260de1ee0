import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import type { ImportOptions, Reading } from '../../../electron/contract/import-options.ts';
import { openSource } from '../../../electron/dataset/import/open-source.ts';
import { decodeItem } from '../../../electron/dataset/import/read-item.ts';
import { thisMachine } from '../../../electron/dataset/import/system.ts';

export const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'import');

export function bytesOf(name: string): Buffer {
  return readFileSync(join(FIXTURES, name));
}

/** What Pillow and numpy say of the fixtures (test/fixtures/make/import_files.py). */
export const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as {
  readonly [
    Name in
      'rgb' | 'photo.jpg' | 'photo.avif' | 'palette.png' | 'grey' | 'bits1' | 'smaller' | 'larger' | 'images' | 'labels'
  ]: readonly number[];
};

/** The options most tests import with. */
export const plain: ImportOptions = {
  name: 'Tried',
  width: 8,
  height: 8,
  channels: 1,
  fit: 'contain',
  background: '#000000',
  invert: 'off',
  centre: false,
  labels: 'folders',
  test: { kind: 'every', n: 3 },
  duplicates: 'skip',
};

/** Everything a source gives (fixtures by name, others by path), pixels as plain numbers. */
export async function itemsOf(
  ...given: readonly string[] | [{ readonly paths: readonly string[]; readonly reading: Reading }]
) {
  const [first] = given;
  const { paths, reading } = typeof first === 'object' ? first : { paths: given as readonly string[], reading: {} };
  const source = await openSource(
    paths.map((name) => resolve(FIXTURES, name)),
    thisMachine,
    { reading },
  );
  const items: { name: string; label?: string; split?: string; pixels: number[] }[] = [];
  for await (const item of source.items()) {
    const { name, label, split } = item;
    const { picture } = await decodeItem(item, { width: 64, height: 64 });
    items.push({
      name,
      ...(label === undefined ? {} : { label }),
      ...(split === undefined ? {} : { split }),
      pixels: [...picture.pixels],
    });
  }
  await source.close();
  return { ...source, items };
}

/** A PNG of even grey, unlike others of another value. */
export function greyPng(value: number, side = 8): Promise<Buffer> {
  return sharp(Buffer.alloc(side * side, value), { raw: { width: side, height: side, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

/** A PNG of a few hundred bytes whose header claims 30,000 × 30,000 pixels, its checksum right. */
export function pixelBomb(width = 30_000, height = 30_000): Buffer {
  const bomb = bytesOf('rgb.png');
  bomb.writeUInt32BE(width, 16);
  bomb.writeUInt32BE(height, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  return bomb;
}
