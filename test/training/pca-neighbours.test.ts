import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageSet } from '../../electron/dataset/image-set.ts';
import { baselineOf } from '../../electron/training/baseline.ts';
import { pcaNeighboursOf } from '../../electron/training/pca-neighbours.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { breathe } from '../engine/samples.ts';
import { tinySet } from './samples.ts';

const unlabelled = ({ training, test: held, ...rest }: ImageSet): ImageSet => ({
  ...rest,
  training: { images: training.images },
  test: { images: held.images },
});

describe('how well PCA keeps the classes together', () => {
  test('is the baseline’s own figure in two dimensions, and another in more', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const of = (components: number) => pcaNeighboursOf(tinySet(45), 5, components, folder.path, breathe);
      const { neighbourAccuracy } = await baselineOf(tinySet(45), 5, folder.path, breathe);
      expect(await of(2)).toEqual({ size: 2, accuracy: neighbourAccuracy });
      // An image has twelve values.
      expect((await of(4_096)).size).toBe(12);
    }));

  test('is computed once for a set and a size, and anew where its file is damaged', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const of = (components: number) => pcaNeighboursOf(tinySet(45), 5, components, folder.path, breathe);
      const first = await of(3);
      const [name = ''] = readdirSync(folder.path);
      const path = join(folder.path, name);
      writeFileSync(path, JSON.stringify({ size: 3, accuracy: 0.125 }));
      expect(await of(3)).toEqual({ size: 3, accuracy: 0.125 });
      writeFileSync(path, '{"size": 3');
      expect(await of(3)).toEqual(first);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(first);
      await of(4);
      expect(readdirSync(folder.path)).toHaveLength(2);
    }));

  test('is nothing without labels', async () => {
    using folder = new TemporaryFolder();
    expect(await pcaNeighboursOf(unlabelled(tinySet(45)), 5, 3, folder.path, breathe)).toEqual({ size: 3 });
    expect(readdirSync(folder.path)).toEqual([]);
  });
});
