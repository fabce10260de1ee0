import { expect, test } from 'vitest';
import { componentsFor, eigenvaluesOf, spectrumSample } from '../../electron/dataset/spectrum.ts';
import { randomFrom } from '../random.ts';

test('eigenvalues of the second-difference matrix are 2 − 2 cos(kπ/(n+1)), however its axes are turned', () => {
  const n = 12;
  const plain = Float64Array.from({ length: n * n }, (_, at) => {
    const apart = Math.abs(Math.floor(at / n) - (at % n));
    return apart === 0 ? 2 : apart === 1 ? -1 : 0;
  });
  const random = randomFrom(3);
  const v = Float64Array.from({ length: n }, () => random() - 0.5);
  const length = v.reduce((sum, value) => sum + value * value, 0);
  const mirror = (i: number, j: number): number => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / length;
  const turned = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1)
    for (let j = 0; j < n; j += 1)
      for (let k = 0; k < n; k += 1)
        for (let l = 0; l < n; l += 1) turned[i * n + j]! += mirror(i, k) * plain[k * n + l]! * mirror(l, j);
  const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
  for (const matrix of [plain, turned]) {
    const found = [...eigenvaluesOf(matrix, n)].sort((a, b) => a - b);
    found.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 9));
  }
});

test('images that vary in three ways need three components', () => {
  const random = randomFrom(5);
  const ways = [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ];
  const count = 60;
  const pixels = new Uint8Array(count * 16);
  for (let image = 0; image < count; image += 1)
    for (const way of ways) {
      const value = 50 + Math.floor(150 * random());
      for (const at of way) pixels[image * 16 + at] = value;
    }
  expect(componentsFor(0.999, pixels, count)).toBe(3);
  // Four, four and two pixels: the first two keep eight tenths.
  expect(componentsFor(0.6, pixels, count)).toBe(2);
  expect(componentsFor(0.95, new Uint8Array(160).fill(7), 10)).toBe(0);
});

test('the products of large, light images are exact', () => {
  const [count, values] = [5, 70_000];
  // The first half of each is as light as can be, but for one image; the second is dark, but for another.
  const pixels = new Uint8Array(count * values);
  for (let image = 0; image < count; image += 1) {
    pixels.fill(image === 1 ? 254 : 255, image * values, image * values + values / 2);
    pixels.fill(image === 3 ? 2 : 0, image * values + values / 2, (image + 1) * values);
  }
  // The two ways differ fourfold in their squares: the stronger alone keeps three quarters, and more than that takes both.
  expect(componentsFor(0.75, pixels, count)).toBe(1);
  expect(componentsFor(0.9, pixels, count)).toBe(2);
  expect(componentsFor(0.9999, pixels, count)).toBe(2);
});

test('large images give fewer of them', () => {
  expect([spectrumSample(1_000, 784), spectrumSample(40, 784), spectrumSample(1_000, 196_608)]).toEqual([300, 40, 100]);
});
