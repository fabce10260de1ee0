import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importImages } from '../../../electron/dataset/import/import-images.ts';
import { planImport } from '../../../electron/dataset/import/plan-import.ts';
import { tilesOf } from '../../../electron/dataset/picture/tiles.ts';
import { readStoredSet } from '../../../electron/dataset/stored-set.ts';
import { normalImport } from '../../../electron/host/normal-import.ts';
import { png } from '../../engine-process/models/samples.ts';
import { TemporaryFolder } from '../idx-bytes.ts';

const plain = {
  width: 8,
  height: 8,
  channels: 1,
  fit: 'contain',
  background: '#000000',
  invert: false,
  centre: false,
} as const;

describe('large pictures become tiles', () => {
  const picture = {
    width: 32,
    height: 24,
    channels: 1,
    pixels: Uint8Array.from({ length: 768 }, (_, at) => at % 251),
  } as const;

  it('which are the picture’s own pixels where a tile is as large as an image', () => {
    const tiles = tilesOf(picture, plain, { side: 8, most: 100 });
    // Places 0, 6, 12, 18, 24 across and 0, 5, 11, 16 down.
    expect(tiles).toHaveLength(20);
    for (const { left, top, pixels } of tiles) {
      const own = Array.from({ length: 64 }, (_, at) => picture.pixels[(top + (at >> 3)) * 32 + left + (at % 8)]);
      expect([...pixels]).toEqual(own);
    }
  });

  it('made smaller together, few of them spread over all of the picture', () => {
    const tiles = tilesOf(picture, plain, { side: 16, most: 3 });
    expect(tiles).toHaveLength(3);
    expect(new Set(tiles.map(({ left, top }) => `${left},${top}`)).size).toBe(3);
    expect(tiles.every(({ pixels }) => pixels.length === 64)).toBe(true);
    expect(() => tilesOf(picture, plain, { side: 26, most: 3 })).toThrow(
      'Tiles: expected at least 26 × 26 pixels, found 32 × 24.',
    );
  });

  it('in a set of normal ones alone, those of one picture in one part of it', async () => {
    using folder = new TemporaryFolder();
    const dropped = join(folder.path, 'plates');
    for (const group of ['good', 'bent']) mkdirSync(join(dropped, group), { recursive: true });
    for (let at = 0; at < 5; at += 1) {
      writeFileSync(join(dropped, 'good', `${at}.png`), await png(600, 300, (x, y) => (x * y + 31 * at) % 256));
    }
    writeFileSync(join(dropped, 'bent', '0.png'), await png(600, 300, (x) => x % 256));
    writeFileSync(join(dropped, 'good', 'small.png'), await png(40, 40, (x) => 5 * x));
    const plan = await planImport([dropped], 'Plates');
    expect(plan.pictureSize).toEqual({ width: 600, height: 300 });
    const { options, checked } = normalImport(plan, { side: 128, most: 6 });
    expect(checked).toEqual(['bent']);
    expect(options).toMatchObject({ width: 64, height: 64, fit: 'stretch', tiles: { side: 128, most: 6 } });
    const place = join(folder.path, 'set');
    const { set, skipped } = await importImages({
      paths: [dropped],
      options,
      folder: place,
      id: 'plates',
      autoInverts: false,
    });
    // Six of each of five: the second picture's are held out, one image stands for the test.
    expect([set.trainingCount, set.testCount, set.validationCount]).toEqual([29, 1, 6]);
    expect(set.shape).toEqual([64, 64, 1]);
    expect(skipped.find(({ name }) => name.endsWith('small.png'))!.reason).toContain(
      'expected at least 128 × 128 pixels',
    );
    const lines = readFileSync(join(place, 'names.jsonl'), 'utf8').trimEnd().split('\n');
    const names = lines.map((line) => JSON.parse(line) as string);
    expect(new Set(names.slice(0, 6).map((name) => name.replace(/ \(.*/, ''))).size).toBe(1);
    expect(names.every((name) => /good\/\d\.png \(\d+, \d+\)$/.test(name))).toBe(true);
    expect((await readStoredSet(place, 'plates')).training.images.count).toBe(29);
  });
});
