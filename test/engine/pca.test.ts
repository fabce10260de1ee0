import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { splitTraining, type ImageSet } from '../../electron/dataset/image-set.ts';
import { readMnist } from '../../electron/dataset/mnist.ts';
import { neighbourAccuracy } from '../../electron/engine/neighbours.ts';
import { fitPca, pcaErrors, principalPlane, projectImages, type Pca } from '../../electron/engine/pca.ts';
import { normal, randomFrom } from '../random.ts';
import { expectNoLeak } from './no-leak.ts';
import { breathe, distance } from './samples.ts';

async function onPca(images: ImageColumns, body: (pca: Pca) => Promise<void> | void): Promise<void> {
  await expectNoLeak(async () => {
    const pca = await fitPca(images, breathe);
    try {
      await body(pca);
    } finally {
      pca.dispose();
    }
  });
}

const twoPixels = (...pixels: number[]): ImageColumns => ({
  count: pixels.length / 2,
  height: 1,
  width: 2,
  channels: 1,
  pixels: Uint8Array.from(pixels),
});

describe('PCA of two pixels, in closed form', () => {
  const training = twoPixels(10, 20, 40, 60, 90, 70, 120, 160, 200, 180);
  const test_ = twoPixels(0, 255, 50, 50);
  const points = (images: ImageColumns): [number, number][] =>
    Array.from({ length: images.count }, (_, row) => [
      images.pixels[2 * row]! / 255,
      images.pixels[2 * row + 1]! / 255,
    ]);
  const [n, xs, ys] = [5, points(training).map(([x]) => x), points(training).map(([, y]) => y)];
  const mean = [xs.reduce((a, b) => a + b) / n, ys.reduce((a, b) => a + b) / n] as const;
  const covariance = (a: number[], ma: number, b: number[], mb: number): number =>
    a.reduce((sum, value, index) => sum + (value - ma) * (b[index]! - mb), 0) / n;
  const [xx, xy, yy] = [
    covariance(xs, mean[0], xs, mean[0]),
    covariance(xs, mean[0], ys, mean[1]),
    covariance(ys, mean[1], ys, mean[1]),
  ];
  const largest = (xx + yy) / 2 + Math.hypot((xx - yy) / 2, xy);
  const length = Math.hypot(xy, largest - xx);
  const axis = [xy / length, (largest - xx) / length] as const;

  test('mean and axes', () =>
    onPca(training, (pca) => {
      expect(distance(pca.mean.dataSync(), mean)).toBeLessThan(1e-6);
      const [a, , c] = pca.components.dataSync();
      expect(Math.abs(a! * axis[0] + c! * axis[1])).toBeCloseTo(1, 6);
    }));

  test('errors with 0, 1 and 2 components, and the coordinates', () =>
    onPca(training, async (pca) => {
      const centred = points(test_).map(([x, y]) => [x - mean[0], y - mean[1]] as const);
      const along = centred.map(([x, y]) => x * axis[0] + y * axis[1]);
      const all = centred.reduce((sum, [x, y]) => sum + x * x + y * y, 0) / 2;
      const left = all - along.reduce((sum, value) => sum + value * value, 0) / 2;
      const errors = await pcaErrors(pca, test_, breathe);
      expect(errors).toHaveLength(3);
      expect(errors[0]).toBeCloseTo(all, 6);
      expect(errors[1]).toBeCloseTo(left, 6);
      expect(errors[2]).toBe(0);
      const found = projectImages(pca, test_, 1);
      expect(distance(found.map(Math.abs), along.map(Math.abs))).toBeLessThan(1e-5);
    }));
});

describe('PCA of hardly any image', () => {
  test('one image: it is the mean, and nothing is left of it', () =>
    onPca(twoPixels(51, 102), async (pca) => {
      expect(distance(pca.mean.dataSync(), [0.2, 0.4])).toBeLessThan(1e-6);
      expect([...(await pcaErrors(pca, twoPixels(51, 102), breathe))].every((error) => error < 1e-9)).toBe(true);
    }));

  test('no image to measure: no error', () =>
    onPca(twoPixels(1, 2, 3, 4), async (pca) => {
      expect([...(await pcaErrors(pca, { ...twoPixels(), count: 0 }, breathe))]).toEqual([0, 0, 0]);
      expect(projectImages(pca, { ...twoPixels(), count: 0 }, 2)).toHaveLength(0);
    }));

  test('more images than one batch', () => {
    const random = randomFrom(1);
    const pixels = Uint8Array.from({ length: 2 * 4_567 }, () => Math.floor(256 * random()));
    const images = twoPixels(...pixels);
    return onPca(images, (pca) => {
      const sums = [0, 0];
      pixels.forEach((pixel, index) => (sums[index % 2]! += pixel / 255 / images.count));
      expect(distance(pca.mean.dataSync(), sums)).toBeLessThan(1e-6);
      const codes = projectImages(pca, images, 2);
      expect(codes).toHaveLength(2 * 4_567);
      expect(codes.slice(-2).some((value) => value !== 0)).toBe(true);
    });
  });

  test('images too large are refused', () =>
    expectNoLeak(async () => {
      const images = { count: 1, height: 129, width: 128, channels: 1, pixels: new Uint8Array(129 * 128) };
      await expect(fitPca(images, breathe)).rejects.toEqual(
        new StudioError('refused', 'PCA of 16512 values an image: expected at most 16384.'),
      );
    }));
});

