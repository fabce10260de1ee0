import { readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { fitLeading, pcaCodes } from '../../electron/engine/leading-components.ts';
import { decodeSafetensors, encodeSafetensors } from '../../electron/files/safetensors.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { below, randomFrom } from '../random.ts';
import { expectNoLeak } from './no-leak.ts';

/** Noise, whose memory nobody has seen before: as another process reads a set. */
function noise(side: number, seed: number, count = 60): ImageColumns {
  const random = randomFrom(seed);
  const pixels = Uint8Array.from({ length: count * side * side }, () => below(random, 256));
  return { count, height: side, width: side, channels: 1, pixels };
}

/** The first codes of images, and whether their axes had to be worked out. */
async function codesOf(images: ImageColumns, cacheFolder: string, size = 2) {
  let breaths = 0;
  const { codes } = await pcaCodes(images, [images], size, async () => void (breaths += 1), { cacheFolder });
  // One is taken after the images have been brought onto the axes.
  return { codes: codes[0]!, fitted: breaths > 1 };
}

/** As many values as are kept of so few images. */
const SIDE = 16;

const files = (folder: TemporaryFolder): string[] => readdirSync(folder.path).sort();

afterEach(() => vi.unstubAllEnvs());

describe('axes that are kept', () => {
  test('are fitted once, and are the very same to the next', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const first = await codesOf(noise(SIDE, 1), folder.path);
      expect(first.fitted).toBe(true);
      expect(await codesOf(noise(SIDE, 1), folder.path)).toEqual({ codes: first.codes, fitted: false });
      expect(files(folder)).toEqual([expect.stringMatching(/^axes-[0-9a-f]{32}\.safetensors$/)]);
    }));

  test('are of those images, in that shape, by as many threads', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const images = noise(SIDE, 1);
      await codesOf(images, folder.path);
      const others = [
        noise(SIDE, 2),
        { ...noise(SIDE, 1), height: 2 * SIDE, width: SIDE / 2 },
        { ...noise(SIDE, 1), count: 59, pixels: noise(SIDE, 1).pixels.slice(0, 59 * SIDE ** 2) },
      ];
      for (const other of others) expect((await codesOf(other, folder.path)).fitted).toBe(true);
      vi.stubEnv('TF_NUM_INTRAOP_THREADS', '7');
      expect((await codesOf(noise(SIDE, 1), folder.path)).fitted).toBe(true);
      expect(files(folder)).toHaveLength(5);
    }));

  test('of larger images are as many as were asked for', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const images = noise(36, 1, 1_300);
      const first = await codesOf(images, folder.path, 60);
      expect(await codesOf(images, folder.path, 60)).toEqual({ codes: first.codes, fitted: false });
      expect((await codesOf(images, folder.path, 61)).fitted).toBe(true);
      const known = { cacheFolder: folder.path };
      const pca = await fitLeading(images, 61, async () => expect.unreachable('fitted anew'), known);
      expect(pca.components.shape).toEqual([36 ** 2, 61]);
      pca.dispose();
    }));

  test.each<[string, (path: string) => void]>([
    ['cut off', (path) => truncateSync(path, statSync(path).size - 1)],
    ['of no numbers', (path) => change(path, ({ mean }) => mean!.fill(Number.NaN))],
    ['of other images', (path) => writeFileSync(path, encodeSafetensors({ mean: row(4), components: row(4) }))],
  ])('are fitted anew where the file is %s', (_, damage) =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const first = await codesOf(noise(SIDE, 1), folder.path);
      const path = join(folder.path, files(folder)[0]!);
      const whole = readFileSync(path);
      damage(path);
      expect(await codesOf(noise(SIDE, 1), folder.path)).toEqual(first);
      expect(readFileSync(path)).toEqual(whole);
    }),
  );

  test('are eight sets’ at most: those that nobody has asked for the longest go', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      for (let seed = 1; seed <= 8; seed += 1) {
        const before = files(folder);
        await codesOf(noise(SIDE, seed), folder.path);
        const [added = ''] = files(folder).filter((name) => !before.includes(name));
        utimesSync(join(folder.path, added), seed, seed);
      }
      await codesOf(noise(SIDE, 1), folder.path);
      writeFileSync(join(folder.path, 'runs.json'), '{}');
      await codesOf(noise(SIDE, 9), folder.path);
      expect(files(folder)).toHaveLength(9);
      expect((await codesOf(noise(SIDE, 1), folder.path)).fitted).toBe(false);
      expect((await codesOf(noise(SIDE, 2), folder.path)).fitted).toBe(true);
    }));

  test('of what is fitted sooner than it is looked for are not kept', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      await codesOf(noise(8, 1), folder.path);
      expect(files(folder)).toEqual([]);
    }));

  test('that cannot be written are there all the same', () =>
    expectNoLeak(async () => {
      using folder = new TemporaryFolder();
      const blocked = join(folder.path, 'a file');
      writeFileSync(blocked, '');
      const { codes } = await codesOf(noise(SIDE, 1), blocked);
      expect(await codesOf(noise(SIDE, 1), folder.path)).toEqual({ codes, fitted: true });
    }));
});

const row = (count: number) => ({ shape: [count], data: new Float32Array(count) });

function change(path: string, by: (tensors: Readonly<Record<string, Float32Array>>) => void): void {
  const { tensors } = decodeSafetensors(readFileSync(path), path);
  by(Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data as Float32Array])));
  writeFileSync(path, encodeSafetensors(tensors));
}
