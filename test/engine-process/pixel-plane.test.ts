import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { baselineOf } from '../../electron/training/baseline.ts';
import { pixelPlaneOf } from '../../electron/engine-process/pixel-plane.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { breathe } from '../engine/samples.ts';
import { tinySet } from '../training/samples.ts';

test('the plane holds every image of a split, the baseline’s subset where the baseline has it', () =>
  expectNoLeak(async () => {
    using folder = new TemporaryFolder();
    const set = tinySet(45);
    const plane = await pixelPlaneOf(set, 5, 'test', folder.path, breathe);
    const { map, subset } = await baselineOf(set, 5, folder.path, breathe);
    expect(plane.x).toHaveLength(set.test.images.count);
    subset.indices.forEach((index, at) => {
      expect(plane.x[index]).toBeCloseTo(map.x[at]!, 5);
      expect(plane.y[index]).toBeCloseTo(map.y[at]!, 5);
    });
    expect((await pixelPlaneOf(set, 5, 'training', folder.path, breathe)).x).toHaveLength(45);
  }));

test('a file cut off is computed anew, a whole one is read again', () =>
  expectNoLeak(async () => {
    using folder = new TemporaryFolder();
    const first = await pixelPlaneOf(tinySet(45), 5, 'test', folder.path, breathe);
    const path = join(folder.path, readdirSync(folder.path)[0]!);
    const whole = statSync(path).size;
    truncateSync(path, whole - 8);
    expect(await pixelPlaneOf(tinySet(45), 5, 'test', folder.path, breathe)).toEqual(first);
    expect(statSync(path).size).toBe(whole);
    expect(await pixelPlaneOf(tinySet(45), 5, 'test', folder.path, breathe)).toEqual(first);
  }));