describe('PCA of MNIST', () => {
  // In float64, by numpy: test/fixtures/make/pca_mnist.py.
  const expected = JSON.parse(readFileSync(new URL('../fixtures/pca-mnist.json', import.meta.url), 'utf8')) as Record<
    string,
    Record<string, number>
  >;
  let set: ImageSet;

  beforeAll(async () => {
    set = await readMnist();
  });

  test('fitted on the training split: 43.64 with 2 components, 13.87 with 30, 3.30 with 128; its map votes 44.05 % right', () => {
    const { training } = splitTraining(set.training, 5_000);
    return onPca(training.images, async (pca) => {
      const errors = await pcaErrors(pca, set.test.images, breathe);
      const published = [2, 30, 128].map((count) => errors[count]!.toFixed(2));
      expect(published).toEqual(['43.64', '13.87', '3.30']);
      for (const [count, error] of Object.entries(expected['55000']!)) {
        expect(Math.abs(errors[Number(count)]! / error - 1), `${count} components`).toBeLessThan(3e-5);
      }
      expect(errors[784]).toBe(0);
      const accuracy = await neighbourAccuracy(
        { codes: projectImages(pca, training.images, 2), labels: training.labels! },
        { codes: projectImages(pca, set.test.images, 2), labels: set.test.labels! },
        2,
        10,
        breathe,
      );
      // A code or two in 10,000 may lie at a border that float32 moves.
      expect(Math.abs(accuracy - 0.4405)).toBeLessThanOrEqual(0.0003);
    });
  });

  test('fitted on all 60,000: 52.90 by the mean image alone', () =>
    onPca(set.training.images, async (pca) => {
      const errors = await pcaErrors(pca, set.test.images, breathe);
      expect(errors[0]!.toFixed(2)).toBe('52.90');
      for (const [count, error] of Object.entries(expected['60000']!)) {
        expect(Math.abs(errors[Number(count)]! / error - 1), `${count} components`).toBeLessThan(3e-5);
      }
    }));
});

describe('the principal plane', () => {
  const plane = (rows: readonly (readonly number[])[]): [number, number][] => {
    const { x, y } = principalPlane(Float32Array.from(rows.flat()), rows[0]!.length);
    expect([x.length, y.length]).toEqual([rows.length, rows.length]);
    return Array.from(x, (value, row) => [value, y[row]!]);
  };

  test('of one dimension is the number itself, at y = 0', () =>
    expectNoLeak(() =>
      expect(plane([[3], [-1], [0.5]])).toEqual([
        [3, 0],
        [-1, 0],
        [0.5, 0],
      ]),
    ));

  test('of two dimensions is the code itself, not turned', () =>
    expectNoLeak(() =>
      expect(
        plane([
          [3, 1],
          [-1, 2],
        ]),
      ).toEqual([
        [3, 1],
        [-1, 2],
      ]),
    ));

  test('of points on a line is that line, the axis toward its largest loading', () =>
    expectNoLeak(() => {
      // Along (1, -2, 2) / 3: the second loading is the first of the largest.
      const steps = [-2, -1, 0, 1, 2];
      const found = plane(steps.map((step) => [5 + step, -2 * step, 2 * step]));
      const sign = Math.sign(found[4]![0]);
      found.forEach(([x, y], index) => {
        expect(x).toBeCloseTo(sign * 3 * steps[index]!, 5);
        expect(y).toBeCloseTo(0, 5);
      });
    }));

  test('of points along one axis keeps its direction', () =>
    expectNoLeak(() => {
      const found = plane([-3, 0, 3].map((z) => [1, 2, z]));
      expect(found.map(([x]) => x)).toEqual([-3, 0, 3].map((x) => expect.closeTo(x, 5)));
    }));

  test('of equal points is one point, at the middle', () =>
    expectNoLeak(() => {
      for (const [x, y] of plane(Array(7).fill([0.3, 0.1, 0.9, -4]))) {
        expect(Math.abs(x)).toBeLessThan(1e-6);
        expect(Math.abs(y)).toBeLessThan(1e-6);
      }
    }));

  test('of a single point', () => expectNoLeak(() => expect(plane([[1, 2, 3]])).toEqual([[0, 0]])));

  test('of a flat cloud in five dimensions gives back its two coordinates', () =>
    expectNoLeak(() => {
      const random = randomFrom(5);
      const cloud = Array.from({ length: 400 }, () => [3 * normal(random), normal(random)] as const);
      // Two orthonormal directions, each with one largest loading that is positive.
      const [u, v] = [
        [0.8, 0.4, 0.4, 0.2, 0],
        [-0.2, 0.4, -0.4, 0.8, 0],
      ];
      const found = plane(cloud.map(([a, b]) => u!.map((value, index) => a * value + b * v![index]! + 10)));
      const spread = (values: number[]): number => {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      };
      // Nothing is lost: the plane holds all of the cloud's variance, the larger part first.
      const [first, second] = [spread(found.map(([x]) => x)), spread(found.map(([, y]) => y))];
      const whole = spread(cloud.map(([a]) => a)) + spread(cloud.map(([, b]) => b));
      expect((first + second) / whole).toBeCloseTo(1, 4);
      expect(first).toBeGreaterThan(4 * second);
      const middle = cloud.reduce((sum, [a]) => sum + a, 0) / cloud.length;
      found.forEach(([x], index) => expect(Math.abs(x - (cloud[index]![0] - middle))).toBeLessThan(0.5));
      // The same points give the same picture.
      expect(plane(cloud.map(([a, b]) => u!.map((value, index) => a * value + b * v![index]! + 10)))).toEqual(found);
    }));

  test('of codes that are no numbers is refused in words', () =>
    expectNoLeak(() => {
      expect(() =>
        plane([
          [1, 2, Number.NaN],
          [1, 2, 3],
        ]),
      ).toThrow(
        new StudioError('engine-failed', 'The codes are no longer finite numbers. Try a smaller learning rate.'),
      );
    }));
});
