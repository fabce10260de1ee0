import { describe, expect, test } from 'vitest';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { fitLeading, pcaCodes } from '../../electron/engine/leading-components.ts';
import { fitPca, pcaErrors, projectImages } from '../../electron/engine/pca.ts';
import { normal, randomFrom } from '../random.ts';
import { expectNoLeak } from './no-leak.ts';
import { breathe } from './samples.ts';

/** Images that are sums of a few waves of falling strength, and a little noise. */
function waves(count: number, side: number, seed: number): ImageColumns {
  const random = randomFrom(seed);
  const pixels = new Uint8Array(count * side * side);
  for (let image = 0; image < count; image += 1) {
    const strengths = [50, 30, 15].map((strength) => strength * normal(random));
    for (let at = 0; at < side * side; at += 1) {
      const wave = strengths.reduce((sum, strength, index) => sum + strength * Math.sin(((index + 1) * at) / 50), 0);
      pixels[image * side * side + at] = Math.max(0, Math.min(255, 128 + wave + normal(random)));
    }
  }
  return { count, height: side, width: side, channels: 1, pixels };
}

/** Of two columns of numbers, without their signs: an axis may point either way. */
function alike(a: Float32Array, b: Float32Array, size: number, unit: number): number {
  const column = (codes: Float32Array) => codes.filter((_, index) => index % size === unit);
  const [left, right] = [column(a), column(b)];
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, index) => sum + value * y[index]!, 0);
  return Math.abs(dot(left, right)) / Math.sqrt(dot(left, left) * dot(right, right));
}

describe('PCA codes of a few components', () => {
  test.each([20, 36])('images of %i pixels a side: as by the whole decomposition', (side) =>
    expectNoLeak(async () => {
      const [training, others] = [waves(400, side, 1), waves(50, side, 2)];
      const { size, codes } = await pcaCodes(training, [training, others], 3, breathe);
      expect(size).toBe(3);
      const pca = await fitPca(training, breathe);
      const exact = [training, others].map((images) => projectImages(pca, images, 3));
      pca.dispose();
      codes.forEach((found, index) => {
        expect(found).toHaveLength(exact[index]!.length);
        for (const unit of [0, 1, 2]) expect(alike(found, exact[index]!, 3, unit)).toBeCloseTo(1, 3);
      });
      const [first] = codes;
      const length = (values: Float32Array): number => Math.hypot(...values);
      expect(length(first!) / length(exact[0]!)).toBeCloseTo(1, 4);
    }),
  );

  test('the whole decomposition is worked out once of a set’s pixels, and anew of a part of them', () =>
    expectNoLeak(async () => {
      const images = waves(400, 20, 1);
      let breaths = 0;
      const counted = async () => void (breaths += 1);
      const first = await pcaCodes(images, [images], 3, counted);
      const once = breaths;
      expect(await pcaCodes(images, [images], 3, counted)).toEqual(first);
      expect(breaths).toBeLessThan(2 * once);
      const part = { ...images, count: 200, pixels: images.pixels.subarray(0, 200 * 400) };
      const { codes } = await pcaCodes(part, [images], 3, breathe);
      expect(codes).not.toEqual(first.codes);
      const pca = await fitPca(part, breathe);
      expect(codes).toEqual([projectImages(pca, images, 3)]);
      pca.dispose();
    }));

  test('no more components than values', () =>
    expectNoLeak(async () => {
      const images = waves(60, 3, 3);
      const { size, codes } = await pcaCodes(images, [images], 128, breathe);
      expect(size).toBe(9);
      expect(codes[0]).toHaveLength(60 * 9);
    }));

  test('errors with the leading components are those of the whole decomposition', () =>
    expectNoLeak(async () => {
      const [training, others] = [waves(400, 36, 1), waves(50, 36, 2)];
      const leading = await fitLeading(training, 12, breathe);
      const exact = await fitPca(training, breathe);
      const [found, expected] = [await pcaErrors(leading, others, breathe), await pcaErrors(exact, others, breathe)];
      leading.dispose();
      exact.dispose();
      expect(found).toHaveLength(13);
      found.forEach((error, components) => expect(error / expected[components]!).toBeCloseTo(1, 2));
      expect(found[3]! / found[0]!).toBeLessThan(0.05);
    }));
});
