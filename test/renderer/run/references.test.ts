import { expect, it } from 'vitest';
import { varianceKept } from '../../../renderer/run/references.svelte.ts';

const baseline = (validation: readonly number[], test: readonly number[]) => ({
  imageSet: 'pets',
  subset: { indices: new Uint32Array(), labels: new Uint8Array() },
  map: { x: new Float32Array(), y: new Float32Array() },
  validationSquaredError: Float32Array.from(validation),
  testSquaredError: Float32Array.from(test),
});

it('tells the share of the variance that PCA keeps: of held-out images, of test images where there are none', () => {
  expect(varianceKept(baseline([40, 10, 2], [40, 20, 20]), 1)).toBe(0.75);
  expect(varianceKept(baseline([40, 10, 2], []), 2)).toBeCloseTo(0.95, 6);
  expect(varianceKept(baseline([], [40, 20, 20]), 1)).toBe(0.5);
  expect(varianceKept(baseline([40, 10], []), 2)).toBeUndefined();
  expect(varianceKept(baseline([0, 0], []), 1)).toBeUndefined();
});
