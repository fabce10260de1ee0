import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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
