import { expect, it } from 'vitest';
import { heatAt, heatLayer } from '../../../../renderer/places/odd/heat-layer.ts';

const scale = { range: [0, 10], threshold: 4 } as const;

it('heat hardly shows what is usual, steps up at the threshold, and is full at the most; NaN shows nothing', () => {
  const shares = [-1, 0, 2, 4, 4.01, 7, 10, 12, Number.NaN].map((value) => heatAt(scale, value));
  expect(shares[0]).toBe(0);
  expect(shares[8]).toBe(0);
  expect(shares[3]).toBeLessThan(0.3);
  expect(shares[4]).toBeGreaterThan(0.5);
  expect(shares.slice(0, 7)).toEqual([...shares.slice(0, 7)].sort((a, b) => a - b));
  expect(shares.slice(6, 8)).toEqual([1, 1]);
  // Nothing in the picture is above its threshold.
  expect(heatAt({ range: [0, 4], threshold: 4 }, 4)).toBeLessThan(0.3);
});

it('a layer has its strength pixel by pixel', () => {
  const { data } = heatLayer({ ...scale, width: 2, height: 1, map: Float32Array.of(0, 10) });
  expect([data[3], data[7]]).toEqual([0, 255]);
});
