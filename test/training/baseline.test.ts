import { readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../electron/domain/words.ts';
import type { ImageSet } from '../../electron/dataset/image-set.ts';
import { encodeSafetensors } from '../../electron/files/safetensors.ts';
import { baselineOf } from '../../electron/training/baseline.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { breathe } from '../engine/samples.ts';
import { tinySet } from './samples.ts';

const LONG_AGO = new Date('2001-01-01');

/** Computes a baseline once, marks its file as old, and tells afterwards whether it was written anew. */
async function computed(
  folder: TemporaryFolder,
  set: ImageSet,
): Promise<{ readonly baseline: Baseline; readonly path: string }> {
  const baseline = await baselineOf(set, 5, folder.path, breathe);
  const [name = ''] = readdirSync(folder.path);
  const path = join(folder.path, name);
  utimesSync(path, LONG_AGO, LONG_AGO);
  return { baseline, path };
}

const isOld = (path: string): boolean => statSync(path).mtimeMs === LONG_AGO.getTime();

describe('the baseline', () => {
  test('has an error for each number of components, falling to nothing, and the map of the subset', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const { baseline } = await computed(folder, tinySet(45));
      expect(baseline.imageSet).toBe('tiny');
      for (const errors of [baseline.testSquaredError, baseline.validationSquaredError]) {
        expect(errors).toHaveLength(13);
        expect(errors[12]).toBe(0);
        errors.forEach((error, index) => expect(error).toBeLessThanOrEqual(errors[index - 1] ?? error));
      }
      expect([...baseline.subset.indices]).toEqual(Array.from({ length: 12 }, (_, index) => index));
      expect([...baseline.subset.labels]).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
      expect([baseline.map.x.length, baseline.map.y.length]).toEqual([12, 12]);
      expect(baseline.neighbourAccuracy).toBeGreaterThanOrEqual(0);
      expect(baseline.neighbourAccuracy).toBeLessThanOrEqual(1);
    }));

  test('the second time is read from its file', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const { baseline, path } = await computed(folder, tinySet(45));
      expect(await baselineOf(tinySet(45), 5, folder.path, breathe)).toEqual(baseline);
      expect(isOld(path)).toBe(true);
      expect(readdirSync(folder.path)).toHaveLength(1);
    }));

  test.each<[string, (path: string) => void]>([
    ['cut off', (path) => truncateSync(path, statSync(path).size - 1)],
    ['emptied', (path) => truncateSync(path, 0)],
    ['text', (path) => writeFileSync(path, 'not a baseline, but long enough to look like a file')],
    [
      'of other tensors',
      (path) => writeFileSync(path, encodeSafetensors({ a: { shape: [1], data: Float32Array.of(1) } })),
    ],
    ['with a changed header', (path) => writeFileSync(path, readFileSync(path).fill(0x20, 20, 40))],
  ])('a file that is %s is computed anew', (_, damage) =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const { baseline, path } = await computed(folder, tinySet(45));
      damage(path);
      utimesSync(path, LONG_AGO, LONG_AGO);
      expect(await baselineOf(tinySet(45), 5, folder.path, breathe)).toEqual(baseline);
      expect(isOld(path)).toBe(false);
      expect(await baselineOf(tinySet(45), 5, folder.path, breathe)).toEqual(baseline);
    }),
  );

  test('of another split, other pixels or other labels is another', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const set = tinySet(45);
      await baselineOf(set, 5, folder.path, breathe);
      await baselineOf(set, 6, folder.path, breathe);
      const pixels = set.training.images.pixels.slice();
      pixels[0] = 255 - pixels[0]!;
      await baselineOf(
        { ...set, training: { ...set.training, images: { ...set.training.images, pixels } } },
        5,
        folder.path,
        breathe,
      );
      await baselineOf({ ...set, training: { ...set.training, labels: new Uint8Array(45) } }, 5, folder.path, breathe);
      expect(readdirSync(folder.path)).toHaveLength(4);
    }));

  test('without labels and without held-out images', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const baseline = await baselineOf(tinySet(20, 7, false), 0, folder.path, breathe);
      expect(baseline.validationSquaredError).toHaveLength(0);
      expect(baseline.subset.labels).toHaveLength(0);
      expect(baseline).not.toHaveProperty('neighbourAccuracy');
      expect(await baselineOf(tinySet(20, 7, false), 0, folder.path, breathe)).toEqual(baseline);
    }));
});
